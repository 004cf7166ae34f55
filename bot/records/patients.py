"""Patients: who the clinic treats, found by a keyed hash of the phone. Several may share one phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, add, change, read, table_of, vault_of


class PatientRow(Base):
    """A patient. A deleted one stays as a tombstone: id and times, no words and no phone."""

    __tablename__ = "patients"

    id: Mapped[Id]
    name: Mapped[SealedText | None]
    phone: Mapped[SealedText | None]
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    zone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    external_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    merged_into: Mapped[str | None]
    legal_hold: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]


_PATIENTS = table_of(PatientRow)
_IDS_AT = (  # built once, as every text asks it
    select(_PATIENTS.c.id)
    .where(
        _PATIENTS.c.phone_hash == bindparam("number"),
        _PATIENTS.c.deleted_at.is_(None),
        _PATIENTS.c.merged_into.is_(None),
    )
    .order_by(_PATIENTS.c.id)
)


@dataclass(frozen=True)
class Patient:
    """A patient; `phone` in E.164, `zone` an IANA name, `external_id` the clinic's own number."""

    id: str
    name: str | None
    phone: str | None
    phone_hash: str | None
    zone: str
    language: str
    external_id: str | None
    created_at: datetime
    merged_into: str | None
    legal_hold: bool
    deleted_at: datetime | None


def create(
    session: Session,
    *,
    zone: str,
    now: datetime,
    name: str | None = None,
    phone: str | None = None,
    language: str = "en",
    external_id: str | None = None,
) -> Patient:
    """Add a patient. Raises IntegrityError when the external id is taken."""
    row = add(
        session,
        PatientRow,
        name=name,
        phone=phone,
        phone_hash=vault_of(session).phone_hash(phone) if phone else None,
        zone=zone,
        language=language,
        external_id=external_id,
        created_at=now,
    )
    return read(session, row, Patient)


def get(session: Session, patient: str) -> Patient | None:
    """The patient with an id, deleted ones included."""
    row = session.get(PatientRow, patient)
    return None if row is None else read(session, row, Patient)


def find_by_phone(session: Session, phone: str) -> tuple[Patient, ...]:
    """Everybody who is reached at a number (E.164), oldest first."""
    found = (
        select(PatientRow)
        .where(PatientRow.phone_hash == vault_of(session).phone_hash(phone))
        .where(PatientRow.deleted_at.is_(None), PatientRow.merged_into.is_(None))
        .order_by(PatientRow.id)
    )
    return tuple(read(session, row, Patient) for row in session.scalars(found))


def ids_at(session: Session, phone_hash: str) -> tuple[str, ...]:
    """The ids of everybody who is reached at a number, oldest first."""
    return tuple(session.connection().scalars(_IDS_AT, {"number": phone_hash}))


def find_by_external_id(session: Session, external_id: str) -> Patient | None:
    """The patient whom the clinic's own system knows by an id."""
    row = session.scalar(select(PatientRow).where(PatientRow.external_id == external_id))
    return None if row is None else read(session, row, Patient)


def set_phone(session: Session, patient: str, phone: str | None) -> Patient:
    """Give a patient another number (E.164), or none. Raises NoResultFound for an unknown patient."""
    row = session.get_one(PatientRow, patient)
    change(session, row, phone=phone, phone_hash=vault_of(session).phone_hash(phone) if phone else None)
    return read(session, row, Patient)


def with_phone(session: Session, limit: int = 100) -> tuple[Patient, ...]:
    """Patients who have a number, newest first."""
    found = select(PatientRow).where(PatientRow.phone_hash.is_not(None), PatientRow.deleted_at.is_(None))
    rows = session.scalars(found.order_by(PatientRow.id.desc()).limit(limit))
    return tuple(read(session, row, Patient) for row in rows)
