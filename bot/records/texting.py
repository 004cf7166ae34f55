"""What became of texts and questions, in numbers: for `bot sms report` and the staff's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bot.records.consents import ConsentRow
from bot.records.followups import FollowupRow, PromptRow
from bot.records.outbox import OutboxRow


@dataclass(frozen=True)
class StepFigures:
    """One step of the plan: how many questions were asked, answered (within 1 h, 24 h, after the reminder)."""

    step: str
    asked: int
    answered: int
    within_hour: int
    within_day: int
    reminded: int
    answered_after_reminder: int
    median_minutes: float | None
    expired: int


@dataclass(frozen=True)
class Figures:
    """A period's texts."""

    texts: dict[str, int]
    steps: tuple[StepFigures, ...]
    opted_out: int
    settled: dict[str, int]


def figures(session: Session, since: datetime, until: datetime) -> Figures:
    """Count what was queued and asked from a moment until another."""
    in_period = (OutboxRow.created_at >= since) & (OutboxRow.created_at < until)
    states = session.execute(select(OutboxRow.state, func.count()).where(in_period).group_by(OutboxRow.state))
    settled = session.execute(
        select(OutboxRow.last_error, func.count())
        .where(in_period, OutboxRow.last_error.like("settled%"))
        .group_by(OutboxRow.last_error)
    )
    stopped = session.scalar(
        select(func.count(func.distinct(ConsentRow.phone_hash))).where(
            ConsentRow.scope == "texts",
            ConsentRow.state == "withdrawn",
            ConsentRow.at >= since,
            ConsentRow.at < until,
        )
    )
    return Figures(
        {str(row[0]): int(row[1]) for row in states},
        _steps(session, since, until),
        int(stopped or 0),
        {str(how): count for how, count in settled},
    )


def _steps(session: Session, since: datetime, until: datetime) -> tuple[StepFigures, ...]:
    reminder = aliased(FollowupRow)
    rows = session.execute(
        select(
            FollowupRow.step, PromptRow.asked_at, PromptRow.answered_at, reminder.state, reminder.changed_at
        )
        .join(PromptRow, PromptRow.followup_id == FollowupRow.id)
        .outerjoin(
            reminder,
            (reminder.visit_id == FollowupRow.visit_id) & (reminder.step == FollowupRow.step + ":r1"),
        )
        .where(PromptRow.asked_at >= since, PromptRow.asked_at < until)
    ).all()
    ended = session.execute(
        select(FollowupRow.step, func.count())
        .where(FollowupRow.state == "expired", FollowupRow.due_at >= since, FollowupRow.due_at < until)
        .group_by(FollowupRow.step)
    )
    expired = {str(row[0]): int(row[1]) for row in ended}
    found = []
    for step in sorted({row[0] for row in rows} | {name for name in expired if ":" not in name}):
        mine = [row for row in rows if row[0] == step]
        spans = [row[2] - row[1] for row in mine if row[2] is not None]
        sent = [row for row in mine if row[3] in ("sent", "queued", "answered")]
        found.append(StepFigures(
            step, len(mine), len(spans),
            sum(span <= timedelta(hours=1) for span in spans),
            sum(span <= timedelta(hours=24) for span in spans),
            len(sent), sum(row[2] is not None and row[2] > row[4] for row in sent),
            round(median(span.total_seconds() for span in spans) / 60, 1) if spans else None,
            expired.get(step, 0),
        ))  # fmt: skip
    return tuple(found)
