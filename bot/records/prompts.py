"""Questions put to patients, and which visit each is about. The table is in `followups`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from bot.records import visits
from bot.records.followups import FollowupRow, Prompt, PromptRow
from bot.records.outbox import OutboxRow
from bot.records.rows import add, read, table_of
from bot.records.visits import Visit

# Built once, as every few texts run them (see submissions.py).
_PROMPTS, _STEPS, _TEXTS = table_of(PromptRow), table_of(FollowupRow), table_of(OutboxRow)
_are_taken: BindParameter[str] = bindparam("texts", expanding=True)
_ASKED = (
    update(_PROMPTS)
    .where(_PROMPTS.c.outbox_id.in_(_are_taken), _PROMPTS.c.asked_at.is_(None))
    .values(asked_at=bindparam("now"))
)
_SENT = (
    update(_STEPS)
    .where(
        _STEPS.c.id.in_(
            select(_TEXTS.c.followup_id).where(_TEXTS.c.id.in_(_are_taken), _TEXTS.c.followup_id.is_not(None))
        ),
        _STEPS.c.state == "queued",
    )
    .values(state="sent", changed_at=bindparam("now"))
)


@dataclass(frozen=True)
class Asked:
    """A question and the visit that it is about."""

    prompt: Prompt
    visit: Visit | None


def open_prompt(
    session: Session,
    *,
    question: str,
    open_until: datetime,
    followup: str | None = None,
    outbox: str | None = None,
    conversation: str | None = None,
    patient: str | None = None,
    phone_hash: str | None = None,
) -> Prompt:
    """Write down a question that is about to be sent. It counts as asked when the carrier has taken it."""
    row = add(
        session,
        PromptRow,
        followup_id=followup,
        outbox_id=outbox,
        conversation_id=conversation,
        patient_id=patient,
        phone_hash=phone_hash,
        question=question,
        open_until=open_until,
    )
    return read(session, row, Prompt)


def mark_asked(session: Session, *outbox: str, now: datetime) -> None:
    """The carrier has taken texts of questions or reminders: now they are asked, and their steps are sent."""
    if not outbox:
        return
    taken = {"texts": outbox, "now": now}
    session.execute(_ASKED, taken)
    session.execute(_SENT, taken)


def of_number(session: Session, phone_hash: str, *, since: datetime) -> tuple[Asked, ...]:
    """Questions that a number was asked since a moment, newest first.

    One whose text is with the carrier, nobody knows yet whether it was taken, counts: an answer proves it.
    """
    handed_over = case((OutboxRow.state == "submitting", OutboxRow.submit_at))
    asked = func.coalesce(PromptRow.asked_at, handed_over)
    rows = (
        select(PromptRow, handed_over)
        .outerjoin(OutboxRow, OutboxRow.id == PromptRow.outbox_id)
        .where(PromptRow.phone_hash == phone_hash, asked >= since)
        .order_by(asked.desc(), PromptRow.id.desc())
    )
    found = []
    for row, submitted in session.execute(rows):
        step = session.get(FollowupRow, row.followup_id) if row.followup_id else None
        visit = visits.get(session, step.visit_id) if step else None
        prompt = read(session, row, Prompt)
        found.append(Asked(replace(prompt, asked_at=prompt.asked_at or submitted), visit))
    return tuple(found)


def answer(session: Session, prompt: str, inbox: str, *, now: datetime) -> None:
    """An inbound message answers a question: its step is answered and its reminder is not needed."""
    row = session.get_one(PromptRow, prompt)
    if row.answered_at is None:
        row.answered_at, row.answered_inbox_id = now, inbox
    if row.followup_id:
        step = session.get_one(FollowupRow, row.followup_id)
        if step.state in ("queued", "sent"):
            step.state, step.changed_at = "answered", now
        base = step.step.removesuffix(":r1")
        session.execute(
            update(FollowupRow)
            .where(
                FollowupRow.visit_id == step.visit_id,
                FollowupRow.step == f"{base}:r1",
                FollowupRow.state == "planned",
            )
            .values(state="cancelled", reason="answered", changed_at=now)
        )
    session.flush()


def close_all(session: Session, phone_hash: str, *, now: datetime) -> None:
    """Close every question of a number: its owner wants none."""
    session.execute(
        update(PromptRow)
        .where(PromptRow.phone_hash == phone_hash, PromptRow.closed_at.is_(None))
        .values(closed_at=now)
    )


def open_ask_back(
    session: Session,
    *,
    visit: str,
    outbox: str,
    conversation: str,
    patient: str,
    phone_hash: str | None,
    open_until: datetime,
) -> None:
    """A question that asks whether a number was meant for a visit; once a text that asks it."""
    if session.scalar(select(PromptRow.id).where(PromptRow.outbox_id == outbox)) is not None:
        return
    newest = (
        select(FollowupRow.id)
        .where(FollowupRow.visit_id == visit)
        .order_by((FollowupRow.state == "sent").desc(), FollowupRow.changed_at.desc())
    )
    step = session.scalar(newest.limit(1))
    open_prompt(
        session,
        question="score",
        open_until=open_until,
        followup=step,
        outbox=outbox,
        conversation=conversation,
        patient=patient,
        phone_hash=phone_hash,
    )
