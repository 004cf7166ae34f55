"""What staff make of conversations: reviews, notes, tags, corrections for training, saved filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.conversations import ConversationRow
from bot.records.rows import Base, Id, SealedText, add, insert_once, read


class ReviewRow(Base):
    """One act of review: "reviewed", "undone", "later", "assigned"."""

    __tablename__ = "reviews"
    append_only = True

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class NoteRow(Base):
    """A note on a conversation, one of its messages, or a patient."""

    __tablename__ = "notes"

    id: Mapped[Id]
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    message_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id"))
    text: Mapped[SealedText]
    actor: Mapped[str]
    at: Mapped[datetime]


class TagRow(Base):
    """A tag on a conversation."""

    __tablename__ = "tags"
    __table_args__ = (Index("ix_tags_tag", "tag", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class CorrectionRow(Base):
    """What a message should have been understood as. States: proposed, confirmed, exported, dropped."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_state", "state", "at"),)

    id: Mapped[Id]
    message_id: Mapped[str | None] = mapped_column(index=True)
    unanswered_id: Mapped[str | None] = mapped_column(ForeignKey("unanswered.id"))
    understood_as: Mapped[str | None]
    topic: Mapped[str]
    phrase: Mapped[SealedText]
    state: Mapped[str] = mapped_column(default="proposed")
    actor: Mapped[str]
    at: Mapped[datetime]
    confirmed_by: Mapped[str | None]
    exported_at: Mapped[datetime | None]


class SavedFilterRow(Base):
    """A filter of the staff site: its name and query string."""

    __tablename__ = "saved_filters"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Review:
    """Who did what with a conversation, and when."""

    id: str
    conversation_id: str
    kind: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Note:
    """A note, as staff wrote it."""

    id: str
    conversation_id: str | None
    patient_id: str | None
    message_id: str | None
    text: str
    actor: str
    at: datetime


def mark_reviewed(
    session: Session, conversation: str, *, actor: str, now: datetime, lines: int | None = None
) -> bool:
    """Say that a conversation was reviewed; False when somebody was faster, however little: it stays theirs.

    `lines` is how many lines the reviewer saw: False, too, when more have been said since.
    """
    waiting = update(ConversationRow).where(
        ConversationRow.id == conversation, ConversationRow.reviewed_at.is_(None)
    )
    if lines is not None:
        waiting = waiting.where(ConversationRow.messages == lines)
    marked = waiting.values(reviewed_at=now, reviewed_by=actor).returning(ConversationRow.id)
    if session.execute(marked).first() is None:
        return False
    add(session, ReviewRow, conversation_id=conversation, kind="reviewed", actor=actor, at=now)
    return True


def reviewer(session: Session, conversation: str) -> str | None:
    """Whose review counts now."""
    return session.scalar(select(ConversationRow.reviewed_by).where(ConversationRow.id == conversation))


def undo_review(session: Session, conversation: str, *, actor: str, now: datetime) -> None:
    """Take a review back; both acts stay in the history."""
    thread = session.get_one(ConversationRow, conversation)
    thread.reviewed_at = thread.reviewed_by = None
    add(session, ReviewRow, conversation_id=conversation, kind="undone", actor=actor, at=now)


def history(session: Session, conversation: str) -> tuple[Review, ...]:
    """The acts of review on a conversation, oldest first."""
    rows = select(ReviewRow).where(ReviewRow.conversation_id == conversation).order_by(ReviewRow.id)
    return tuple(read(session, row, Review) for row in session.scalars(rows))


def add_note(
    session: Session,
    text: str,
    *,
    actor: str,
    now: datetime,
    conversation: str | None = None,
    patient: str | None = None,
    message: str | None = None,
) -> Note:
    """Write a note on a conversation, a message or a patient."""
    row = add(
        session,
        NoteRow,
        conversation_id=conversation,
        patient_id=patient,
        message_id=message,
        text=text,
        actor=actor,
        at=now,
    )
    return read(session, row, Note)


def notes(
    session: Session, *, conversation: str | None = None, patient: str | None = None
) -> tuple[Note, ...]:
    """Notes on a conversation, or on a patient, oldest first."""
    wanted = NoteRow.conversation_id == conversation if conversation else NoteRow.patient_id == patient
    rows = select(NoteRow).where(wanted).order_by(NoteRow.id)
    return tuple(read(session, row, Note) for row in session.scalars(rows))


def tag(session: Session, conversation: str, name: str, *, actor: str, now: datetime) -> bool:
    """Tag a conversation; False when it has the tag already."""
    return insert_once(
        session,
        TagRow,
        ["conversation_id", "tag"],
        conversation_id=conversation,
        tag=name,
        actor=actor,
        at=now,
    )


def untag(session: Session, conversation: str, name: str) -> None:
    """Take a tag off a conversation, if it is there."""
    if row := session.get(TagRow, (conversation, name)):
        session.delete(row)
        session.flush()


def tags(session: Session, conversation: str) -> tuple[str, ...]:
    """A conversation's tags, by name."""
    return tuple(
        session.scalars(select(TagRow.tag).where(TagRow.conversation_id == conversation).order_by(TagRow.tag))
    )
