"""Consent to texts and to keeping words: append-only; the newest row of a number and scope is what counts.

Bound to the number, not to the patient: STOP covers everybody who shares the phone (sms-and-privacy.md C.5).
Newest means written last (`sequence`), not latest by a clock that may have been set back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, insert_once, new_id, read, table_of, vault_of

State = Literal["asked", "granted", "withdrawn"]


class ConsentRow(Base):
    """One thing somebody agreed to or withdrew."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("phone_hash", "scope", "sequence"),)
    append_only = True

    id: Mapped[Id]
    phone_hash: Mapped[str]
    patient_id: Mapped[str | None] = mapped_column(index=True)
    scope: Mapped[str]
    sequence: Mapped[int]
    state: Mapped[str]
    wording_version: Mapped[str]
    evidence: Mapped[SealedText | None]
    actor: Mapped[str]
    at: Mapped[datetime]


_CONSENTS = table_of(ConsentRow)
NEWEST_STATE = (  # built once, as every text asks it
    select(_CONSENTS.c.state)
    .where(_CONSENTS.c.phone_hash == bindparam("number"), _CONSENTS.c.scope == bindparam("scope"))
    .order_by(_CONSENTS.c.sequence.desc())
    .limit(1)
)


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
    phone_hash = vault_of(session).phone_hash(phone)
    return record_for(
        session,
        phone_hash,
        scope,
        state,
        wording_version=wording_version,
        actor=actor,
        now=now,
        patient=patient,
        evidence=evidence,
    )


def record_for(
    session: Session,
    phone_hash: str,
    scope: str,
    state: State,
    *,
    wording_version: str,
    actor: str,
    now: datetime,
    patient: str | None = None,
    evidence: str | None = None,
) -> Consent:
    """The same for whoever a keyed hash stands for: a number, or a web visitor."""
    written = (ConsentRow.phone_hash == phone_hash) & (ConsentRow.scope == scope)
    consent, is_new = new_id(), False
    while not is_new:  # somebody else may write the same place in the sequence: then take the next
        last = session.scalar(select(func.max(ConsentRow.sequence)).where(written)) or 0
        is_new = insert_once(
            session,
            ConsentRow,
            ["phone_hash", "scope", "sequence"],
            id=consent,
            phone_hash=phone_hash,
            patient_id=patient,
            scope=scope,
            sequence=last + 1,
            state=state,
            wording_version=wording_version,
            evidence=evidence,
            actor=actor,
            at=now,
        )
    return read(session, session.get_one(ConsentRow, consent), Consent)


def current(session: Session, phone_hash: str, scope: str) -> Consent | None:
    """What counts now for a number and scope; None when nobody ever asked."""
    newest = (
        select(ConsentRow)
        .where(ConsentRow.phone_hash == phone_hash, ConsentRow.scope == scope)
        .order_by(ConsentRow.sequence.desc())
        .limit(1)
    )
    row = session.scalar(newest)
    return None if row is None else read(session, row, Consent)


def state_of(session: Session, phone_hash: str, scope: str) -> str | None:
    """The state alone of what counts now; None when nobody ever asked."""
    return session.connection().scalar(NEWEST_STATE, {"number": phone_hash, "scope": scope})


def history(session: Session, phone_hash: str) -> tuple[Consent, ...]:
    """Everything a number agreed to or withdrew, by scope, oldest first."""
    rows = select(ConsentRow).where(ConsentRow.phone_hash == phone_hash)
    rows = rows.order_by(ConsentRow.scope, ConsentRow.sequence)
    return tuple(read(session, row, Consent) for row in session.scalars(rows))
