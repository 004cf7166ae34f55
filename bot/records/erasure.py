"""Deleting a patient: every word, name and number goes; what was done, and when, stays.

A tombstone keeps ids and times, so that counts, the audit and "once however often it comes" stay true.
Consents keep the keyed hash of the number: a STOP must outlive the patient (sms-and-privacy.md D.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, or_, select, update
from sqlalchemy.orm import Session

from bot.records import audit
from bot.records.alerts import AlertEventRow, AlertRow
from bot.records.consents import ConsentRow
from bot.records.conversations import ConversationRow, ConversationTopicRow
from bot.records.followups import FollowupRow, PromptRow
from bot.records.inbox import InboxRow
from bot.records.messages import MessageRow
from bot.records.outbox import OutboxRow
from bot.records.patients import PatientRow
from bot.records.report_rows import ReportAreaRow, ReportChangeRow, ReportRow, ReportSymptomRow
from bot.records.reviews import CorrectionRow, NoteRow, TagRow
from bot.records.rows import Base, change, sealed_values
from bot.records.tracker import TrackerEventRow
from bot.records.turns import TurnRow
from bot.records.unanswered import UnansweredRow
from bot.records.visits import VisitCodeRow, VisitRow

Where = ColumnElement[bool]
_CONTENT = {InboxRow: ("body", "phone", "details"), OutboxRow: ("body", "phone")}


class LegalHoldError(Exception):
    """The patient's records must be kept for a legal reason; nothing was erased."""


@dataclass(frozen=True)
class Erased:
    """How many rows lost their content or went."""

    rows: int


def erase_patient(session: Session, patient: str, *, actor: str, reason: str, now: datetime) -> Erased:
    """Erase a patient for good and note it in the audit; erasing again changes nothing.

    Words in a thread shared by several patients of one number go when they are the patient's own.
    Raises NoResultFound for an unknown patient, LegalHoldError when the records must be kept.
    """
    person = session.get_one(PatientRow, patient, with_for_update=True)
    if person.deleted_at is not None:
        return Erased(0)
    if person.legal_hold:
        raise LegalHoldError(f"patient {patient} is under legal hold")
    own = _own(session, person)
    said = _said_by(own)
    unsent = said[OutboxRow] & (OutboxRow.state == "queued")
    session.execute(update(OutboxRow).where(unsent).values(state="cancelled", last_error="erased"))
    reports = or_(ReportRow.patient_id == patient, ReportRow.conversation_id.in_(own.threads))
    count = _erase_acts(session, own)
    count += erase_reports(session, reports)
    count += erase_said(session, said, now=now)
    count += _erase_visits(session, patient, now)
    change(
        session,
        person,
        name=None,
        phone=None,
        phone_hash=None,
        external_id=None,
        deleted_at=now,
        language="en",
    )
    audit.append(
        session,
        actor,
        "erased",
        f"patient:{patient}",
        now=now,
        patient=patient,
        reason=reason,
        details={"rows": count},
    )
    return Erased(count + 1)


def erase_said(session: Session, which: dict[type[Base], Where], *, now: datetime) -> int:
    """Erase what was said: lines, turns and notes go, inbound and outbound messages stay without content."""
    messages = select(MessageRow.id).where(which[MessageRow])
    asked = select(UnansweredRow.id).where(which[UnansweredRow])
    received = select(InboxRow.id).where(which[InboxRow])
    session.execute(update(NoteRow).where(NoteRow.message_id.in_(messages)).values(message_id=None))
    # A correction that somebody has confirmed is free of personal data and stays, without its origin.
    learnt_here = or_(CorrectionRow.unanswered_id.in_(asked), CorrectionRow.message_id.in_(received))
    session.execute(delete(CorrectionRow).where(learnt_here, CorrectionRow.state == "proposed"))
    session.execute(update(CorrectionRow).where(learnt_here).values(unanswered_id=None, message_id=None))
    gone = (NoteRow, UnansweredRow, TurnRow, TrackerEventRow, ConversationTopicRow, TagRow, MessageRow)
    count = sum(_rows(session, delete(table).where(which[table])) for table in gone if table in which)
    return count + empty_messages(session, which[InboxRow], which[OutboxRow], now=now)


def empty_messages(session: Session, received: Where, sent: Where, *, now: datetime) -> int:
    """Take content and number from inbound and outbound messages; ids stay, so that none comes twice."""
    count = 0
    for table, which in ((InboxRow, received), (OutboxRow, sent)):
        full = which & table.emptied_at.is_(None)
        rows = update(table).where(full).values(emptied_at=now)
        count += blank(session, table, full, *_CONTENT[table])
        session.execute(rows)
    return count


def erase_reports(session: Session, which: Where) -> int:
    """Erase soreness reports with their areas, symptoms and history."""
    reports = select(ReportRow.id).where(which)
    session.execute(update(AlertRow).where(AlertRow.report_id.in_(reports)).values(report_id=None))
    for part in (ReportAreaRow, ReportSymptomRow, ReportChangeRow):
        session.execute(delete(part).where(part.report_id.in_(reports)))
    return _rows(session, delete(ReportRow).where(which))


