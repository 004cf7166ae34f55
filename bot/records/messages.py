"""Messages: every line that a patient or staff can see, both sides, in one order within a conversation.

`position` counts 1, 2, 3 … without gaps within a conversation and is committed in that order (the
conversation's row is locked while a line is added), so that it serves as a cursor: a reader who asks for what
came after never misses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.conversations import ConversationRow, later
from bot.records.rows import (
    Base,
    Id,
    SealedJson,
    SealedText,
    new_id,
    place,
    read,
    sealed_values,
    table_of,
    vault_of,
)

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


# Built once, and on tables rather than rows: each message runs them, and SQLAlchemy's mapping takes as long again.
_CONVERSATIONS, _MESSAGES = table_of(ConversationRow), table_of(MessageRow)
_NEXT = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("conversation"))
    .values(
        messages=_CONVERSATIONS.c.messages + 1,
        last_seen=later(_CONVERSATIONS.c.last_seen, bindparam("now")),
        reviewed_at=None,  # something new was said: it waits for review again
        reviewed_by=None,
    )
    .returning(_CONVERSATIONS.c.messages, _CONVERSATIONS.c.channel)
)
_HOLD = (
    select(_CONVERSATIONS.c.channel).where(_CONVERSATIONS.c.id == bindparam("conversation")).with_for_update()
)
_ADD = insert(_MESSAGES)
_WITH_KEY = select(MessageRow).where(
    MessageRow.conversation_id == bindparam("conversation"), MessageRow.key == bindparam("key")
)
LAST_SAID = (
    select(_MESSAGES.c.id, _MESSAGES.c.text)
    .where(_MESSAGES.c.conversation_id == bindparam("conversation"), _MESSAGES.c.side == "assistant")
    .order_by(_MESSAGES.c.position.desc())
    .limit(1)
)


def next_place(session: Session, conversation: str, now: datetime) -> tuple[int, str] | None:
    """The next line's position and the channel; the conversation is held until the transaction ends. None: unknown."""
    found = session.connection().execute(_NEXT, {"conversation": conversation, "now": now}).one_or_none()
    return None if found is None else (int(found.messages), str(found.channel))


def add_line(session: Session, line: Message) -> Message:
    """Store a line in the place that `next_place` gave it."""
    session.connection().execute(_ADD, sealed_values(session, MessageRow, vars(line)))
    return line


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
    is_new: bool = False,
) -> Message:
    """Add a line to a conversation that exists; the same `key` again gives the line that is there.

    Keys: "in:<inbound id>" for what a patient said, "reply:<inbound id>:<n>" for answers. With `is_new` nobody
    can have used the key before, and nobody looks.
    Raises NoResultFound for an unknown conversation.
    """
    if key is not None and not is_new:
        session.connection().execute(_HOLD, {"conversation": conversation})
        row = session.scalar(_WITH_KEY, {"conversation": conversation, "key": key})
        if row is not None:
            return read(session, row, Message)
    following = next_place(session, conversation, now)
    if following is None:
        raise NoResultFound(conversation)
    position, channel = following
    return add_line(session, Message(
        id=new_id(), conversation_id=conversation, position=position, key=key, side=side, channel=channel,
        inbox_id=inbox, outbox_id=outbox, text=text, payload=payload, answer=answer, model_id=model_id, at=now,
    ))  # fmt: skip


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
    line = session.connection().execute(LAST_SAID, {"conversation": conversation}).one_or_none()
    return None if line is None else opened(session, line.id, line.text)


def opened(session: Session, line: str, text: bytes) -> str:
    """The words of a line, by its id and its sealed text."""
    return vault_of(session).open(place(MessageRow, "text", line), text)
