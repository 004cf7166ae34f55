"""Visits: a needling session, what was treated, and the code that lets a web visitor name it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, add, insert_once, new_id, read, vault_of

# No 0/O, 1/I/L: 31 letters, a prime: the weighted sum catches every single wrong or swapped character.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 8  # seven random letters (34.7 bits) and one check letter


class VisitRow(Base):
    """A session that took place, or was cancelled afterwards."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_patient_id", "patient_id", "ended_at"),)

    id: Mapped[Id]
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"))
    ended_at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[str]
    areas: Mapped[list[str]]
    therapist: Mapped[str | None]
    note: Mapped[SealedText | None]
    plan: Mapped[str | None]
    plan_version: Mapped[int | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="done")
    created_at: Mapped[datetime]


class VisitCodeRow(Base):
    """A code that a clinic hands out. Only its keyed hash is looked up."""

    __tablename__ = "visit_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Visit:
    """A session: `ended_at` in UTC, `zone` the patient's IANA zone, `areas` from data/body_parts.yml."""

    id: str
    patient_id: str
    ended_at: datetime
    zone: str
    areas: tuple[str, ...]
    therapist: str | None
    note: str | None
    plan: str | None
    plan_version: int | None
    external_id: str | None
    state: str
    created_at: datetime


def record(
    session: Session,
    patient: str,
    *,
    ended_at: datetime,
    zone: str,
    now: datetime,
    areas: tuple[str, ...] = (),
    therapist: str | None = None,
    note: str | None = None,
    plan: str | None = None,
    plan_version: int | None = None,
    external_id: str | None = None,
) -> tuple[Visit, bool]:
    """Store a visit; False says that the external id was there already and nothing changed."""
    visit_id = new_id()
    is_new = insert_once(
        session,
        VisitRow,
        ["external_id"],
        id=visit_id,
        patient_id=patient,
        ended_at=ended_at,
        zone=zone,
        areas=list(areas),
        therapist=therapist,
        note=note,
        plan=plan,
        plan_version=plan_version,
        external_id=external_id,
        state="done",
        created_at=now,
    )
    wanted = VisitRow.id == visit_id if is_new else VisitRow.external_id == external_id
    return _visit(session, session.scalars(select(VisitRow).where(wanted)).one()), is_new


def get(session: Session, visit: str) -> Visit | None:
    """The visit with an id."""
    row = session.get(VisitRow, visit)
    return None if row is None else _visit(session, row)


def of_patient(session: Session, patient: str, limit: int = 50) -> tuple[Visit, ...]:
    """A patient's visits, newest first, cancelled ones left out."""
    rows = (
        select(VisitRow)
        .where(VisitRow.patient_id == patient, VisitRow.state == "done")
        .order_by(VisitRow.ended_at.desc())
        .limit(limit)
    )
    return tuple(_visit(session, row) for row in session.scalars(rows))


def cancel(session: Session, visit: str) -> None:
    """Say that a visit did not take place. Raises NoResultFound for an unknown one."""
    session.get_one(VisitRow, visit).state = "cancelled"
    session.flush()


def find_by_external_id(session: Session, external_id: str) -> Visit | None:
    """The visit that the clinic's own system knows by an id."""
    row = session.scalar(select(VisitRow).where(VisitRow.external_id == external_id))
    return None if row is None else _visit(session, row)


def move(session: Session, visit: str, ended_at: datetime) -> Visit:
    """Say that a visit took place at another time, or after all. Raises NoResultFound for an unknown one."""
    row = session.get_one(VisitRow, visit)
    row.ended_at, row.state = ended_at, "done"
    session.flush()
    return _visit(session, row)


def new_code(session: Session, visit: str, *, now: datetime, expires_at: datetime) -> str:
    """Make a code for a visit, such as "7KQ2-M4XW". It is shown once: the database keeps its keyed hash."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH - 1))
    code = letters + _check_letter(letters)
    add(
        session,
        VisitCodeRow,
        code_hash=vault_of(session).fingerprint("visit code", code),
        visit_id=visit,
        created_at=now,
        expires_at=expires_at,
    )
    return f"{code[:4]}-{code[4:]}"


def find_by_code(session: Session, code: str, *, now: datetime) -> Visit | None:
    """The visit that a code names; None for a wrong, expired or revoked one. Callers limit tries."""
    typed = normalise_code(code)
    if typed is None:
        return None
    row = session.get(VisitCodeRow, vault_of(session).fingerprint("visit code", typed))
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    return get(session, row.visit_id)


def normalise_code(text: str) -> str | None:
    """The eight letters of a code as typed (spaces, hyphens and case aside); None when it can't be one."""
    typed = "".join(character for character in text.upper() if character.isalnum())
    if len(typed) != _CODE_LENGTH or any(letter not in _LETTERS for letter in typed):
        return None
    return typed if _check_letter(typed[:-1]) == typed[-1] else None


def _check_letter(letters: str) -> str:
    total = sum(place * _LETTERS.index(letter) for place, letter in enumerate(letters, start=2))
    return _LETTERS[-total % len(_LETTERS)]


def _visit(session: Session, row: VisitRow) -> Visit:
    return read(session, row, Visit, areas=tuple(row.areas))
