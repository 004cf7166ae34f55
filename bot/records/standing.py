"""What waits in the database at this moment, how long already, and when the last backup was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from bot.records.alerts import AlertRow
from bot.records.audit import AuditRow
from bot.records.followups import FollowupRow
from bot.records.inbox import OPEN, InboxRow
from bot.records.outbox import OutboxRow

CHANNELS = ("web", "sms")
TIERS = ("emergency", "same_day", "routine")


@dataclass(frozen=True)
class Queue:
    """How many wait, and for how long the first has."""

    count: int
    oldest: timedelta


NOTHING = Queue(0, timedelta())


@dataclass(frozen=True)
class Standing:
    """Texts due but not gone; texts of unknown outcome; messages in without an answer, by channel; questions due;
    alerts that nobody has acknowledged, by tier."""

    texts_waiting: Queue
    texts_unknown: Queue
    messages_waiting: dict[str, Queue]
    followups_due: Queue
    alerts: dict[str, Queue]
    backed_up_at: datetime | None


def standing(session: Session, *, now: datetime) -> Standing:
    """What waits now. Every query goes by an index over open rows only, however many are done."""
    row = OutboxRow
    return Standing(
        texts_waiting=_queue(session, row.not_before, now, row.state == "queued", row.not_before <= now),
        texts_unknown=_queue(session, row.submit_at, now, row.state == "submitting"),
        messages_waiting=_by(
            session, InboxRow.channel, InboxRow.received_at, now, CHANNELS,
            InboxRow.state.in_(OPEN),
        ),
        followups_due=_queue(
            session, FollowupRow.due_at, now, FollowupRow.state == "planned", FollowupRow.due_at <= now
        ),
        alerts=_by(session, AlertRow.tier, AlertRow.opened_at, now, TIERS, AlertRow.state == "open"),
        backed_up_at=last_backup(session),
    )  # fmt: skip


def last_backup(session: Session) -> datetime | None:
    """When this installation was last backed up, or brought back from a backup."""
    done = or_(AuditRow.action == "backed up", AuditRow.action == "restored")
    return session.scalar(
        select(AuditRow.at)
        .where(AuditRow.object == "installation", done)
        .order_by(AuditRow.sequence.desc())
        .limit(1)
    )


def _queue(session: Session, since: Any, now: datetime, *wanted: ColumnElement[bool]) -> Queue:
    count, oldest = session.execute(select(func.count(), func.min(since)).where(*wanted)).one()
    return Queue(count, max(now - oldest, timedelta()) if oldest else timedelta())


def _by(
    session: Session,
    name: Any,
    since: Any,
    now: datetime,
    names: tuple[str, ...],
    *wanted: ColumnElement[bool],
) -> dict[str, Queue]:
    rows = session.execute(select(name, func.count(), func.min(since)).where(*wanted).group_by(name))
    found = {key: Queue(count, max(now - oldest, timedelta())) for key, count, oldest in rows}
    return dict.fromkeys(names, NOTHING) | found
