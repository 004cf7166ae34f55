"""Questions that the assistant could not answer, for staff to turn into answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, insert_once, new_id, read


class UnansweredRow(Base):
    """A question without an answer. States: open, answered, out_of_scope."""

    __tablename__ = "unanswered"
    __table_args__ = (Index("ix_unanswered_state", "state", "at"),)

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    words: Mapped[SealedText]
    nearest: Mapped[list[dict[str, Any]]]
    confidence: Mapped[float | None]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    topic: Mapped[str | None]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]


_WAITING = select(func.count(), func.min(UnansweredRow.at)).where(UnansweredRow.state == "open")


@dataclass(frozen=True)
class Unanswered:
    """`nearest` the topics offered ({"name", "confidence"}); `topic` what staff said it belongs to."""

    id: str
    message_id: str
    conversation_id: str
    words: str
    nearest: list[dict[str, Any]]
    confidence: float | None
    at: datetime
    state: str
    topic: str | None
    settled_by: str | None
    settled_at: datetime | None


def note(
    session: Session,
    conversation: str,
    message_id: str,
    words: str,
    *,
    now: datetime,
    nearest: tuple[dict[str, Any], ...] = (),
    confidence: float | None = None,
) -> bool:
    """Keep a question for staff; False when this message was kept already."""
    return insert_once(
        session,
        UnansweredRow,
        ["message_id"],
        id=new_id(),
        message_id=message_id,
        conversation_id=conversation,
        words=words,
        nearest=list(nearest),
        confidence=confidence,
        at=now,
        state="open",
    )


def waiting(session: Session, limit: int = 500) -> tuple[Unanswered, ...]:
    """Open questions, oldest first."""
    rows = select(UnansweredRow).where(UnansweredRow.state == "open").order_by(UnansweredRow.at).limit(limit)
    return tuple(read(session, row, Unanswered) for row in session.scalars(rows))


def count_waiting(session: Session) -> tuple[int, datetime | None]:
    """How many questions are open, and when the oldest was asked."""
    count, oldest = session.execute(_WAITING).one()
    return int(count), oldest


def get(session: Session, question: str) -> Unanswered | None:
    """The question with an id."""
    row = session.get(UnansweredRow, question)
    return None if row is None else read(session, row, Unanswered)


def settle(
    session: Session, question: str, state: str, *, actor: str, now: datetime, topic: str | None = None
) -> None:
    """Say what became of a question. Raises NoResultFound for an unknown one."""
    row = session.get_one(UnansweredRow, question)
    row.state, row.topic, row.settled_by, row.settled_at = state, topic, actor, now
    session.flush()
