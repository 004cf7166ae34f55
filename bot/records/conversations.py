"""Conversations: one thread of one person on one channel, and what it was about."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, bindparam, case, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, insert_once, read, table_of

Channel = Literal["web", "sms"]


class ConversationRow(Base):
    """A thread. Its id says nothing: random on the web, a keyed hash of the number for SMS."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_last_seen", "last_seen", "id"),
        Index("ix_conversations_reviewed_at_last_seen", "reviewed_at", "last_seen", "id"),
        Index("ix_conversations_channel_last_seen", "channel", "last_seen", "id"),
        Index("ix_conversations_lowest_confidence", "lowest_confidence"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"))
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    messages: Mapped[int] = mapped_column(default=0)
    lowest_confidence: Mapped[float | None]
    assigned_to: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None]


class ConversationTopicRow(Base):
    """A topic that a conversation touched."""

    __tablename__ = "conversation_topics"
    __table_args__ = (Index("ix_conversation_topics_topic", "topic", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


_CONVERSATIONS = table_of(ConversationRow)


def later(seen: ColumnElement[datetime], now: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """The later of two moments, on both databases."""
    return case((seen < now, now), else_=seen)


_GOES_ON = (  # built once, as every message runs it
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("conversation"))
    .values(last_seen=bindparam("now"))
)
_SEEN = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("conversation"))
    .values(
        last_seen=later(_CONVERSATIONS.c.last_seen, bindparam("now")),
        patient_id=func.coalesce(_CONVERSATIONS.c.patient_id, bindparam("patient")),
        phone_hash=func.coalesce(_CONVERSATIONS.c.phone_hash, bindparam("number")),
    )
)


@dataclass(frozen=True)
class Conversation:
    """A thread; `patient_id` None is an anonymous visitor, `messages` the number of lines on both sides."""

    id: str
    channel: str
    patient_id: str | None
    visit_id: str | None
    phone_hash: str | None
    created_at: datetime
    last_seen: datetime
    messages: int
    lowest_confidence: float | None
    assigned_to: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None


def new_web_id() -> str:
    """A conversation id for a web visitor: 192 random bits, issued by the server only."""
    return secrets.token_urlsafe(24)


def ensure(
    session: Session,
    conversation: str,
    channel: Channel,
    *,
    now: datetime,
    patient: str | None = None,
    phone_hash: str | None = None,
) -> None:
    """Hold the conversation with an id, made when it is new; `last_seen` moves forward, a known patient stays."""
    seen = {"conversation": conversation, "now": now, "patient": patient, "number": phone_hash}
    connection = session.connection()
    if not connection.execute(_SEEN, seen).rowcount:
        begun = {"channel": channel, "created_at": now, "last_seen": now}
        whose = {"patient_id": patient, "phone_hash": phone_hash}
        if not insert_once(session, ConversationRow, ["id"], id=conversation, **begun, **whose):
            connection.execute(_SEEN, seen)


def touch(session: Session, conversation: str, channel: Channel, *, now: datetime) -> None:
    """Note that a conversation goes on, and hold it; it is made when it is new."""
    connection, seen = session.connection(), {"conversation": conversation, "now": now}
    if not connection.execute(_GOES_ON, seen).rowcount:
        begun = {"channel": channel, "created_at": now, "last_seen": now}
        if not insert_once(session, ConversationRow, ["id"], id=conversation, **begun):
            connection.execute(_GOES_ON, seen)


def get(session: Session, conversation: str) -> Conversation | None:
    """The conversation with an id."""
    row = session.get(ConversationRow, conversation, populate_existing=True)
    return None if row is None else read(session, row, Conversation)


def link(session: Session, conversation: str, patient: str, visit: str | None = None) -> Conversation:
    """Tie a conversation to a patient, as a visit code or staff did; NoResultFound for an unknown one."""
    row = session.get_one(ConversationRow, conversation)
    row.patient_id, row.visit_id = patient, visit or row.visit_id
    session.flush()
    return read(session, row, Conversation)


def assign(session: Session, conversation: str, to: str | None) -> None:
    """Say which member of staff looks after a conversation, or nobody. NoResultFound for an unknown one."""
    session.get_one(ConversationRow, conversation).assigned_to = to
    session.flush()


def add_topics(session: Session, conversation: str, topics: tuple[str, ...]) -> None:
    """Note topics that a conversation touched; the same topic counts once."""
    for topic in topics:
        insert_once(
            session,
            ConversationTopicRow,
            ["conversation_id", "topic"],
            conversation_id=conversation,
            topic=topic,
        )


def topics(session: Session, conversation: str) -> tuple[str, ...]:
    """The topics of a conversation, by name."""
    named = select(ConversationTopicRow.topic).where(ConversationTopicRow.conversation_id == conversation)
    return tuple(session.scalars(named.order_by(ConversationTopicRow.topic)))


def of_patient(session: Session, patient: str) -> tuple[Conversation, ...]:
    """A patient's conversations on all channels, newest first."""
    rows = select(ConversationRow).where(ConversationRow.patient_id == patient)
    return tuple(
        read(session, row, Conversation)
        for row in session.scalars(rows.order_by(ConversationRow.last_seen.desc()))
    )
