"""Soreness reports: what a patient said after a session, made by one inbound message, amended by later ones.

One inbound message makes at most one report and amends a report at most once, so that a retry never logs
twice. Nothing is overwritten silently: every amendment keeps what stood before.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.records.report_rows import ReportAreaRow, ReportChangeRow, ReportRow, ReportSymptomRow
from bot.records.rows import add, change, insert_once, new_id, read


@dataclass(frozen=True)
class Area:
    """A sore place: `part` from data/body_parts.yml, side "left", "right", "both" or None, its own score."""

    part: str
    side: str | None = None
    score: int | None = None
    snomed: str | None = None


@dataclass(frozen=True)
class Details:
    """What a report says. Scores 0-10; `onset` the patient's words, `onset_at` what they were read as (UTC);
    `trend` "better", "worse" or "same"; `complete` False while a form is unfinished."""

    score: int | None = None
    score_low: int | None = None
    score_high: int | None = None
    previous_score: int | None = None
    severity_word: str | None = None
    areas: tuple[Area, ...] = ()
    symptoms: tuple[str, ...] = ()
    negated_symptoms: tuple[str, ...] = ()
    session_at: datetime | None = None
    onset: str | None = None
    onset_at: datetime | None = None
    duration_hours: float | None = None
    trend: str | None = None
    words: str | None = None
    complete: bool = False
    late: bool = False


@dataclass(frozen=True)
class Report:
    """A stored report. `amended_at`: corrected once complete; `undone_at`: taken back, it counts no more."""

    id: str
    source_inbox_id: str
    conversation_id: str | None
    patient_id: str | None
    visit_id: str | None
    prompt_id: str | None
    channel: str
    question: str | None
    reported_at: datetime
    zone: str | None
    amended_at: datetime | None
    undone_at: datetime | None
    linked_by: str | None
    details: Details


def record_report(
    session: Session,
    source_inbox: str,
    details: Details,
    *,
    channel: str,
    now: datetime,
    conversation: str | None = None,
    patient: str | None = None,
    visit: str | None = None,
    prompt: str | None = None,
    question: str | None = None,
    zone: str | None = None,
) -> tuple[Report, bool]:
    """Store what one inbound message reported; False says that this message has its report already."""
    told: dict[str, Any] = {
        "id": new_id(),
        "source_inbox_id": source_inbox,
        "conversation_id": conversation,
        "patient_id": patient,
        "visit_id": visit,
        "prompt_id": prompt,
        "channel": channel,
        "question": question,
        "reported_at": now,
        "zone": zone,
    }
    if not insert_once(session, ReportRow, ["source_inbox_id"], **told, **_columns(details)):
        row = session.scalars(select(ReportRow).where(ReportRow.source_inbox_id == source_inbox)).one()
        return _report(session, row), False
    # What was just written is not read back: logging a report should cost little more than an answer.
    _insert_lists(session, told["id"], details)
    return Report(**told, amended_at=None, undone_at=None, linked_by=None, details=details), True


def amend(
    session: Session,
    report: str,
    details: Details,
    *,
    actor: str,
    now: datetime,
    inbox: str | None = None,
) -> Report:
    """Replace what a report says, as a message or a member of staff corrects it; the old is kept beside it.

    The same inbound message again changes nothing. Raises NoResultFound for an unknown report.
    """
    row = session.get_one(ReportRow, report, with_for_update=True)
    if _note_change(session, row, "amended", actor, now, inbox):
        change(session, row, **_columns(details), amended_at=now if row.complete else None)
        _set_lists(session, row, details)
    return _report(session, row)


def undo(session: Session, report: str, *, actor: str, now: datetime, inbox: str | None = None) -> Report:
    """Take a report back; it stays visible to staff as undone."""
    row = session.get_one(ReportRow, report, with_for_update=True)
    if row.undone_at is None and _note_change(session, row, "undone", actor, now, inbox):
        change(session, row, undone_at=now)
    return _report(session, row)


def link(
    session: Session, report: str, patient: str, visit: str | None, *, actor: str, now: datetime
) -> Report:
    """Tie an anonymous report to a patient and visit."""
    row = session.get_one(ReportRow, report, with_for_update=True)
    _note_change(session, row, "linked", actor, now, None)
    change(session, row, patient_id=patient, visit_id=visit, linked_by=actor)
    return _report(session, row)


def get(session: Session, report: str) -> Report | None:
    """The report with an id."""
    row = session.get(ReportRow, report)
    return None if row is None else _report(session, row)


def by_source(session: Session, source_inbox: str) -> Report | None:
    """The report that an inbound message made."""
    row = session.scalar(select(ReportRow).where(ReportRow.source_inbox_id == source_inbox))
    return None if row is None else _report(session, row)


def recent(
    session: Session,
    *,
    patient: str | None = None,
    conversation: str | None = None,
    visit: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    part: str | None = None,
    score_from: int | None = None,
    unlinked: bool = False,
    undone: bool = False,
    limit: int = 100,
) -> tuple[Report, ...]:
    """Reports, newest first; of everybody when nobody is named.

    `part` is a body part they name, `score_from` the least score, `unlinked` those of no patient, `undone`
    those taken back too, which otherwise count no more.
    """
    wanted = [
        column == value
        for column, value in (
            (ReportRow.patient_id, patient),
            (ReportRow.conversation_id, conversation),
            (ReportRow.visit_id, visit),
        )
        if value is not None
    ]
    if since is not None:
        wanted.append(ReportRow.reported_at >= since)
    if until is not None:
        wanted.append(ReportRow.reported_at < until)
    if part is not None:
        wanted.append(ReportRow.areas.any(ReportAreaRow.part == part))
    if score_from is not None:
        wanted.append(ReportRow.score >= score_from)
    if unlinked:
        wanted.append(ReportRow.patient_id.is_(None))
    if not undone:
        wanted.append(ReportRow.undone_at.is_(None))
    rows = select(ReportRow).where(*wanted).order_by(ReportRow.reported_at.desc(), ReportRow.id.desc())
    return tuple(_report(session, row) for row in session.scalars(rows.limit(limit)))


@dataclass(frozen=True)
class Scored:
    """A report's score and the times that it is counted from; `source_inbox_id` is the message that made it."""

    id: str
    source_inbox_id: str
    reported_at: datetime
    session_at: datetime | None
    onset_at: datetime | None
    score: int


