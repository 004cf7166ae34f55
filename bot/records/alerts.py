"""Alerts: warning signs and soreness that a person must see. Nothing is deleted; every step is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, case, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.rows import Base, Id, SealedText, add, change, insert_once, new_id, read


class AlertRow(Base):
    """Something to act on. States: open, acknowledged, closed."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("inbox_id", "sign"),
        Index("ix_alerts_state", "state", "opened_at"),
    )

    id: Mapped[Id]
    inbox_id: Mapped[str | None] = mapped_column(ForeignKey("inbox.id"))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    report_id: Mapped[str | None] = mapped_column(ForeignKey("soreness_reports.id"))
    sign: Mapped[str]
    tier: Mapped[str]
    words: Mapped[SealedText | None]
    answered: Mapped[SealedText | None]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    note: Mapped[SealedText | None]
    escalation_step: Mapped[int] = mapped_column(default=0)
    next_escalation_at: Mapped[datetime | None] = mapped_column(index=True)


class AlertEventRow(Base):
    """One step in an alert's life."""

    __tablename__ = "alert_events"
    append_only = True

    id: Mapped[Id]
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), index=True)
    kind: Mapped[str]
    actor: Mapped[str]
    note: Mapped[SealedText | None]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Alert:
    """`sign` the sign's or rule's name, `tier` "emergency", "same_day" or "routine", `words` the patient's,
    `answered` what the patient was told."""

    id: str
    inbox_id: str | None
    conversation_id: str | None
    patient_id: str | None
    report_id: str | None
    sign: str
    tier: str
    words: str | None
    answered: str | None
    opened_at: datetime
    state: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    outcome: str | None
    note: str | None
    escalation_step: int
    next_escalation_at: datetime | None


@dataclass(frozen=True)
class AlertEvent:
    """A step: "opened", "answered", "escalated", "not_told", "acknowledged", "noted", "closed"."""

    id: str
    alert_id: str
    kind: str
    actor: str
    note: str | None
    at: datetime


class AlertClosedError(Exception):
    """The alert is closed; what was to be done to it no longer applies."""


def open_alert(
    session: Session,
    sign: str,
    tier: str,
    *,
    now: datetime,
    inbox: str | None = None,
    conversation: str | None = None,
    patient: str | None = None,
    report: str | None = None,
    words: str | None = None,
    answered: str | None = None,
    next_escalation_at: datetime | None = None,
) -> tuple[Alert, bool]:
    """Open an alert; False says that this inbound message has one for this sign already."""
    alert_id = new_id()
    is_new = insert_once(
        session,
        AlertRow,
        ["inbox_id", "sign"],
        id=alert_id,
        inbox_id=inbox,
        conversation_id=conversation,
        patient_id=patient,
        report_id=report,
        sign=sign,
        tier=tier,
        words=words,
        answered=answered,
        opened_at=now,
        state="open",
        escalation_step=0,
        next_escalation_at=next_escalation_at,
    )
    if is_new:
        _note(session, alert_id, "opened", "assistant", now)
        return read(session, session.get_one(AlertRow, alert_id), Alert), True
    same = select(AlertRow).where(AlertRow.inbox_id == inbox, AlertRow.sign == sign)
    return read(session, session.scalars(same).one(), Alert), False


def get(session: Session, alert: str) -> Alert | None:
    """The alert with an id."""
    row = session.get(AlertRow, alert)
    return None if row is None else read(session, row, Alert)


def note_answer(session: Session, alert: str, answered: str, *, now: datetime) -> Alert:
    """Note what the patient was told."""
    row = session.get_one(AlertRow, alert, with_for_update=True)
    change(session, row, answered=answered)
    _note(session, alert, "answered", "assistant", now)
    return read(session, row, Alert)


def acknowledge(session: Session, alert: str, *, actor: str, now: datetime) -> Alert:
    """Say who takes care of it; the first one stays. Raises AlertClosedError, NoResultFound."""
    row = _not_closed(session, alert)
    if row.state == "open":
        change(
            session,
            row,
            state="acknowledged",
            acknowledged_by=actor,
            acknowledged_at=now,
            next_escalation_at=None,
        )
        _note(session, alert, "acknowledged", actor, now)
    return read(session, row, Alert)


def escalate(session: Session, alert: str, *, to: str, now: datetime, next_at: datetime | None) -> Alert:
    """Note that the next person was told, and when the one after is due."""
    row = _not_closed(session, alert)
    change(session, row, escalation_step=row.escalation_step + 1, next_escalation_at=next_at)
    _note(session, alert, "escalated", "assistant", now, f"to {to}")
    return read(session, row, Alert)


def set_next(session: Session, alert: str, at: datetime | None) -> None:
    """Say when the next person is to be told; None for never."""
    session.get_one(AlertRow, alert).next_escalation_at = at
    session.flush()


def note(session: Session, alert: str, text: str, *, actor: str, now: datetime) -> None:
    """Write down something that was done about it. Raises AlertClosedError, NoResultFound."""
    _not_closed(session, alert)
    _note(session, alert, "noted", actor, now, text)


def close(session: Session, alert: str, *, actor: str, outcome: str, note: str, now: datetime) -> Alert:
    """Close with an outcome and a note; who closes an open alert has acknowledged it too."""
    row = _not_closed(session, alert)
    acknowledge(session, alert, actor=actor, now=now)
    change(session, row, state="closed", closed_by=actor, closed_at=now, outcome=outcome, note=note)
    _note(session, alert, "closed", actor, now, note)
    return read(session, row, Alert)


def unacknowledged(session: Session, limit: int = 200) -> tuple[Alert, ...]:
    """Open alerts, emergencies first, then the oldest."""
    urgency = case({"emergency": 0, "same_day": 1}, value=AlertRow.tier, else_=2)
    rows = select(AlertRow).where(AlertRow.state == "open").order_by(urgency, AlertRow.opened_at).limit(limit)
    return tuple(read(session, row, Alert) for row in session.scalars(rows))


def due_for_escalation(session: Session, *, now: datetime, limit: int = 50) -> tuple[Alert, ...]:
    """Open alerts whose next step is due; locked until the transaction ends."""
    rows = (
        select(AlertRow)
        .where(AlertRow.state == "open", AlertRow.next_escalation_at <= now)
        .order_by(AlertRow.next_escalation_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(read(session, row, Alert) for row in session.scalars(rows))


def history(session: Session, alert: str) -> tuple[AlertEvent, ...]:
    """An alert's steps, oldest first."""
    rows = select(AlertEventRow).where(AlertEventRow.alert_id == alert).order_by(AlertEventRow.id)
    return tuple(read(session, row, AlertEvent) for row in session.scalars(rows))


def _not_closed(session: Session, alert: str) -> AlertRow:
    row = session.get_one(AlertRow, alert, with_for_update=True)
    if row.state == "closed":
        raise AlertClosedError(f"alert {alert} was closed by {row.closed_by}")
    return row


def _note(
    session: Session, alert: str, kind: str, actor: str, now: datetime, note: str | None = None
) -> None:
    add(session, AlertEventRow, alert_id=alert, kind=kind, actor=actor, note=note, at=now)


def was_opened(session: Session, sign: str, *, since: datetime, patient: str | None = None) -> bool:
    """Whether an alert of a sign was opened since a moment (for a patient, when one is named)."""
    found = select(AlertRow.id).where(AlertRow.sign == sign, AlertRow.opened_at > since)
    if patient is not None:
        found = found.where(AlertRow.patient_id == patient)
    return session.scalar(found.limit(1)) is not None