def blank(session: Session, table: type[Base], which: Where, *columns: str) -> int:
    """Empty sealed columns of rows that must stay; give the number of rows."""
    (key,) = inspect(table).primary_key
    keys = session.scalars(select(key).where(which)).all()
    for one in keys:
        empty: dict[str, Any] = {name: None if table.__table__.c[name].nullable else "" for name in columns}
        values = sealed_values(session, table, {str(key.key): one, **empty})
        session.execute(update(table).where(key == one).values(values))
    return len(keys)


@dataclass(frozen=True)
class _Own:
    """What is a patient's alone: conversations, and the hash of a number that nobody shares."""

    patient: str
    threads: list[str]
    number: str | None


def _own(session: Session, person: PatientRow) -> _Own:
    others = select(PatientRow.id).where(
        PatientRow.phone_hash == person.phone_hash,
        PatientRow.id != person.id,
        PatientRow.deleted_at.is_(None),
    )
    named = ConversationRow.patient_id == person.id
    if person.phone_hash is None:
        number, wanted = None, named
    elif session.scalar(others.limit(1)) is None:
        number, wanted = person.phone_hash, or_(named, ConversationRow.phone_hash == person.phone_hash)
    else:  # a shared thread may be tied to one of those who share it
        number = None
        wanted = named & ConversationRow.phone_hash.is_distinct_from(person.phone_hash)
    return _Own(person.id, list(session.scalars(select(ConversationRow.id).where(wanted))), number)


def _said_by(own: _Own) -> dict[type[Base], Where]:
    """What the patient said, in each table: whole threads, and single messages in shared ones."""
    patient, threads = own.patient, own.threads
    heard = select(InboxRow.id).where(InboxRow.patient_id == patient)
    texts = select(OutboxRow.id).where(OutboxRow.patient_id == patient)
    shared = select(InboxRow.conversation_id).where(InboxRow.patient_id == patient)
    return {
        MessageRow: or_(
            MessageRow.conversation_id.in_(threads),
            MessageRow.inbox_id.in_(heard),
            MessageRow.outbox_id.in_(texts),
        ),
        TurnRow: or_(TurnRow.conversation_id.in_(threads), TurnRow.message_id.in_(heard)),
        # Rasa's memory of a shared thread can't be told apart: all of it goes, the thread starts afresh.
        TrackerEventRow: or_(
            TrackerEventRow.conversation_id.in_(threads), TrackerEventRow.conversation_id.in_(shared)
        ),
        UnansweredRow: or_(UnansweredRow.conversation_id.in_(threads), UnansweredRow.message_id.in_(heard)),
        NoteRow: or_(NoteRow.conversation_id.in_(threads), NoteRow.patient_id == patient),
        ConversationTopicRow: ConversationTopicRow.conversation_id.in_(threads),
        TagRow: TagRow.conversation_id.in_(threads),
        InboxRow: or_(InboxRow.conversation_id.in_(threads), InboxRow.patient_id == patient),
        OutboxRow: or_(
            OutboxRow.conversation_id.in_(threads),
            OutboxRow.patient_id == patient,
            OutboxRow.phone_hash == own.number,
        ),
    }


def _erase_acts(session: Session, own: _Own) -> int:
    """Empty alerts and consents of words; they stay as acts."""
    heard = select(InboxRow.id).where(
        or_(InboxRow.patient_id == own.patient, InboxRow.conversation_id.in_(own.threads))
    )
    alerts = or_(
        AlertRow.patient_id == own.patient,
        AlertRow.conversation_id.in_(own.threads),
        AlertRow.inbox_id.in_(heard),
    )
    agreed = or_(ConsentRow.patient_id == own.patient, ConsentRow.phone_hash == own.number)
    steps = AlertEventRow.alert_id.in_(select(AlertRow.id).where(alerts))
    count = blank(session, AlertRow, alerts, "words", "answered", "note")
    count += blank(session, AlertEventRow, steps, "note")
    return count + blank(session, ConsentRow, agreed, "evidence")


def _erase_visits(session: Session, patient: str, now: datetime) -> int:
    visits = select(VisitRow.id).where(VisitRow.patient_id == patient)
    session.execute(delete(VisitCodeRow).where(VisitCodeRow.visit_id.in_(visits)))
    session.execute(
        update(FollowupRow)
        .where(FollowupRow.visit_id.in_(visits), FollowupRow.state.in_(("planned", "queued")))
        .values(state="cancelled", reason="erased", changed_at=now)
    )
    session.execute(update(PromptRow).where(PromptRow.patient_id == patient).values(phone_hash=None))
    emptied: dict[str, Any] = {"areas": [], "therapist": None, "note": None, "external_id": None}
    return _rows(session, update(VisitRow).where(VisitRow.patient_id == patient).values(emptied))


def _rows(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
