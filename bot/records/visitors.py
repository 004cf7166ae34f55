"""Web visitors who are not patients: whether their words may be kept, and how they are forgotten.

Washington's My Health My Data Act asks for consent before collecting and for deletion on request; words
without consent go when the session ends. Alerts stay: they are the record of what was done about a warning
sign. A patient's conversation belongs to the clinic's record: it can be ended here, not erased.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.records.alerts import AlertRow
from bot.records.consents import State, current, record_for
from bot.records.conversations import ConversationRow, ConversationTopicRow
from bot.records.inbox import InboxRow
from bot.records.messages import MessageRow
from bot.records.report_rows import ReportAreaRow, ReportChangeRow, ReportRow, ReportSymptomRow
from bot.records.reviews import CorrectionRow, NoteRow
from bot.records.rows import vault_of
from bot.records.tracker import TrackerEventRow
from bot.records.turns import TurnRow
from bot.records.unanswered import UnansweredRow

SCOPE = "keep_words"  # consent to keeping words, given or withdrawn


def agree(session: Session, conversation: str, wording: str, *, now: datetime) -> None:
    """Write down, once, that a visitor agreed to keeping the words; `wording` names the text shown."""
    whose = subject(session, conversation)
    if current(session, whose, SCOPE) is None:
        _write_down(session, whose, "granted", wording, now)


def end(session: Session, conversation: str, *, now: datetime) -> None:
    """End a conversation for good: consent is withdrawn, its token opens nothing any more."""
    if not has_ended(session, conversation):
        _write_down(session, subject(session, conversation), "withdrawn", "ended by the visitor", now)


def has_ended(session: Session, conversation: str) -> bool:
    """Whether the visitor has ended the conversation."""
    consent = current(session, subject(session, conversation), SCOPE)
    return consent is not None and consent.state == "withdrawn"


def erase_words(session: Session, conversation: str) -> bool:
    """Erase everything a visitor said and was told; False for a patient's conversation, which is left alone.

    What stays: that there was a conversation, its alerts, and staff's corrections (reviewed, without names).
    """
    thread = session.scalar(
        select(ConversationRow).where(ConversationRow.id == conversation).with_for_update()
    )
    if thread is None or thread.patient_id is not None:
        return False
    said = select(MessageRow.id).where(MessageRow.conversation_id == conversation)
    asked = select(UnansweredRow.id).where(UnansweredRow.conversation_id == conversation)
    reports = select(ReportRow.id).where(ReportRow.conversation_id == conversation)
    alerts = update(AlertRow).where(AlertRow.conversation_id == conversation)
    session.execute(alerts.values(inbox_id=None, report_id=None))
    session.execute(
        update(CorrectionRow).where(CorrectionRow.unanswered_id.in_(asked)).values(unanswered_id=None)
    )
    session.execute(
        delete(NoteRow).where((NoteRow.conversation_id == conversation) | NoteRow.message_id.in_(said))
    )
    for part in (ReportAreaRow, ReportSymptomRow, ReportChangeRow):
        session.execute(delete(part).where(part.report_id.in_(reports)))
    for table in (
        ReportRow, UnansweredRow, TurnRow, TrackerEventRow, ConversationTopicRow, MessageRow, InboxRow,
    ):  # fmt: skip
        session.execute(delete(table).where(table.conversation_id == conversation))
    thread.messages = 0
    session.flush()
    return True


def due_to_be_forgotten(session: Session, *, begun_before: datetime, limit: int = 100) -> tuple[str, ...]:
    """Visitors' conversations whose session is over and whose words nobody agreed to keep, oldest first."""
    has_words = (ConversationRow.messages > 0) | exists().where(
        TrackerEventRow.conversation_id == ConversationRow.id
    )
    rows = (
        select(ConversationRow.id)
        .where(ConversationRow.channel == "web", ConversationRow.patient_id.is_(None), has_words)
        .where(ConversationRow.created_at < begun_before)
        .order_by(ConversationRow.created_at)
    )
    found = (row for row in session.scalars(rows) if not _may_keep(session, row))
    return tuple(conversation for conversation, _ in zip(found, range(limit), strict=False))


def _may_keep(session: Session, conversation: str) -> bool:
    consent = current(session, subject(session, conversation), SCOPE)
    return consent is not None and consent.state == "granted"


def subject(session: Session, conversation: str) -> str:
    """Under which keyed hash a conversation's consent is written: a visitor has no number."""
    return vault_of(session).fingerprint("visitor", conversation)


def _write_down(session: Session, whose: str, state: State, wording: str, now: datetime) -> None:
    record_for(session, whose, SCOPE, state, wording_version=wording, actor="visitor", now=now)
