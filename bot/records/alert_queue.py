"""The queues of alerts: warning signs and soreness tasks; the list and its count come from one condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from bot.records.alerts import Alert, AlertRow
from bot.records.rows import read

Kind = Literal["signs", "soreness"]
KINDS: tuple[Kind, ...] = ("signs", "soreness")
UNSETTLED = ("open", "acknowledged")


@dataclass(frozen=True)
class Waiting:
    """How many wait, and since when the oldest does."""

    count: int
    oldest: datetime | None


def waiting(session: Session) -> dict[Kind, Waiting]:
    """How many alerts of each kind are not closed."""
    found = session.execute(_WAITING).one()
    return {kind: Waiting(*found[2 * place : 2 * place + 2]) for place, kind in enumerate(KINDS)}


def unsettled(session: Session, kind: Kind, limit: int = 200) -> tuple[Alert, ...]:
    """Alerts of a kind that are not closed: open ones first, emergencies first, then the oldest."""
    return _listed(session, kind, UNSETTLED, limit)


def closed(session: Session, kind: Kind, limit: int = 100) -> tuple[Alert, ...]:
    """Closed alerts of a kind, newest first."""
    rows = select(AlertRow).where(*_of_kind(kind, ("closed",))).order_by(AlertRow.closed_at.desc())
    return tuple(read(session, row, Alert) for row in session.scalars(rows.limit(limit)))


def of_conversations(session: Session, conversations: tuple[str, ...]) -> tuple[Alert, ...]:
    """Every alert of some conversations, oldest first."""
    rows = select(AlertRow).where(AlertRow.conversation_id.in_(conversations)).order_by(AlertRow.opened_at)
    return tuple(read(session, row, Alert) for row in session.scalars(rows))


def of_patient(session: Session, patient: str) -> tuple[Alert, ...]:
    """Every alert of a patient, newest first."""
    rows = select(AlertRow).where(AlertRow.patient_id == patient).order_by(AlertRow.opened_at.desc())
    return tuple(read(session, row, Alert) for row in session.scalars(rows))


def take_for_telling(
    session: Session, *, now: datetime, lease: timedelta, limit: int = 50
) -> tuple[Alert, ...]:
    """Open alerts somebody must be told of now; nobody else takes them until the lease is over."""
    due = (
        select(AlertRow)
        .where(AlertRow.state == "open", AlertRow.next_escalation_at <= now)
        .order_by(AlertRow.next_escalation_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = tuple(read(session, row, Alert) for row in session.scalars(due))
    taken = [alert.id for alert in found]
    session.execute(update(AlertRow).where(AlertRow.id.in_(taken)).values(next_escalation_at=now + lease))
    return found


def _listed(session: Session, kind: Kind, states: tuple[str, ...], limit: int) -> tuple[Alert, ...]:
    state = case({"open": 0}, value=AlertRow.state, else_=1)
    urgency = case({"emergency": 0, "same_day": 1}, value=AlertRow.tier, else_=2)
    rows = select(AlertRow).where(*_of_kind(kind, states)).order_by(state, urgency, AlertRow.opened_at)
    return tuple(read(session, row, Alert) for row in session.scalars(rows.limit(limit)))


def _of_kind(kind: Kind, states: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    """Soreness tasks come from reports; every other alert is a warning sign."""
    from_report = AlertRow.report_id.is_not(None)
    return AlertRow.state.in_(states), from_report if kind == "soreness" else ~from_report


_WAITING = select(  # built once, as every page runs it
    *(
        figure.filter(*_of_kind(kind, UNSETTLED))
        for kind in KINDS
        for figure in (func.count(), func.min(AlertRow.opened_at))
    )
).where(AlertRow.state.in_(UNSETTLED))
