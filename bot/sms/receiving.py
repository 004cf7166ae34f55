"""A text comes in: stored for ever by the provider's id, judged and, where that needs no understanding, answered.

All of it is one transaction of a few milliseconds: a warning sign opens its alert and queues its words, STOP
stops, before the provider is told that we have the text. What needs understanding waits for the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import alerts, inbox, messages, patients, threads, visits
from bot.records.inbox import Inbound as Stored
from bot.records.rows import vault_of
from bot.records.threads import Around
from bot.safety import Assessment, Context, SignFound, Tier, assess, urgent_text
from bot.settings import Clinic
from bot.sms import consent, wording
from bot.sms.consent import CONFIRM_WITHIN, Wish
from bot.sms.numbers import e164
from bot.sms.provider import Inbound
from bot.sms.saying import say, thread_of
from bot.sms.words import words_of

DOOR = "door"
_LEASE = timedelta(seconds=30)
REPLIES = ("reply", "notice")
_LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class Received:
    """A stored text. `waits`: it still needs an answer that understands it."""

    message: Stored
    is_new: bool
    waits: bool


def receive(session: Session, text: Inbound, clinic: Clinic, *, provider: str, now: datetime) -> Received:
    """Take a verified text in. The same provider id again changes nothing."""
    phone = e164(text.sender, clinic.country)
    said, was_cut = words_of(text.body)
    number = vault_of(session).phone_hash(phone) if phone else None
    people = patients.ids_at(session, number) if number else ()
    patient = people[0] if len(people) == 1 else None
    details = {"media": text.media, "cut": was_cut}
    message, is_new = inbox.receive(
        session, "sms", f"{provider}:{text.sid}", thread_of(session, phone or text.sender), said, now=now,
        patient=patient, phone=phone or text.sender, details={k: v for k, v in details.items() if v} or None,
    )  # fmt: skip
    if not is_new:
        return Received(message, False, False)
    shown = said or ("(picture)" if text.media else "(empty)")
    messages.append(
        session, message.conversation_id, "patient", shown, now=now, key=f"in:{message.id}", inbox=message.id,
        is_new=True,
    )  # fmt: skip
    if phone is None or number is None:  # a short code or a mail gateway: nobody to answer
        return Received(message, True, _done(session, message, now, error="no_number"))
    known = threads.around(
        session, message.conversation_id, number, scope=consent.SCOPE, kinds=REPLIES, since=now - _LATELY
    )  # fmt: skip
    heard = _judge(session, message, known, clinic, now=now)
    return Received(message, True, _answer_at_once(session, message, phone, heard, known, clinic, now=now))


def open_alert(session: Session, message: Stored, sign: str, tier: Tier, *, now: datetime) -> None:
    """Open an alert for a text; the clinic is told at once."""
    alerts.open_alert(
        session, sign, tier.value, now=now, inbox=message.id, conversation=message.conversation_id,
        patient=message.patient_id, words=message.body, next_escalation_at=now,
    )  # fmt: skip


def _judge(session: Session, message: Stored, known: Around, clinic: Clinic, *, now: datetime) -> Assessment:
    """Look for warning signs; one opens its alert and queues the fixed words before anything else."""
    visit = (
        next(iter(visits.of_patient(session, message.patient_id, 1)), None) if message.patient_id else None
    )
    context = Context(
        question=known.last_said,
        channel="sms",
        session_at=visit.ended_at if visit else None,
        now=now,
        treated_areas=visit.areas if visit else (),
    )
    heard = assess(message.body, context) if message.body else Assessment(Tier.NONE)
    if heard.is_alert:
        open_alert(session, message, (heard.signs or _unnamed(heard))[0].sign, heard.tier, now=now)
        words = urgent_text(heard, "sms", clinic, now)
        _say(session, message, "urgent", words, now=now, urgent=True)
    return heard


def _unnamed(heard: Assessment) -> tuple[SignFound, ...]:
    return (SignFound("unnamed", heard.tier, 0, 0, ""),)


def _answer_at_once(
    session: Session,
    message: Stored,
    phone: str,
    heard: Assessment,
    known: Around,
    clinic: Clinic,
    *,
    now: datetime,
) -> bool:
    """Do what needs no understanding; say whether the rest waits for the worker."""
    state = known.consent
    wish = consent.wish_in(message.body, state) if message.body else Wish.NONE
    if wish is Wish.STOP or (wish is Wish.STOP_PERHAPS and not heard.is_alert):
        return _stop(session, message, phone, wish, state, clinic, now=now)
    if heard.is_alert:
        return True
    if wish in (Wish.START, Wish.AGREE):
        consent.grant(
            session,
            phone,
            clinic,
            evidence=message.body,
            actor="patient",
            now=now,
            patient=message.patient_id,
        )
        return _notice(session, message, wording.agreed(clinic), now=now)
    if wish is Wish.DECLINE:
        consent.withdraw(session, phone, clinic, evidence=message.body, actor="patient", now=now)
        return _notice(session, message, wording.declined(clinic), now=now)
    if wish is Wish.HELP:
        return _notice(session, message, wording.help_text(clinic), now=now)
    if state == "withdrawn":  # they asked for silence; staff see what they wrote
        return _done(session, message, now, error="opted_out")
    if known.sent >= clinic.sms.replies_an_hour:
        return _done(session, message, now, error="too_many")
    if not message.body:
        return _notice(session, message, wording.no_words(clinic), now=now)
    return True


def _stop(
    session: Session,
    message: Stored,
    phone: str,
    wish: Wish,
    state: str | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> bool:
    consent.withdraw(session, phone, clinic, evidence=message.body, actor="patient", now=now)
    if consent.is_wrong_number(message.body):
        open_alert(session, message, "wrong_number", Tier.ROUTINE, now=now)
    if state == "withdrawn" or consent.said_to_carrier(
        message.body
    ):  # confirmed: once is what the rule allows
        return _done(session, message, now)
    words = wording.stopped(clinic) if wish is Wish.STOP else wording.stopped_perhaps(clinic)
    return _notice(session, message, words, now=now, not_after=now + CONFIRM_WITHIN)


def _notice(
    session: Session, message: Stored, words: str, *, now: datetime, not_after: datetime | None = None
) -> bool:
    _say(session, message, "notice", words, now=now, not_after=not_after)
    return _done(session, message, now)


def _say(
    session: Session, message: Stored, key: str, words: str, *, now: datetime, urgent: bool = False,
    not_after: datetime | None = None,
) -> None:  # fmt: skip
    assert message.phone is not None
    say(
        session, message.phone, f"reply:{message.id}:{key}", words, "urgent" if urgent else "notice", now=now,
        not_after=not_after, patient=message.patient_id, inbox=message.id,
    )  # fmt: skip


def _done(session: Session, message: Stored, now: datetime, error: str | None = None) -> bool:
    """Nothing waits: the text is answered, or left for staff."""
    inbox.hold(session, message.id, DOOR, now=now, lease=_LEASE)
    if error is None:
        inbox.complete(session, message.id, DOOR, now=now)
    else:
        inbox.fail(session, message.id, DOOR, error=error)
    return False
