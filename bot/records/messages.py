"""Messages: every line that a patient or staff can see, both sides, in one order within a conversation.

`position` counts 1, 2, 3 … without gaps within a conversation and is committed in that order (the
conversation's row is locked while a line is added), so that it serves as a cursor: a reader who asks for what
came after never misses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.conversations import ConversationRow
from bot.records.rows import Base, Id, SealedJson, SealedText, add, read

Side = Literal["patient", "assistant", "staff", "system"]


class MessageRow(Base):
    """One line."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        UniqueConstraint("conversation_id", "key"),
        Index("ix_messages_inbox_id", "inbox_id"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    position: Mapped[int]
    key: Mapped[str | None]
    side: Mapped[str]
    channel: Mapped[str]
    inbox_id: Mapped[str | None] = mapped_column(ForeignKey("inbox.id"))
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    text: Mapped[SealedText]
    payload: Mapped[SealedJson | None]
    answer: Mapped[str | None]
    model_id: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Message:
    """A line.

    `payload` holds buttons, custom parts and sources; `answer` is the response's name; `inbox_id` the inbound
    message that it is or answers.
    """

    id: str
    conversation_id: str
    position: int
    key: str | None
    side: str
    channel: str
    inbox_id: str | None
    outbox_id: str | None
    text: str
    payload: dict[str, Any] | None
    answer: str | None
    model_id: str | None
    at: datetime


def append(
    session: Session,
    conversation: str,
    side: Side,
    text: str,
    *,
    now: datetime,
    key: str | None = None,
    inbox: str | None = None,
    outbox: str | None = None,
    payload: dict[str, Any] | None = None,
    answer: str | None = None,
    model_id: str | None = None,
) -> Message:
    """Add a line to a conversation that exists; the same `key` again gives the line that is there.

    Keys: "in:<inbound id>" for what a patient said, "reply:<inbound id>:<n>" for answers.
    Raises NoResultFound for an unknown conversation.
    """
    thread = session.scalars(
        select(ConversationRow)
        .where(ConversationRow.id == conversation)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if key is not None:
        same = select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.key == key)
        if row := session.scalar(same):
            return read(session, row, Message)
    thread.messages += 1
    thread.last_seen = max(thread.last_seen, now)
    thread.reviewed_at = thread.reviewed_by = None  # something new was said: it waits for review again
    row = add(
        session,
        MessageRow,
        conversation_id=conversation,
        position=thread.messages,
        key=key,
        side=side,
        channel=thread.channel,
        inbox_id=inbox,
        outbox_id=outbox,
        text=text,
        payload=payload,
        answer=answer,
        model_id=model_id,
        at=now,
    )
    return read(session, row, Message)


def after(session: Session, conversation: str, cursor: int = 0, limit: int = 200) -> tuple[Message, ...]:
    """The lines after a position, in order."""
    rows = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation, MessageRow.position > cursor)
        .order_by(MessageRow.position)
        .limit(limit)
    )
    return tuple(read(session, row, Message) for row in session.scalars(rows))


def last_said(session: Session, conversation: str) -> str | None:
    """What the patient was told last: the question that an answer answers."""
    newest = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation, MessageRow.side == "assistant")
        .order_by(MessageRow.position.desc())
        .limit(1)
    )
    row = session.scalar(newest)
    return None if row is None else read(session, row, Message).text
