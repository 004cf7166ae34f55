"""Corrections: what a message should have been understood as, on its way into the training data.

Proposed by staff, confirmed by a person who has looked for personal data, exported as a change of data/nlu.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.reviews import CorrectionRow
from bot.records.rows import add, change, read


@dataclass(frozen=True)
class Correction:
    """`phrase` the words to learn, `topic` what they ask for; `state` proposed, confirmed, exported, dropped."""

    id: str
    message_id: str | None
    unanswered_id: str | None
    understood_as: str | None
    topic: str
    phrase: str
    state: str
    actor: str
    at: datetime
    confirmed_by: str | None
    exported_at: datetime | None


def propose(
    session: Session,
    topic: str,
    phrase: str,
    *,
    actor: str,
    now: datetime,
    message: str | None = None,
    question: str | None = None,
    understood_as: str | None = None,
) -> Correction:
    """Propose that a phrase asks for a topic."""
    row = add(
        session,
        CorrectionRow,
        topic=topic,
        phrase=phrase,
        actor=actor,
        at=now,
        message_id=message,
        unanswered_id=question,
        understood_as=understood_as,
        state="proposed",
    )
    return read(session, row, Correction)


def of_state(session: Session, state: str, limit: int = 500) -> tuple[Correction, ...]:
    """Corrections in a state, oldest first."""
    rows = select(CorrectionRow).where(CorrectionRow.state == state).order_by(CorrectionRow.at).limit(limit)
    return tuple(read(session, row, Correction) for row in session.scalars(rows))


def get(session: Session, correction: str) -> Correction | None:
    """The correction with an id."""
    row = session.get(CorrectionRow, correction)
    return None if row is None else read(session, row, Correction)


def confirm(session: Session, correction: str, phrase: str, topic: str, *, actor: str) -> Correction:
    """Say that a phrase, as it is now, holds no personal data and belongs to a topic."""
    row = session.get_one(CorrectionRow, correction, with_for_update=True)
    change(session, row, phrase=phrase, topic=topic, state="confirmed", confirmed_by=actor)
    return read(session, row, Correction)


def drop(session: Session, correction: str, *, actor: str) -> None:
    """Take a proposal back."""
    row = session.get_one(CorrectionRow, correction)
    change(session, row, state="dropped", confirmed_by=actor)


def mark_exported(session: Session, ids: tuple[str, ...], *, now: datetime) -> None:
    """Say that corrections stand in the training data now."""
    for one in ids:
        row = session.get_one(CorrectionRow, one)
        change(session, row, state="exported", exported_at=now)
