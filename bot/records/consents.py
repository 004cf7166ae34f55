"""Consent to texts and to keeping words: append-only; the newest row of a number and scope is what counts.

Bound to the number, not to the patient: STOP covers everybody who shares the phone (sms-and-privacy.md C.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, add, read, vault_of

State = Literal["asked", "granted", "withdrawn"]


class ConsentRow(Base):
    """One thing somebody agreed to or withdrew."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_phone_hash_scope", "phone_hash", "scope", "id"),)
    append_only = True

    id: Mapped[Id]
    phone_hash: Mapped[str]
    patient_id: Mapped[str | None] = mapped_column(index=True)
    scope: Mapped[str]
    state: Mapped[str]
    wording_version: Mapped[str]
    evidence: Mapped[SealedText | None]
    actor: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Consent:
    """`scope` such as "follow_up_texts"; `evidence` what it rests on; `actor` who wrote it down."""

    id: str
    phone_hash: str
    patient_id: str | None
    scope: str
    state: str
    wording_version: str
    evidence: str | None
    actor: str
    at: datetime


def record(
    session: Session,
    phone: str,
    scope: str,
    state: State,
    *,
    wording_version: str,
    actor: str,
    now: datetime,
    patient: str | None = None,
    evidence: str | None = None,
) -> Consent:
    """Write down that a number (E.164) was asked, agreed or withdrew."""
    row = add(
        session,
        ConsentRow,
        phone_hash=vault_of(session).phone_hash(phone),
        patient_id=patient,
        scope=scope,
        state=state,
        wording_version=wording_version,
        evidence=evidence,
        actor=actor,
        at=now,
    )
    return read(session, row, Consent)


def current(session: Session, phone_hash: str, scope: str) -> Consent | None:
    """What counts now for a number and scope; None when nobody ever asked."""
    newest = (
        select(ConsentRow)
        .where(ConsentRow.phone_hash == phone_hash, ConsentRow.scope == scope)
        .order_by(ConsentRow.id.desc())
        .limit(1)
    )
    row = session.scalar(newest)
    return None if row is None else read(session, row, Consent)


def history(session: Session, phone_hash: str) -> tuple[Consent, ...]:
    """Everything a number agreed to or withdrew, oldest first."""
    rows = select(ConsentRow).where(ConsentRow.phone_hash == phone_hash).order_by(ConsentRow.id)
    return tuple(read(session, row, Consent) for row in session.scalars(rows))
