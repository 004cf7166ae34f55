"""Rasa's events, encrypted: the tracker store appends those of a turn and reads back the last of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, SealedJson, sealed_values, table_of, value_of


class TrackerEventRow(Base):
    """The events of a turn; `sequence` is that of the last of them, counted from 0.

    Sealed and written together, they take half the time. Rows of earlier versions hold one event each.
    """

    __tablename__ = "tracker_events"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[SealedJson]
    at: Mapped[datetime]


# Built once, as every message runs them: building a statement takes several times as long as running it.
_EVENTS = table_of(TrackerEventRow)
_APPEND = insert(_EVENTS)
_NEWEST = (
    select(_EVENTS.c.sequence, _EVENTS.c.at)
    .where(_EVENTS.c.conversation_id == bindparam("conversation"))
    .order_by(_EVENTS.c.sequence.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Newest:
    """A conversation's last event: which and when."""

    sequence: int
    at: datetime


def append_events(
    session: Session, conversation: str, events: Sequence[dict[str, Any]], *, now: datetime
) -> int:
    """Add events (Rasa's `as_dict()`) in order; give the conversation's number of events.

    Whoever appends holds the conversation (`conversations.touch`).
    """
    stored = count_events(session.connection(), conversation) + len(events)
    if events:
        row = {"conversation_id": conversation, "sequence": stored - 1, "type": "turn", "at": now}
        row = sealed_values(session, TrackerEventRow, row | {"data": list(events)})
        session.connection().execute(_APPEND, row)
    return stored


def read_events(session: Session, conversation: str, last: int | None = None) -> list[dict[str, Any]]:
    """The last events of a conversation, or all, in order."""
    rows = select(TrackerEventRow).where(TrackerEventRow.conversation_id == conversation)
    if last is not None:
        rows = rows.where(TrackerEventRow.sequence >= count_events(session, conversation) - last)
    events: list[dict[str, Any]] = []
    for row in session.scalars(rows.order_by(TrackerEventRow.sequence)):
        data = value_of(session, row, "data")
        events += data if isinstance(data, list) else [data]
    return events if last is None else events[-last:]


def newest(session: Session | Connection, conversation: str) -> Newest | None:
    """The last event of a conversation, or None when it has none."""
    found = session.execute(_NEWEST, {"conversation": conversation}).first()
    return None if found is None else Newest(*found)


def count_events(session: Session | Connection, conversation: str) -> int:
    """How many events a conversation has."""
    last = newest(session, conversation)
    return 0 if last is None else last.sequence + 1


def conversation_ids(session: Session) -> list[str]:
    """Every conversation that has events."""
    return list(session.scalars(select(TrackerEventRow.conversation_id).distinct()))
