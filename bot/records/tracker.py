"""Rasa's events, encrypted: the tracker store appends many and reads back the last of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, SealedJson, sealed_values, value_of


class TrackerEventRow(Base):
    """One event of a conversation; `sequence` counts from 0."""

    __tablename__ = "tracker_events"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[SealedJson]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Newest:
    """A conversation's last event: which and when."""

    sequence: int
    at: datetime


def append_events(
    session: Session, conversation: str, events: Sequence[dict[str, Any]], *, now: datetime
) -> int:
    """Add events (Rasa's `as_dict()`) in order; give the conversation's number of events.

    Raises IntegrityError when somebody else appends to the same conversation at the same time.
    """
    start = count_events(session, conversation)
    rows = [
        sealed_values(
            session,
            TrackerEventRow,
            {
                "conversation_id": conversation,
                "sequence": start + offset,
                "type": str(event.get("event", "")),
                "data": event,
                "at": now,
            },
        )
        for offset, event in enumerate(events)
    ]
    if rows:
        session.execute(insert(cast(Table, TrackerEventRow.__table__)), rows)
    return start + len(rows)


def read_events(session: Session, conversation: str, last: int | None = None) -> list[dict[str, Any]]:
    """The last events of a conversation, or all, in order."""
    rows = (
        select(TrackerEventRow)
        .where(TrackerEventRow.conversation_id == conversation)
        .order_by(TrackerEventRow.sequence.desc())
    )
    if last is not None:
        rows = rows.limit(last)
    return [value_of(session, row, "data") for row in reversed(session.scalars(rows).all())]


def newest(session: Session, conversation: str) -> Newest | None:
    """The last event of a conversation, or None when it has none."""
    columns = select(TrackerEventRow.sequence, TrackerEventRow.at)
    last = columns.where(TrackerEventRow.conversation_id == conversation)
    found = session.execute(last.order_by(TrackerEventRow.sequence.desc()).limit(1)).first()
    return None if found is None else Newest(*found)


def count_events(session: Session, conversation: str) -> int:
    """How many events a conversation has."""
    last = newest(session, conversation)
    return 0 if last is None else last.sequence + 1


def conversation_ids(session: Session) -> list[str]:
    """Every conversation that has events."""
    return list(session.scalars(select(TrackerEventRow.conversation_id).distinct()))
