"""One patient's story through every table that holds words or numbers, for tests that look for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot.records import (
    alerts,
    audit,
    consents,
    inbox,
    messages,
    outbox,
    patients,
    reports,
    reviews,
    staff,
    tracker,
    turns,
    unanswered,
    visits,
)
from bot.records.rows import add

PHONE = "+12025550187"
WORDS = "zebra-canary my left calf hurts"
NAME = "Quetzal Canary"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def fill(session: Session) -> None:
    """Write the patient's words, name and number wherever the project keeps such things."""
    patient = patients.create(session, zone="America/New_York", now=NOW, name=NAME, phone=PHONE).id
    visit, _ = visits.record(session, patient, ended_at=NOW, zone="America/New_York", now=NOW, note=WORDS)
    visits.new_code(session, visit.id, now=NOW, expires_at=NOW + timedelta(days=14))
    consents.record(
        session, PHONE, "texts", "granted", wording_version="1", actor="ann", now=NOW, evidence=WORDS
    )
    message, _ = inbox.receive(
        session, "sms", "SM1", "thread", WORDS, now=NOW, phone=PHONE, details={"name": NAME}
    )
    messages.append(session, "thread", "patient", WORDS, now=NOW, inbox=message.id, payload={"said": WORDS})
    outbox.enqueue(session, "reply:1", PHONE, WORDS, kind="reply", priority=1, now=NOW)
    report, _ = reports.record_report(
        session,
        message.id,
        reports.Details(score=6, words=WORDS, onset=WORDS),
        channel="sms",
        now=NOW,
        conversation="thread",
    )
    reports.amend(session, report.id, reports.Details(score=5, words=WORDS), actor="patient", now=NOW)
    alert, _ = alerts.open_alert(
        session, "chest_pain", "emergency", now=NOW, inbox=message.id, words=WORDS, answered=WORDS
    )
    alerts.close(session, alert.id, actor="ann", outcome="called", note=WORDS, now=NOW)
    turns.record(
        session,
        "thread",
        message.id,
        now=NOW,
        text=WORDS,
        entities=[{"value": WORDS}],
        slots={"words": WORDS, "phone": PHONE},
    )
    tracker.append_events(session, "thread", [{"event": "user", "text": WORDS}], now=NOW)
    unanswered.note(session, "thread", message.id, WORDS, now=NOW)
    reviews.add_note(session, WORDS, actor="ann", now=NOW, conversation="thread")
    add(
        session,
        reviews.CorrectionRow,
        topic="faq/soreness",
        phrase=WORDS,
        actor="ann",
        at=NOW,
        message_id=message.id,
    )
    staff.create(session, "ann", "Ann", "clinician", now=NOW, totp_secret="CANARYSECRET")
    audit.append(session, "ann", "read", "conversation:thread", now=NOW, patient=patient)
