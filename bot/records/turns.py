"""Turns: how the assistant understood one message and what it did; the transcript's details for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.conversations import ConversationRow
from bot.records.rows import Base, Id, SealedJson, SealedText, insert_once, new_id, read, table_of


class TurnRow(Base):
    """One message understood."""

    __tablename__ = "turns"
    __table_args__ = (
        Index("ix_turns_conversation_id", "conversation_id", "id"),
        Index("ix_turns_confidence", "confidence", "at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str] = mapped_column(unique=True)
    text: Mapped[SealedText | None]
    intent: Mapped[str | None]
    confidence: Mapped[float | None]
    topics: Mapped[list[str]]
    ranking: Mapped[list[dict[str, Any]]]
    entities: Mapped[SealedJson | None]
    slots: Mapped[SealedJson | None]
    policy: Mapped[str | None]
    actions: Mapped[list[str]]
    answers: Mapped[list[str]]
    model_id: Mapped[str | None]
    milliseconds: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)


# Built once, as every message runs them.
_TURNS, _CONVERSATIONS = table_of(TurnRow), table_of(ConversationRow)
_STORED = select(_TURNS.c.id).where(_TURNS.c.message_id == bindparam("message"))
_LOWEST = _CONVERSATIONS.c.lowest_confidence
_LESS_SURE = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("conversation"))
    .where(_LOWEST.is_(None) | (bindparam("confidence") < _LOWEST))
    .values(lowest_confidence=bindparam("confidence"))
)


@dataclass(frozen=True)
class Turn:
    """`message_id` is the inbound message's id; `ranking` the intents considered ({"name", "confidence"}),
    `answers` the names of the responses said, `policy` what chose the first action."""

    id: str
    conversation_id: str
    message_id: str
    text: str | None
    intent: str | None
    confidence: float | None
    topics: list[str]
    ranking: list[dict[str, Any]]
    entities: list[dict[str, Any]] | None
    slots: dict[str, Any] | None
    policy: str | None
    actions: list[str]
    answers: list[str]
    model_id: str | None
    milliseconds: int | None
    at: datetime


def record(
    session: Session,
    conversation: str,
    message_id: str,
    *,
    now: datetime,
    text: str | None = None,
    intent: str | None = None,
    confidence: float | None = None,
    topics: tuple[str, ...] = (),
    ranking: tuple[dict[str, Any], ...] = (),
    entities: list[dict[str, Any]] | None = None,
    slots: dict[str, Any] | None = None,
    policy: str | None = None,
    actions: tuple[str, ...] = (),
    answers: tuple[str, ...] = (),
    model_id: str | None = None,
    milliseconds: int | None = None,
) -> bool:
    """Store how a message was understood; False when the message has its turn already.

    The conversation keeps the lowest confidence of its turns, for filters.
    """
    is_new = insert_once(
        session,
        TurnRow,
        ["message_id"],
        id=new_id(),
        conversation_id=conversation,
        message_id=message_id,
        text=text,
        intent=intent,
        confidence=confidence,
        topics=list(topics),
        ranking=list(ranking),
        entities=entities,
        slots=slots,
        policy=policy,
        actions=list(actions),
        answers=list(answers),
        model_id=model_id,
        milliseconds=milliseconds,
        at=now,
    )
    if is_new and confidence is not None:
        session.connection().execute(_LESS_SURE, {"conversation": conversation, "confidence": confidence})
    return is_new


def is_stored(session: Session | Connection, message_id: str) -> bool:
    """Whether an inbound message has its turn."""
    return session.scalar(_STORED, {"message": message_id}) is not None


def by_message(session: Session, message_id: str) -> Turn | None:
    """The turn of an inbound message."""
    row = session.scalar(select(TurnRow).where(TurnRow.message_id == message_id))
    return None if row is None else read(session, row, Turn)


def of_conversation(session: Session, conversation: str, limit: int = 500) -> tuple[Turn, ...]:
    """A conversation's newest turns, oldest of them first."""
    rows = select(TurnRow).where(TurnRow.conversation_id == conversation).order_by(TurnRow.id.desc())
    return tuple(read(session, row, Turn) for row in reversed(session.scalars(rows.limit(limit)).all()))
