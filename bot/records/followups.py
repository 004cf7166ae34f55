"""Follow-ups: the planned steps after a visit, and the prompts (questions sent) that answers belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.outbox import OutboxRow
from bot.records.rows import Base, Id, insert_once, new_id, read


class FollowupRow(Base):
    """One step of a visit's plan. States: planned, queued, sent, answered, skipped, expired, cancelled."""

    __tablename__ = "followups"
    __table_args__ = (
        UniqueConstraint("visit_id", "step"),
        Index("ix_followups_state", "state", "due_at"),
    )

    id: Mapped[Id]
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    step: Mapped[str]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    plan_version: Mapped[int]
    state: Mapped[str] = mapped_column(default="planned")
    reason: Mapped[str | None]
    changed_at: Mapped[datetime]


class PromptRow(Base):
    """A question that was put to a patient."""

    __tablename__ = "prompts"
    __table_args__ = (Index("ix_prompts_phone_hash", "phone_hash", "asked_at"),)

    id: Mapped[Id]
    followup_id: Mapped[str | None] = mapped_column(ForeignKey("followups.id"), index=True)
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    phone_hash: Mapped[str | None]
    question: Mapped[str]
    asked_at: Mapped[datetime | None]
    open_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_inbox_id: Mapped[str | None]
    closed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Followup:
    """A planned step, such as "day1" or its reminder "day1:r1"; times in UTC."""

    id: str
    visit_id: str
    step: str
    due_at: datetime
    expires_at: datetime
    plan_version: int
    state: str
    reason: str | None
    changed_at: datetime


@dataclass(frozen=True)
class Prompt:
    """A question; `asked_at` is None until the carrier has accepted it."""

    id: str
    followup_id: str | None
    outbox_id: str | None
    conversation_id: str | None
    patient_id: str | None
    phone_hash: str | None
    question: str
    asked_at: datetime | None
    open_until: datetime
    answered_at: datetime | None
    answered_inbox_id: str | None
    closed_at: datetime | None


def plan(
    session: Session,
    visit: str,
    step: str,
    *,
    due_at: datetime,
    expires_at: datetime,
    plan_version: int,
    now: datetime,
) -> bool:
    """Plan a step of a visit; False when the visit has that step already."""
    return insert_once(
        session,
        FollowupRow,
        ["visit_id", "step"],
        id=new_id(),
        visit_id=visit,
        step=step,
        due_at=due_at,
        expires_at=expires_at,
        plan_version=plan_version,
        state="planned",
        changed_at=now,
    )


def of_visit(session: Session, visit: str) -> tuple[Followup, ...]:
    """A visit's steps, by time."""
    rows = select(FollowupRow).where(FollowupRow.visit_id == visit)
    return tuple(
        read(session, row, Followup)
        for row in session.scalars(rows.order_by(FollowupRow.due_at, FollowupRow.id))
    )


def due(session: Session, *, now: datetime, limit: int = 50) -> tuple[Followup, ...]:
    """Planned steps whose time has come, oldest first; locked until the transaction ends."""
    rows = (
        select(FollowupRow)
        .where(FollowupRow.state == "planned", FollowupRow.due_at <= now)
        .order_by(FollowupRow.due_at, FollowupRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(read(session, row, Followup) for row in session.scalars(rows))


def mark(session: Session, followup: str, state: str, *, now: datetime, reason: str | None = None) -> None:
    """Move a step to another state. Raises NoResultFound for an unknown one."""
    row = session.get_one(FollowupRow, followup)
    row.state, row.reason, row.changed_at = state, reason, now
    session.flush()


def prompt(session: Session, prompt: str) -> Prompt | None:
    """The prompt with an id."""
    row = session.get(PromptRow, prompt)
    return None if row is None else read(session, row, Prompt)


def get(session: Session, followup: str) -> Followup | None:
    """The step with an id."""
    row = session.get(FollowupRow, followup)
    return None if row is None else read(session, row, Followup)


def step_of(session: Session, visit: str, step: str) -> Followup | None:
    """A visit's step by its name."""
    row = session.scalar(select(FollowupRow).where(FollowupRow.visit_id == visit, FollowupRow.step == step))
    return None if row is None else read(session, row, Followup)


def postpone(session: Session, followup: str, until: datetime, *, now: datetime, reason: str) -> None:
    """Leave a planned step for later."""
    row = session.get_one(FollowupRow, followup)
    row.due_at, row.reason, row.changed_at = until, reason, now
    session.flush()


def cancel_open(session: Session, visit: str, reason: str, *, now: datetime) -> None:
    """Cancel what a visit has not asked yet; texts on their way see it before they go."""
    session.execute(
        update(FollowupRow)
        .where(FollowupRow.visit_id == visit, FollowupRow.state.in_(("planned", "queued")))
        .values(state="cancelled", reason=reason, changed_at=now)
    )


def replace_planned(session: Session, visit: str) -> None:
    """Forget a visit's steps that nobody has seen yet, so that they can be planned anew."""
    session.execute(
        delete(FollowupRow).where(
            FollowupRow.visit_id == visit,
            FollowupRow.state.in_(("planned", "expired", "cancelled")),
            ~exists().where(OutboxRow.followup_id == FollowupRow.id),
        )
    )
    session.expire_all()


def given_up(session: Session, limit: int = 100) -> tuple[tuple[str, str, str | None], ...]:
    """Steps that count as queued although their text was given up: id, the text's state, why."""
    lost = ("expired", "cancelled", "failed")
    found = (
        select(FollowupRow.id, OutboxRow.state, OutboxRow.last_error)
        .join(OutboxRow, OutboxRow.followup_id == FollowupRow.id)
        .where(FollowupRow.state == "queued", OutboxRow.state.in_(lost))
        .limit(limit)
    )
    return tuple((row[0], row[1], row[2]) for row in session.execute(found))


def on_its_way(session: Session, phone_hash: str, *, besides: str) -> bool:
    """Whether another question to the number is queued or being sent."""
    found = select(OutboxRow.id).where(
        OutboxRow.phone_hash == phone_hash,
        OutboxRow.kind == "prompt",
        OutboxRow.state.in_(("queued", "submitting")),
        OutboxRow.followup_id != besides,
    )
    return session.scalar(found.limit(1)) is not None


def asked_at(
    session: Session, patient: str, kinds: tuple[str, ...], *, since: datetime
) -> tuple[datetime, ...]:
    """When a patient was sent questions since a moment, those on their way included."""
    found = select(OutboxRow.created_at).where(
        OutboxRow.patient_id == patient,
        OutboxRow.kind.in_(kinds),
        OutboxRow.created_at > since,
        OutboxRow.state.not_in(("cancelled", "expired", "failed")),
    )
    return tuple(session.scalars(found))
