"""How long things are kept: transcripts, raw messages and reports go by age, unless a legal hold keeps them.

What stays longer: consents and the audit (ids and codes, no words), alerts as acts, tombstones of messages
(sms-and-privacy.md D.1). A purge of the audit would break its chain and is not done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.records import audit
from bot.records.alerts import AlertEventRow, AlertRow
from bot.records.conversations import ConversationRow, ConversationTopicRow
from bot.records.database import Database
from bot.records.erasure import Where, blank, empty_messages, erase_reports, erase_said
from bot.records.inbox import InboxRow
from bot.records.messages import MessageRow
from bot.records.outbox import OutboxRow
from bot.records.patients import PatientRow
from bot.records.report_rows import ReportRow
from bot.records.reviews import NoteRow, TagRow
from bot.records.tracker import TrackerEventRow
from bot.records.turns import TurnRow
from bot.records.unanswered import UnansweredRow
from bot.settings import Retention


@dataclass(frozen=True)
class Purged:
    """How many rows went or lost their content, of each kind."""

    transcripts: int
    raw_messages: int
    reports: int
    alerts: int


def purge(database: Database, rules: Retention, *, now: datetime, actor: str, dry_run: bool) -> Purged:
    """Do what the rules say, in one transaction, and note it in the audit; a dry run changes nothing."""
    reports_before = now - timedelta(days=rules.reports_days)
    with database.transaction() as session:
        done = Purged(
            transcripts=_transcripts(session, now - timedelta(days=rules.transcripts_days), now),
            raw_messages=_raw_messages(session, now - timedelta(days=rules.raw_messages_days), now),
            reports=_reports(session, reports_before),
            alerts=_alerts(session, reports_before),
        )
        if dry_run:
            session.rollback()
        else:
            audit.append(session, actor, "purged", "records", now=now, details=vars(done))
    return done


def _transcripts(session: Session, before: datetime, now: datetime) -> int:
    threads = ConversationRow.last_seen < before
    over = select(ConversationRow.id).where(threads, ~ConversationRow.id.in_(_held_threads()))
    held = _held_threads()
    return erase_said(
        session,
        {
            MessageRow: (MessageRow.at < before) & ~MessageRow.conversation_id.in_(held),
            TurnRow: (TurnRow.at < before) & ~TurnRow.conversation_id.in_(held),
            TrackerEventRow: (TrackerEventRow.at < before) & ~TrackerEventRow.conversation_id.in_(held),
            UnansweredRow: (UnansweredRow.at < before) & ~UnansweredRow.conversation_id.in_(held),
            NoteRow: NoteRow.conversation_id.in_(over),
            ConversationTopicRow: ConversationTopicRow.conversation_id.in_(over),
            TagRow: TagRow.conversation_id.in_(over),
            InboxRow: _received(before),
            OutboxRow: _sent(before),
        },
        now=now,
    )


def _raw_messages(session: Session, before: datetime, now: datetime) -> int:
    return empty_messages(session, _received(before), _sent(before), now=now)


def _reports(session: Session, before: datetime) -> int:
    free = or_(ReportRow.patient_id.is_(None), ~ReportRow.patient_id.in_(_held_patients()))
    free &= or_(ReportRow.conversation_id.is_(None), ~ReportRow.conversation_id.in_(_held_threads()))
    return erase_reports(session, and_(ReportRow.reported_at < before, free))


def _alerts(session: Session, before: datetime) -> int:
    free = or_(AlertRow.patient_id.is_(None), ~AlertRow.patient_id.in_(_held_patients()))
    free &= or_(AlertRow.conversation_id.is_(None), ~AlertRow.conversation_id.in_(_held_threads()))
    old = and_(AlertRow.closed_at < before, free, AlertRow.words.is_not(None))
    steps = AlertEventRow.alert_id.in_(select(AlertRow.id).where(old))
    blank(session, AlertEventRow, steps, "note")
    return blank(session, AlertRow, old, "words", "answered", "note")


def _received(before: datetime) -> Where:
    """Inbound messages that are done with."""
    return and_(
        InboxRow.received_at < before,
        InboxRow.state.in_(("answered", "failed")),
        ~InboxRow.conversation_id.in_(_held_threads()),
    )


def _sent(before: datetime) -> Where:
    """Outbound messages that are done with."""
    return and_(
        OutboxRow.created_at < before,
        OutboxRow.state.not_in(("queued", "submitting")),
        or_(OutboxRow.conversation_id.is_(None), ~OutboxRow.conversation_id.in_(_held_threads())),
        or_(OutboxRow.patient_id.is_(None), ~OutboxRow.patient_id.in_(_held_patients())),
    )


def _held_patients():  # type: ignore[no-untyped-def]
    return select(PatientRow.id).where(PatientRow.legal_hold)


def _held_threads():  # type: ignore[no-untyped-def]
    """Conversations of patients under legal hold, also by their number."""
    numbers = select(PatientRow.phone_hash).where(PatientRow.legal_hold, PatientRow.phone_hash.is_not(None))
    return select(ConversationRow.id).where(
        or_(ConversationRow.patient_id.in_(_held_patients()), ConversationRow.phone_hash.in_(numbers))
    )
