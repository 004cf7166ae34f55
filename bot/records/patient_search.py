"""Finding patients: names and numbers are sealed, so that names are compared one by one, in memory."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.records.alerts import AlertRow
from bot.records.conversations import ConversationRow
from bot.records.followups import PromptRow
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.records.patients import Patient, PatientRow, find_by_external_id, find_by_phone
from bot.records.report_rows import ReportRow
from bot.records.reviews import NoteRow
from bot.records.rows import read, value_of
from bot.records.visits import VisitRow

_MOST = 50
_HOLDING = (ConversationRow, VisitRow, ReportRow, AlertRow, InboxRow, OutboxRow, PromptRow, NoteRow)


class MergeError(Exception):
    """Two patients can't become one; the message says why."""


def newest(session: Session, limit: int = _MOST) -> tuple[Patient, ...]:
    """The patients added last."""
    rows = _present().order_by(PatientRow.id.desc()).limit(limit)
    return tuple(read(session, row, Patient) for row in session.scalars(rows))


def find(session: Session, typed: str, phone: str | None) -> tuple[Patient, ...]:
    """Patients by phone (E.164), by the clinic's own number, or by a part of the name."""
    if phone is not None and (reached := find_by_phone(session, phone)):
        return reached
    if (known := find_by_external_id(session, typed)) is not None:
        return (known,)
    wanted = typed.casefold()
    found = []
    for row in session.scalars(_present().order_by(PatientRow.id.desc()).execution_options(yield_per=500)):
        if wanted and wanted in (value_of(session, row, "name") or "").casefold():
            found.append(read(session, row, Patient))
        if len(found) == _MOST:
            break
    return tuple(found)


def merge(session: Session, double: str, into: str) -> int:
    """Give everything of a double to the patient it doubles; say how many rows moved. Raises MergeError."""
    if double == into:
        raise MergeError("these are the same patient")
    gone, kept = session.get(PatientRow, double), session.get(PatientRow, into)
    if (
        gone is None
        or kept is None
        or gone.deleted_at
        or kept.deleted_at
        or gone.merged_into
        or kept.merged_into
    ):
        raise MergeError("one of them is not there any more")
    if gone.legal_hold and not kept.legal_hold:
        raise MergeError("the double is under legal hold")
    moved = 0
    for table in _HOLDING:
        rows = update(table).where(table.patient_id == double).values(patient_id=into)
        moved += session.execute(rows).rowcount  # type: ignore[attr-defined]
    gone.merged_into = into
    session.flush()
    return moved


def set_hold(session: Session, patient: str, held: bool) -> None:
    """Put a patient's records under legal hold, or free them: nothing held is ever erased."""
    session.get_one(PatientRow, patient).legal_hold = held
    session.flush()


def _present():  # type: ignore[no-untyped-def]
    return select(PatientRow).where(PatientRow.deleted_at.is_(None), PatientRow.merged_into.is_(None))
