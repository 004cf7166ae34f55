"""What a status callback tells: how far a text came, and what its failure asks of us."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import alerts, outbox, prompts, submissions
from bot.records.outbox import Outgoing
from bot.settings import Clinic
from bot.sms import consent
from bot.sms.errors import ErrorClass, error_class
from bot.sms.provider import Status
from bot.sms.statuses import further, is_known, state_of

LATER = timedelta(hours=1)  # a carrier's passing trouble is given that long (sms-and-privacy.md B.3)
_AGAIN = ":again"


def take_status(session: Session, told: Status, clinic: Clinic, *, now: datetime) -> bool:
    """Note a callback; False when it is about no text of ours or was told before. Any order gives the same end."""
    text = submissions.by_callback(session, told.ref, told.sid)
    is_new = outbox.add_event(
        session, told.sid, told.status, now=now, error_code=told.error_code, outbox=text.id if text else None
    )
    if text is None or not is_new or not is_known(told.status):
        return False
    if text.state in ("queued", "submitting"):  # the carrier has it, whatever our own call said
        prompts.mark_asked(session, text.id, now=now)
    if text.provider_sid not in (None, told.sid):  # a second copy was taken: people should know
        alerts.open_alert(session, "text_sent_twice", "routine", now=now, patient=text.patient_id)
        return True
    status = further(text.status, told.status)
    submissions.note_status(session, text, told.sid, status, state_of(status), now=now)
    if told.error_code and state_of(status) in ("failed", "undelivered"):
        take_error(session, text, told.error_code, clinic, now=now)
    return True


def take_error(session: Session, text: Outgoing, code: str, clinic: Clinic, *, now: datetime) -> None:
    """Do what an error code asks: opt out, tell staff, or try once more later."""
    kind = error_class(code)
    if kind is ErrorClass.CONSENT:
        if consent.state_of(session, text.phone_hash) != "withdrawn":
            consent.withdraw(
                session, text.phone, clinic, evidence=f"carrier: {code}", actor="carrier", now=now
            )
    elif kind is ErrorClass.CARRIER and not text.dedup_key.endswith(_AGAIN):
        outbox.enqueue(
            session, text.dedup_key + _AGAIN, text.phone, text.body, kind=text.kind, priority=text.priority,
            now=now, not_before=now + LATER, not_after=text.not_after, patient=text.patient_id,
            conversation=text.conversation_id, inbox=text.inbox_id, followup=text.followup_id,
        )  # fmt: skip
    elif kind is not ErrorClass.CARRIER:
        _tell_staff(session, text, code, kind, now)


def _tell_staff(session: Session, text: Outgoing, code: str, kind: ErrorClass, now: datetime) -> None:
    """Open an alert: a day's alert a number, or one for a whole campaign that is barred."""
    is_number = kind is ErrorClass.NUMBER
    sign = "number_takes_no_texts" if is_number else f"texts_refused_{kind}"
    whose = text.patient_id if is_number else None
    if not alerts.was_opened(session, sign, since=now - timedelta(days=1), patient=whose):
        alerts.open_alert(
            session, sign, "routine", now=now, conversation=text.conversation_id, patient=text.patient_id,
            words=code,
        )  # fmt: skip
