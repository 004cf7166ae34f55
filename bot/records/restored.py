"""After a restore: what the lost installation may have done since the backup is not done a second time.

Between the backup and the restore the old installation went on working. So a text that was queued or on its way in
the backup is not sent before the carrier was asked (`ask_first`), what was due before the restore is not asked,
a text that had no answer goes to people instead of getting a second one, and nobody stays signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.records import alerts, audit
from bot.records.audit import AuditRow
from bot.records.inbox import OPEN, InboxRow
from bot.records.outbox import OutboxRow, Outgoing
from bot.records.staff import StaffSessionRow

OWNER = "restore"  # whose texts in the outbox may have gone already
ACTION, OBJECT = "restored", "installation"
UNANSWERED = "unanswered_at_restore"  # the alert's sign
_UNKNOWN = "unknown: restored"


@dataclass(frozen=True)
class Held:
    """How much a restore holds back: texts queued, texts on their way, texts in without an answer."""

    queued: int
    in_flight: int
    unanswered: int


def make_safe(session: Session, *, made_at: datetime, now: datetime, actor: str) -> Held:
    """Hold back what may have been done since the backup was made; the audit remembers the restore."""
    queued = _count(
        session,
        update(OutboxRow)
        .where(OutboxRow.state == "queued")
        .values(owner=OWNER, submit_at=made_at, last_error=_UNKNOWN),
    )
    in_flight = _count(
        session,
        update(OutboxRow).where(OutboxRow.state == "submitting").values(owner=OWNER, last_error=_UNKNOWN),
    )
    session.execute(
        update(StaffSessionRow).where(StaffSessionRow.revoked_at.is_(None)).values(revoked_at=now)
    )
    held = Held(queued, in_flight, _leave_to_people(session, now))
    details = {"made_at": made_at.isoformat(), **held.__dict__}
    audit.append(session, actor, ACTION, OBJECT, now=now, details=details)
    return held


def last(session: Session) -> datetime | None:
    """When this installation was last brought back from a backup, if ever."""
    return session.scalar(
        select(AuditRow.at)
        .where(AuditRow.object == OBJECT, AuditRow.action == ACTION)
        .order_by(AuditRow.sequence.desc())
        .limit(1)
    )


def may_have_gone(text: Outgoing) -> bool:
    """Whether the lost installation may have sent a text."""
    return text.owner == OWNER


def ask_first(session: Session, text: Outgoing) -> None:
    """Let the reconciler ask the carrier for a text that may have gone, instead of sending it."""
    row = session.get_one(OutboxRow, text.id)
    row.state, row.last_error = "submitting", _UNKNOWN


def _leave_to_people(session: Session, now: datetime) -> int:
    """Texts in that had no answer yet: they may have got it since, so that a person looks at each."""
    waiting = InboxRow.state.in_(OPEN)
    rows = session.scalars(select(InboxRow).where(InboxRow.channel == "sms", waiting)).all()
    for row in rows:
        row.state, row.error, row.lease_until = "failed", "restored", None
        alerts.open_alert(
            session, UNANSWERED, "routine", now=now, inbox=row.id, conversation=row.conversation_id,
            patient=row.patient_id,
        )  # fmt: skip
    return len(rows)


def _count(session: Session, statement) -> int:  # type: ignore[no-untyped-def]
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
