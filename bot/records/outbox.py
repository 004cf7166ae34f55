"""What is to be sent by SMS, and what the provider said about it.

States and protocol: sms-and-privacy.md C.3. `dedup_key` makes every producer idempotent: a step run again
after a crash adds nothing. Claiming and sending live in `bot/sms/`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, insert_once, new_id, read, vault_of


class OutboxRow(Base):
    """A text: queued, submitting, accepted, delivered, undelivered, failed, cancelled or expired."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state", "state", "priority", "not_before", "id"),
        Index("ix_outbox_phone_hash", "phone_hash", "state"),
        Index(
            "uq_outbox_in_flight",
            "phone_hash",
            unique=True,
            sqlite_where=text("state = 'submitting'"),
            postgresql_where=text("state = 'submitting'"),
        ),
    )

    id: Mapped[Id]
    dedup_key: Mapped[str] = mapped_column(unique=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    inbox_id: Mapped[str | None] = mapped_column(ForeignKey("inbox.id"))
    followup_id: Mapped[str | None] = mapped_column(ForeignKey("followups.id"))
    phone: Mapped[SealedText]
    phone_hash: Mapped[str]
    kind: Mapped[str]
    priority: Mapped[int]
    body: Mapped[SealedText]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="queued")
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lookups: Mapped[int] = mapped_column(default=0)
    submit_at: Mapped[datetime | None]
    ref: Mapped[str] = mapped_column(unique=True)
    provider: Mapped[str | None]
    provider_sid: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]


class SmsEventRow(Base):
    """A status callback, once however often and in whatever order it comes. No error is ''."""

    __tablename__ = "sms_events"
    __table_args__ = (UniqueConstraint("provider_sid", "status", "error_code"),)

    id: Mapped[Id]
    provider_sid: Mapped[str]
    status: Mapped[str]
    error_code: Mapped[str] = mapped_column(default="")
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class Outgoing:
    """A text to send; priority 0 urgent, 1 reply, 2 follow-up; `ref` names it in the callback's URL."""

    id: str
    dedup_key: str
    patient_id: str | None
    conversation_id: str | None
    inbox_id: str | None
    followup_id: str | None
    phone: str
    phone_hash: str
    kind: str
    priority: int
    body: str
    not_before: datetime
    not_after: datetime | None
    state: str
    owner: str | None
    lease_until: datetime | None
    attempts: int
    submit_at: datetime | None
    ref: str
    provider_sid: str | None
    status: str | None
    last_error: str | None
    created_at: datetime


def enqueue(
    session: Session,
    dedup_key: str,
    phone: str,
    body: str,
    *,
    kind: str,
    priority: int,
    now: datetime,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    patient: str | None = None,
    conversation: str | None = None,
    inbox: str | None = None,
    followup: str | None = None,
) -> tuple[Outgoing, bool]:
    """Queue a text to a number (E.164); False says that its key was there already and nothing changed."""
    is_new = insert_once(
        session,
        OutboxRow,
        ["dedup_key"],
        id=new_id(),
        dedup_key=dedup_key,
        patient_id=patient,
        conversation_id=conversation,
        inbox_id=inbox,
        followup_id=followup,
        phone=phone,
        phone_hash=vault_of(session).phone_hash(phone),
        kind=kind,
        priority=priority,
        body=body,
        not_before=not_before or now,
        not_after=not_after,
        state="queued",
        attempts=0,
        lookups=0,
        ref=secrets.token_hex(16),
        created_at=now,
    )
    row = session.scalars(select(OutboxRow).where(OutboxRow.dedup_key == dedup_key)).one()
    return read(session, row, Outgoing), is_new


def get(session: Session, text_id: str) -> Outgoing | None:
    """The text with an id."""
    row = session.get(OutboxRow, text_id)
    return None if row is None else read(session, row, Outgoing)


def add_event(
    session: Session,
    provider_sid: str,
    status: str,
    *,
    now: datetime,
    error_code: str = "",
    outbox: str | None = None,
) -> bool:
    """Note a status callback; False when the same one was there."""
    return insert_once(
        session,
        SmsEventRow,
        ["provider_sid", "status", "error_code"],
        id=new_id(),
        provider_sid=provider_sid,
        status=status,
        error_code=error_code,
        outbox_id=outbox,
        at=now,
    )


def last_of_thread(session: Session, conversation: str) -> Outgoing | None:
    """The text that was queued last for a conversation."""
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation)
        .order_by(OutboxRow.created_at.desc(), OutboxRow.id.desc())
        .limit(1)
    )
    return None if row is None else read(session, row, Outgoing)
