"""Searches of the staff site that somebody gave a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.reviews import SavedFilterRow
from bot.records.rows import add, read


@dataclass(frozen=True)
class SavedFilter:
    """A name and the search behind it."""

    id: str
    name: str
    query: str


def everyone(session: Session) -> tuple[SavedFilter, ...]:
    """Every saved search, by name."""
    rows = session.scalars(select(SavedFilterRow).order_by(SavedFilterRow.name))
    return tuple(read(session, row, SavedFilter) for row in rows)


def save(session: Session, name: str, query: str, *, actor: str, now: datetime) -> None:
    """Keep a search; the same name again replaces it."""
    row = session.scalar(select(SavedFilterRow).where(SavedFilterRow.name == name))
    if row is None:
        add(session, SavedFilterRow, name=name, query=query, actor=actor, at=now)
    else:
        row.query, row.actor, row.at = query, actor, now
        session.flush()


def forget(session: Session, saved: str) -> None:
    """Take a saved search away, if it is there."""
    if row := session.get(SavedFilterRow, saved):
        session.delete(row)
        session.flush()
