"""A message comes in: stored, assessed and its alert opened in one transaction, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import alerts, chats, visitors, visits
from bot.records.chats import Around
from bot.records.inbox import Inbound
from bot.records.messages import Message
from bot.safety import Assessment, Context, Tier, assess
from bot.settings import Clinic
from bot.web.protocol import Said
from bot.web.refusals import bad_request, too_many
from bot.web.sessions import session_expired
from bot.web.wording import clean

LEASE = timedelta(seconds=6)  # of a process that died; one that lives renews it (answering.RENEW_SECONDS)
_NOTHING = Assessment(Tier.NONE)


@dataclass(frozen=True)
class Situation:
    """What is known beside the words: facts for the assistant, context for the assessment."""

    facts: dict[str, str | None]
    context: Context


@dataclass(frozen=True)
class Received:
    """A stored message. `heard` is what the rules found in it; `taken`: it is ours to have answered.

    `line` is its line in the conversation when it is new."""

    message: Inbound
    heard: Assessment = _NOTHING
    facts: dict[str, str | None] = field(default_factory=dict)
    taken: bool = False
    line: Message | None = None


def receive(
    session: Session,
    conversation: str,
    said: Said,
    clinic: Clinic,
    owner: str,
    *,
    clock: Callable[[], datetime],
) -> Received:
    """Store what a visitor said and open an alert if it may mean danger.

    Raises RefusalError: the conversation has ended, too many messages, an unknown button, empty or too long;
    SentTwiceError: the same message was stored at the same moment, ask again.
    """
    now = clock()
    external_id = f"{conversation}:{said.id}"
    around = chats.around(session, conversation, external_id, now=now)
    if around.has_ended:
        raise session_expired()
    if around.known is not None and (message := chats.find(session, external_id)) is not None:
        return Received(message)
    _check_limits(session, conversation, around, clinic, now)
    shown, text, chosen = _words(session, conversation, said)
    if said.consent:
        visitors.agree(session, conversation, clinic.web.consent_version, now=now)
    known = situation(session, around, now)
    heard = assess(shown, known.context)
    message, line = chats.take_in(
        session, conversation, external_id, shown=shown, text=text, chosen=chosen, patient=around.patient,
        owner=owner, clock=clock, lease=LEASE,
    )  # fmt: skip
    if heard.is_alert:
        open_alert(session, message, heard, now=now)
    return Received(message, heard, known.facts, message.state == "processing", line)


def situation(session: Session, around: Around, now: datetime) -> Situation:
    """Facts and context of a conversation: the patient and visit, if any, and the last question."""
    visit = visits.get(session, around.visit) if around.visit else None
    facts = {
        "patient": around.patient,
        "visit": around.visit,
        "session_at": visit.ended_at.isoformat() if visit else None,
        "prompt": None,
    }
    context = Context(
        question=around.last_said if around.last_said and "?" in around.last_said else None,
        channel="web",
        session_at=visit.ended_at if visit else None,
        now=now,
        treated_areas=visit.areas if visit else (),
    )
    return Situation(facts, context)


def open_alert(session: Session, message: Inbound, heard: Assessment, *, now: datetime) -> None:
    """Open a message's alert for its most urgent sign; `next_escalation_at` has the clinic told at once."""
    alerts.open_alert(
        session,
        heard.signs[0].sign if heard.signs else "unnamed",
        heard.tier.value,
        now=now,
        inbox=message.id,
        conversation=message.conversation_id,
        patient=message.patient_id,
        words=(message.details or {}).get("shown", message.body),
        next_escalation_at=now,
    )


def _check_limits(session: Session, conversation: str, around: Around, clinic: Clinic, now: datetime) -> None:
    for count, limit, span in (
        (around.in_minute, clinic.web.messages_a_minute, timedelta(minutes=1)),
        (around.in_day, clinic.web.messages_a_day, timedelta(days=1)),
    ):
        if count >= limit:
            first = chats.first_since(session, conversation, now - span) or now
            raise too_many((first + span - now).total_seconds())


def _words(session: Session, conversation: str, said: Said) -> tuple[str, str, str | None]:
    """What the patient saw, what the assistant is told, and the topic chosen, if a button named one."""
    if said.button is None:
        text = clean(said.text or "")
        return text, text, None
    offer = chats.line_at(session, conversation, said.button.message)
    offered = (offer.payload or {}).get("buttons", []) if offer and offer.side == "assistant" else []
    if said.button.index >= len(offered):
        raise bad_request("This button is not on offer.")
    button = offered[said.button.index]
    title, payload = clean(button["title"]), button["payload"]
    if payload.startswith("/faq/"):
        return title, title, payload[1:]
    return title, clean(payload), None