def scored(
    session: Session, *, patient: str | None, conversation: str | None, since: datetime, limit: int = 100
) -> tuple[Scored, ...]:
    """Scores that count, newest first, of a patient or of a conversation."""
    columns = (ReportRow.id, ReportRow.source_inbox_id, ReportRow.reported_at, ReportRow.session_at)
    wanted = select(*columns, ReportRow.onset_at, ReportRow.score).where(
        ReportRow.reported_at >= since, ReportRow.score.is_not(None), ReportRow.undone_at.is_(None)
    )
    for column, value in ((ReportRow.patient_id, patient), (ReportRow.conversation_id, conversation)):
        if value is not None:
            wanted = wanted.where(column == value)
    newest = wanted.order_by(ReportRow.reported_at.desc(), ReportRow.id.desc()).limit(limit)
    return tuple(Scored(*row) for row in session.connection().execute(newest))


def _note_change(
    session: Session, row: ReportRow, kind: str, actor: str, now: datetime, inbox: str | None
) -> bool:
    """Keep what a report was; False when this inbound message has changed it before."""
    if inbox is not None:
        done = select(ReportChangeRow.id).where(
            ReportChangeRow.report_id == row.id, ReportChangeRow.inbox_id == inbox
        )
        if session.scalar(done) is not None:
            return False
    before = asdict(_report(session, row))
    add(
        session,
        ReportChangeRow,
        report_id=row.id,
        kind=kind,
        inbox_id=inbox,
        actor=actor,
        before=_plain(before),
        at=now,
    )
    return True


_LISTS = ("areas", "symptoms", "negated_symptoms")


def _columns(details: Details) -> dict[str, Any]:
    return {name: getattr(details, name) for name in Details.__dataclass_fields__ if name not in _LISTS}


def _set_lists(session: Session, row: ReportRow, details: Details) -> None:
    row.areas.clear()
    row.symptoms.clear()
    session.flush()
    row.areas.extend(ReportAreaRow(**area) for area in _area_values(row.id, details))
    row.symptoms.extend(ReportSymptomRow(**symptom) for symptom in _symptom_values(row.id, details))
    session.flush()


def _insert_lists(session: Session, report: str, details: Details) -> None:
    """Write the lists of a new report."""
    areas, symptoms = _area_values(report, details), _symptom_values(report, details)
    if areas:
        session.connection().execute(insert(ReportAreaRow), areas)
    if symptoms:
        session.connection().execute(insert(ReportSymptomRow), symptoms)


def _area_values(report: str, details: Details) -> list[dict[str, Any]]:
    return [
        {"report_id": report, "position": position, **asdict(area)}
        for position, area in enumerate(details.areas)
    ]


def _symptom_values(report: str, details: Details) -> list[dict[str, Any]]:
    said = dict.fromkeys(details.negated_symptoms, True) | dict.fromkeys(details.symptoms, False)
    return [{"report_id": report, "symptom": name, "negated": no} for name, no in said.items()]


def _report(session: Session, row: ReportRow) -> Report:
    details = read(
        session,
        row,
        Details,
        areas=tuple(Area(area.part, area.side, area.score, area.snomed) for area in row.areas),
        symptoms=tuple(found.symptom for found in row.symptoms if not found.negated),
        negated_symptoms=tuple(found.symptom for found in row.symptoms if found.negated),
    )
    return read(session, row, Report, details=details)


def _plain(value: Any) -> Any:
    """A dataclass's dict as JSON takes it."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
