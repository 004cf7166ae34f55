"""Figures over a span of time: topics, what stayed open, how soreness went, how fast alerts were seen."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records.alerts import AlertRow
from bot.records.conversation_queue import by_index
from bot.records.conversations import ConversationRow, ConversationTopicRow
from bot.records.followups import FollowupRow
from bot.records.report_rows import ReportAreaRow, ReportRow
from bot.records.turns import TurnRow
from bot.records.unanswered import UnansweredRow

_BANDS = ((0, 12), (12, 24), (24, 48), (48, 72), (72, 168))


@dataclass(frozen=True)
class Figures:
    """`topics` by conversations, `soreness` as (hours from, to, mean score, reports), `regions` as (part, mean,
    reports), `steps` as (step, asked, answered), `acknowledged_after` the median by tier."""

    conversations: dict[str, int]
    messages: int
    unanswered: int
    to_review: int
    topics: tuple[tuple[str, int], ...]
    soreness: tuple[tuple[int, int, float, int], ...]
    regions: tuple[tuple[str, float, int], ...]
    steps: tuple[tuple[str, int, int], ...]
    alerts: dict[str, int]
    acknowledged_after: dict[str, timedelta]

    @property
    def unanswered_share(self) -> float | None:
        """Questions without an answer among messages understood."""
        return self.unanswered / self.messages if self.messages else None


def figures(session: Session, since: datetime, until: datetime) -> Figures:
    """The figures of a span."""
    by_index(session)
    in_span = (ConversationRow.last_seen >= since, ConversationRow.last_seen < until)
    channels = select(ConversationRow.channel, func.count()).where(*in_span).group_by(ConversationRow.channel)
    new = select(func.count()).where(*in_span, ConversationRow.reviewed_at.is_(None))
    heard = select(func.count()).where(TurnRow.at >= since, TurnRow.at < until)
    open_ = select(func.count()).where(UnansweredRow.at >= since, UnansweredRow.at < until)
    return Figures(
        conversations={row[0]: row[1] for row in session.execute(channels)},
        messages=session.scalar(heard) or 0,
        unanswered=session.scalar(open_) or 0,
        to_review=session.scalar(new) or 0,
        topics=_topics(session, since, until),
        soreness=_soreness(session, since, until),
        regions=_regions(session, since, until),
        steps=_steps(session, since, until),
        **_alerts(session, since, until),
    )


def _topics(session: Session, since: datetime, until: datetime) -> tuple[tuple[str, int], ...]:
    count = func.count().label("count")
    rows = (
        select(ConversationTopicRow.topic, count)
        .join(ConversationRow, ConversationRow.id == ConversationTopicRow.conversation_id)
        .where(ConversationRow.last_seen >= since, ConversationRow.last_seen < until)
        .group_by(ConversationTopicRow.topic)
        .order_by(count.desc())
        .limit(12)
    )
    return tuple((topic, number) for topic, number in session.execute(rows))


def _soreness(session: Session, since: datetime, until: datetime) -> tuple[tuple[int, int, float, int], ...]:
    rows = select(ReportRow.score, ReportRow.session_at, ReportRow.reported_at).where(
        *_counted(since, until), ReportRow.session_at.is_not(None)
    )
    scores: dict[tuple[int, int], list[int]] = {}
    for score, begun, reported in session.execute(rows):
        hours = (reported - begun).total_seconds() / 3600
        for band in _BANDS:
            if band[0] <= hours < band[1]:
                scores.setdefault(band, []).append(score)
    return tuple(
        (*band, statistics.fmean(scores[band]), len(scores[band])) for band in _BANDS if band in scores
    )


def _regions(session: Session, since: datetime, until: datetime) -> tuple[tuple[str, float, int], ...]:
    count = func.count().label("count")
    score = func.coalesce(ReportAreaRow.score, ReportRow.score)
    rows = (
        select(ReportAreaRow.part, func.avg(score), count)
        .join(ReportRow, ReportRow.id == ReportAreaRow.report_id)
        .where(*_counted(since, until))
        .group_by(ReportAreaRow.part)
        .order_by(count.desc())
        .limit(12)
    )
    return tuple((part, float(mean), number) for part, mean, number in session.execute(rows))


def _steps(session: Session, since: datetime, until: datetime) -> tuple[tuple[str, int, int], ...]:
    rows = (
        select(FollowupRow.step, FollowupRow.state, func.count())
        .where(FollowupRow.due_at >= since, FollowupRow.due_at < until)
        .where(FollowupRow.state.in_(("sent", "answered", "expired")))
        .group_by(FollowupRow.step, FollowupRow.state)
    )
    asked: dict[str, list[int]] = {}
    for step, state, number in session.execute(rows):
        counts = asked.setdefault(step, [0, 0])
        counts[0] += number
        counts[1] += number if state == "answered" else 0
    return tuple((step, counts[0], counts[1]) for step, counts in sorted(asked.items()))


def _alerts(session: Session, since: datetime, until: datetime) -> dict[str, Any]:
    rows = select(AlertRow.tier, AlertRow.opened_at, AlertRow.acknowledged_at).where(
        AlertRow.state.in_(("open", "acknowledged", "closed")),  # the index begins with it
        AlertRow.opened_at >= since,
        AlertRow.opened_at < until,
    )
    counts: dict[str, int] = {}
    waits: dict[str, list[timedelta]] = {}
    for tier, opened, seen in session.execute(rows):
        counts[tier] = counts.get(tier, 0) + 1
        if seen is not None:
            waits.setdefault(tier, []).append(seen - opened)
    medians = {tier: sorted(all_)[len(all_) // 2] for tier, all_ in waits.items()}
    return {"alerts": counts, "acknowledged_after": medians}


def _counted(since: datetime, until: datetime):  # type: ignore[no-untyped-def]
    return (
        ReportRow.reported_at >= since,
        ReportRow.reported_at < until,
        ReportRow.undone_at.is_(None),
        ReportRow.score.is_not(None),
    )
