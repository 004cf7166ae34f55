"""Who did and read what: append-only and chained by keyed hashes, so that an altered or missing row is named.

Each row's hash covers the row and the hash before it, under a key that is not in the database. The head keeps
the length of the chain, so that rows cut off at the end are missed too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, insert_once, read, table_of, vault_of

_START = "0" * 64


class AuditRow(Base):
    """One act."""

    __tablename__ = "audit"
    append_only = True

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    object: Mapped[str] = mapped_column(index=True)
    patient_id: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    hash: Mapped[str]


class AuditHeadRow(Base):
    """The end of the chain; its lock puts writers in order."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[str]
    seal: Mapped[str]


# Built once: every page that shows a patient's words runs them.
_HEAD = table_of(AuditHeadRow)
_END = select(_HEAD.c.sequence, _HEAD.c.hash).where(_HEAD.c.id == 1).with_for_update()
_APPEND = insert(table_of(AuditRow))
_MOVE_END = update(_HEAD).where(_HEAD.c.id == 1)


@dataclass(frozen=True)
class Entry:
    """An act: `actor` a staff id, "assistant" or "system"; `action` such as "read"; `object` such as
    "conversation:<id>"; `details` ids and counts, never a patient's words."""

    sequence: int
    at: datetime
    actor: str
    action: str
    object: str
    patient_id: str | None
    reason: str | None
    details: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Fault:
    """A broken place in the chain: the row's sequence number and what is wrong with it."""

    sequence: int
    problem: str


def append(
    session: Session,
    actor: str,
    action: str,
    object_: str,
    *,
    now: datetime,
    patient: str | None = None,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> Entry:
    """Write an act at the end of the chain."""
    last, before = _locked_end(session)
    values: dict[str, Any] = {
        "sequence": last + 1,
        "at": now.astimezone(UTC),
        "actor": actor,
        "action": action,
        "object": object_,
        "patient_id": patient,
        "reason": reason,
        "details": details or {},
    }
    entry = Entry(**values, hash=_hash(session, before, values))
    session.execute(_APPEND, vars(entry))
    seal = _seal(session, entry.sequence, entry.hash)
    session.execute(_MOVE_END, {"sequence": entry.sequence, "hash": entry.hash, "seal": seal})
    return entry


def _locked_end(session: Session) -> tuple[int, str]:
    """The end of the chain, its length and hash, ours until the transaction is over; made with the first act."""
    end = session.execute(_END).one_or_none()
    if end is None:
        seal = _seal(session, 0, _START)
        insert_once(session, AuditHeadRow, ["id"], id=1, sequence=0, hash=_START, seal=seal)
        end = session.execute(_END).one()
    return end.sequence, end.hash


def verify(session: Session) -> tuple[Fault, ...]:
    """Check the whole chain; give each broken place, in order, or nothing."""
    faults: list[Fault] = []
    expected, before = 1, _START
    for row in session.scalars(
        select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=1000)
    ):
        entry = read(session, row, Entry)
        if entry.sequence != expected:
            gone = f"{expected}" if entry.sequence == expected + 1 else f"{expected} to {entry.sequence - 1}"
            faults.append(Fault(entry.sequence, f"row {gone} before it is missing"))
        elif entry.hash != _hash(session, before, _values(entry)):
            faults.append(Fault(entry.sequence, "was altered or does not follow the row before it"))
        expected, before = entry.sequence + 1, entry.hash
    head = session.get(AuditHeadRow, 1, populate_existing=True)
    if head is None:
        if expected > 1:
            faults.append(Fault(expected - 1, "the end of the chain is missing"))
    elif head.seal != _seal(session, head.sequence, head.hash):
        faults.append(Fault(head.sequence, "the end of the chain was altered"))
    elif (head.sequence, head.hash) != (expected - 1, before):
        faults.append(
            Fault(head.sequence, f"rows {expected} to {head.sequence} at the end are missing or altered")
        )
    return tuple(faults)


def of_object(session: Session, object_: str, limit: int = 200) -> tuple[Entry, ...]:
    """What was done to one thing, newest first."""
    rows = select(AuditRow).where(AuditRow.object == object_).order_by(AuditRow.sequence.desc()).limit(limit)
    return tuple(read(session, row, Entry) for row in session.scalars(rows))


def newest(session: Session, *, before: int | None = None, limit: int = 200) -> tuple[Entry, ...]:
    """The newest acts, or those before a sequence number, newest first."""
    rows = select(AuditRow).order_by(AuditRow.sequence.desc()).limit(limit)
    if before is not None:
        rows = rows.where(AuditRow.sequence < before)
    return tuple(read(session, row, Entry) for row in session.scalars(rows))


def _values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__ if name != "hash"}


def _hash(session: Session, before: str, values: dict[str, Any]) -> str:
    written = json.dumps(values | {"at": values["at"].isoformat()}, sort_keys=True, ensure_ascii=False)
    return vault_of(session).fingerprint("audit", f"{before}|{written}")


def _seal(session: Session, sequence: int, hash_: str) -> str:
    return vault_of(session).fingerprint("audit head", f"{sequence}|{hash_}")
