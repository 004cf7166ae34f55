"""What patients sent, web and SMS in one table: stored before anything else, once however often it comes.

States: received → processing → answered | failed. A worker works on a message under a lease; a lease that ran
out makes the message free again. One message of a conversation is worked on at a time, in the order received.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, and_, exists, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from bot.records import conversations
from bot.records.conversations import Channel
from bot.records.rows import Base, Id, SealedJson, SealedText, insert_once, new_id, read, vault_of

OPEN = ("received", "processing")  # states in which a message waits for its answer


class InboxRow(Base):
    """One message from a patient."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_state", "state", "received_at"),
        Index("ix_inbox_channel_state", "channel", "state", "received_at"),
        Index("ix_inbox_conversation_id", "conversation_id", "state"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    external_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    prompt_id: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[SealedText | None]
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[SealedText]
    details: Mapped[SealedJson | None]
    chosen: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="received")
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Inbound:
    """A message as received.

    `external_id` is the provider's or the client's id, unique for ever on its channel; `details` is whatever
    else the door keeps (media, language, page); `chosen` a topic picked by button.
    """

    id: str
    channel: str
    external_id: str
    conversation_id: str
    patient_id: str | None
    prompt_id: str | None
    phone: str | None
    phone_hash: str | None
    body: str
    details: dict[str, Any] | None
    chosen: str | None
    received_at: datetime
    state: str
    attempts: int
    error: str | None
    answered_at: datetime | None


def receive(
    session: Session,
    channel: Channel,
    external_id: str,
    conversation: str,
    body: str,
    *,
    now: datetime,
    patient: str | None = None,
    phone: str | None = None,
    chosen: str | None = None,
    details: dict[str, Any] | None = None,
) -> tuple[Inbound, bool]:
    """Store a message and its conversation; False says it was there already and nothing changed.

    A door that answers in the same request takes it with `hold` in the same transaction.
    """
    phone_hash = vault_of(session).phone_hash(phone) if phone else None
    conversations.ensure(session, conversation, channel, now=now, patient=patient, phone_hash=phone_hash)
    message = Inbound(
        id=new_id(), channel=channel, external_id=external_id, conversation_id=conversation, patient_id=patient,
        prompt_id=None, phone=phone, phone_hash=phone_hash, body=body, details=details, chosen=chosen,
        received_at=now, state="received", attempts=0, error=None, answered_at=None,
    )  # fmt: skip
    if insert_once(session, InboxRow, ["channel", "external_id"], **vars(message)):
        return message, True
    same = select(InboxRow).where(InboxRow.channel == channel, InboxRow.external_id == external_id)
    return read(session, session.scalars(same).one(), Inbound), False


def get(session: Session, message: str) -> Inbound | None:
    """The message with an id."""
    row = session.get(InboxRow, message)
    return None if row is None else read(session, row, Inbound)


def claim(
    session: Session,
    owner: str,
    *,
    now: datetime,
    lease: timedelta,
    limit: int = 8,
    channel: Channel | None = None,
) -> tuple[Inbound, ...]:
    """Take the oldest free messages for a worker, at most one a conversation, until the lease ends."""
    other = aliased(InboxRow)
    waiting = or_(
        InboxRow.state == "received", and_(InboxRow.state == "processing", InboxRow.lease_until < now)
    )
    earlier = and_(
        other.state.in_(OPEN),
        tuple_(other.received_at, other.id) < tuple_(InboxRow.received_at, InboxRow.id),
    )
    worked_on = and_(other.state == "processing", other.lease_until >= now, other.id != InboxRow.id)
    first = ~exists().where(other.conversation_id == InboxRow.conversation_id, or_(earlier, worked_on))
    free = (
        select(InboxRow)
        .where(
            InboxRow.state.in_(OPEN),
            waiting,
            or_(InboxRow.not_before.is_(None), InboxRow.not_before <= now),
            first,
        )
        .order_by(InboxRow.received_at, InboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if channel is not None:
        free = free.where(InboxRow.channel == channel)
    rows = session.scalars(free).all()
    for row in rows:
        row.state, row.owner, row.lease_until = "processing", owner, now + lease
        row.attempts += 1
    session.flush()
    return tuple(read(session, row, Inbound) for row in rows)


def hold(session: Session, message: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
    """Take one message, or prolong one's own lease; False when somebody else works on it or it is done."""
    free = or_(
        InboxRow.owner.is_(None),
        InboxRow.owner == owner,
        InboxRow.lease_until < now,
        InboxRow.state == "received",
    )
    taken = (
        update(InboxRow)
        .where(InboxRow.id == message, InboxRow.state.in_(OPEN), free)
        .values(state="processing", owner=owner, lease_until=now + lease)
    )
    return _one(session, taken)


def complete(session: Session, message: str, owner: str, *, now: datetime) -> bool:
    """Mark a message answered; False when the owner has lost it meanwhile (then roll back what was done)."""
    return _one(session, _mine(message, owner).values(state="answered", answered_at=now, lease_until=None))


def release(session: Session, message: str, owner: str, *, not_before: datetime, error: str) -> bool:
    """Put a message back for a later try; `error` is a code, never words of the patient."""
    return _one(
        session,
        _mine(message, owner).values(
            state="received", owner=None, lease_until=None, not_before=not_before, error=error
        ),
    )


def fail(session: Session, message: str, owner: str, *, error: str) -> bool:
    """Give a message up: it stays for staff to see."""
    return _one(session, _mine(message, owner).values(state="failed", error=error, lease_until=None))


def assign(session: Session, message: str, *, patient: str | None, prompt: str | None) -> None:
    """Note whom a message is about and which question it answers."""
    row = session.get_one(InboxRow, message)
    row.patient_id, row.prompt_id = patient or row.patient_id, prompt
    session.flush()


def heard_since(session: Session, phone_hash: str, since: datetime) -> bool:
    """Whether anything came from a number since a moment."""
    found = select(InboxRow.id).where(InboxRow.phone_hash == phone_hash, InboxRow.received_at > since)
    return session.scalar(found.limit(1)) is not None


def _mine(message: str, owner: str):  # type: ignore[no-untyped-def]
    return update(InboxRow).where(
        InboxRow.id == message, InboxRow.owner == owner, InboxRow.state == "processing"
    )


def _one(session: Session, statement) -> bool:  # type: ignore[no-untyped-def]
    return session.execute(statement).rowcount == 1  # type: ignore[attr-defined]
