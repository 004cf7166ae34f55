"""Steps whose time has come become texts, once each, if everything still speaks for it; otherwise they wait or end.

One transaction a step: consent, caps, hours, an open question on the same phone, the visit (sms-and-privacy.md
C.3 step 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.followups.gate import unwanted
from bot.followups.hours import closes_at, hours_of, room, zones_of
from bot.followups.plan import REMINDER, Planned, reminder_of
from bot.records import followups, inbox, patients, prompts, restored, visits
from bot.records.followups import Followup
from bot.records.patients import Patient
from bot.records.prompts import Asked
from bot.records.visits import Visit
from bot.settings import Clinic
from bot.sms import consent, wording
from bot.sms.saying import say, thread_of
from bot.sms.sending import SHORTEST_VALIDITY

WAIT_FOR_CONSENT = timedelta(minutes=10)
WAIT_FOR_TALK = timedelta(minutes=30)  # a patient who is writing to us is not interrupted
WAIT_FOR_OTHER = timedelta(hours=6)  # two patients, one phone: the second question waits that long
_ROOM = timedelta(seconds=SHORTEST_VALIDITY)


@dataclass(frozen=True)
class _End:
    state: str
    reason: str


@dataclass(frozen=True)
class _Later:
    until: datetime
    reason: str


def queue_due(session: Session, clinic: Clinic, *, now: datetime, limit: int = 20) -> int:
    """Deal with steps whose time has come; how many there were."""
    due = followups.due(session, now=now, limit=limit)
    since = restored.last(session) if due else None
    for step in due:
        if since is not None and _may_be_asked_already(session, step, since):
            followups.mark(session, step.id, "expired", now=now, reason="restored")
        else:
            _deal_with(session, step, clinic, now)
    return len(due)


def sweep(session: Session, *, now: datetime) -> int:
    """End steps whose text was given up on its way; how many."""
    ended = followups.given_up(session)
    for step, text_state, reason in ended:
        state = "expired" if text_state == "expired" else "skipped"
        followups.mark(session, step, state, now=now, reason=reason or text_state)
    return len(ended)


def _may_be_asked_already(session: Session, step: Followup, restored_at: datetime) -> bool:
    """Whether the installation that a restore replaced may have asked, or heard the answer, unknown to us."""
    if step.due_at <= restored_at:
        return True
    first = followups.step_of(session, step.visit_id, step.step.removesuffix(REMINDER))
    return step.step.endswith(REMINDER) and first is not None and first.changed_at <= restored_at


def _deal_with(session: Session, step: Followup, clinic: Clinic, now: datetime) -> None:
    visit = visits.get(session, step.visit_id)
    patient = patients.get(session, visit.patient_id) if visit else None
    verdict = _verdict(session, step, visit, patient, clinic, now)
    if isinstance(verdict, _Later) and verdict.until >= step.expires_at:
        verdict = _End("expired", verdict.reason)
    if isinstance(verdict, _End):
        followups.mark(session, step.id, verdict.state, now=now, reason=verdict.reason)
    elif isinstance(verdict, _Later):
        followups.postpone(session, step.id, verdict.until, now=now, reason=verdict.reason)
    elif visit is not None and patient is not None:
        _ask(session, step, visit, patient, clinic, now)


def _verdict(
    session: Session,
    step: Followup,
    visit: Visit | None,
    patient: Patient | None,
    clinic: Clinic,
    now: datetime,
) -> _End | _Later | None:
    if visit is None or patient is None or visit.state != "done":
        return _End("cancelled", "visit_cancelled")
    if now >= step.expires_at:
        return _End("expired", step.reason or "too_late")
    if patient.deleted_at is not None or patient.phone is None or patient.phone_hash is None:
        return _End("skipped", "no_phone")
    state = consent.state_of(session, patient.phone_hash)
    if state == "withdrawn":
        return _End("skipped", "opted_out")
    if state is None:
        return _End("skipped", "no_consent")
    if state != "granted":
        return _Later(now + WAIT_FOR_CONSENT, "no_consent")
    if step.step.endswith(REMINDER):
        ended = _reminder_not_needed(session, step, patient.phone_hash)
        if ended is not None:
            return ended
    zones = zones_of(patient.phone, patient.zone)
    opens = room(now, zones, hours_of(clinic.followups), _ROOM)
    if opens is None or opens > now:
        return _Later(opens or step.expires_at, "quiet_hours")
    return _talk(session, step, patient, now) or _cap(session, step, patient, clinic, now)


def _reminder_not_needed(session: Session, step: Followup, phone_hash: str) -> _End | None:
    first = followups.step_of(session, step.visit_id, step.step.removesuffix(REMINDER))
    if first is None or first.state in ("answered", "cancelled", "skipped", "expired"):
        return _End("cancelled", "answered" if first and first.state == "answered" else "question_not_sent")
    if inbox.heard_since(session, phone_hash, first.changed_at):
        return _End("cancelled", "answered")
    if reason := unwanted(session, step.id):
        return _End("cancelled", reason) if first.state == "sent" else None
    return None


def _talk(session: Session, step: Followup, patient: Patient, now: datetime) -> _Later | None:
    """Wait while the phone is in use: a conversation under way, or a question to somebody else."""
    assert patient.phone_hash is not None
    if inbox.heard_since(session, patient.phone_hash, now - WAIT_FOR_TALK):
        return _Later(now + WAIT_FOR_TALK, "in_conversation")
    for asked in prompts.of_number(session, patient.phone_hash, since=now - WAIT_FOR_OTHER):
        if asked.prompt.patient_id != patient.id and _is_open(asked, now):
            return _Later(now + WAIT_FOR_TALK, "other_question_open")
    if followups.on_its_way(session, patient.phone_hash, besides=step.id):
        return _Later(now + timedelta(minutes=5), "other_question_open")
    return None


def _is_open(asked: Asked, now: datetime) -> bool:
    prompt = asked.prompt
    return prompt.answered_at is None and prompt.closed_at is None and now < prompt.open_until


def _cap(session: Session, step: Followup, patient: Patient, clinic: Clinic, now: datetime) -> _Later | None:
    """Not more questions a day and a week than clinic.yml allows, in the patient's days."""
    rules = clinic.followups
    if step.step.endswith(REMINDER) and not rules.count_reminders:
        return None
    kinds = ("prompt", "reminder") if rules.count_reminders else ("prompt",)
    asked = followups.asked_at(session, patient.id, kinds, since=now - timedelta(days=7))
    zone = ZoneInfo(patient.zone)
    today = now.astimezone(zone).date()
    if sum(at.astimezone(zone).date() == today for at in asked) >= rules.prompts_a_day:
        closing = closes_at(now, zones_of(patient.phone, patient.zone), hours_of(rules))
        return _Later(closing + timedelta(seconds=1), "cap_day")
    if len(asked) >= rules.prompts_a_week:
        return _Later(max(min(asked) + timedelta(days=7), now + timedelta(hours=1)), "cap_week")
    return None


def _ask(
    session: Session, step: Followup, visit: Visit, patient: Patient, clinic: Clinic, now: datetime
) -> None:
    assert patient.phone is not None
    is_reminder = step.step.endswith(REMINDER)
    words = (wording.reminder if is_reminder else wording.question)(clinic, patient.name)
    text, is_new = say(
        session, patient.phone, f"{visit.id}:{step.step}:{step.plan_version}", words,
        "reminder" if is_reminder else "prompt", now=now, not_after=step.expires_at, patient=patient.id,
        followup=step.id,
    )  # fmt: skip
    followups.mark(session, step.id, "queued", now=now)
    if is_reminder or not is_new:
        return
    prompts.open_prompt(
        session, question="score", open_until=step.expires_at, followup=step.id, outbox=text.id,
        conversation=thread_of(session, patient.phone), patient=patient.id, phone_hash=patient.phone_hash,
    )  # fmt: skip
    zones = zones_of(patient.phone, patient.zone)
    again = reminder_of(Planned(step.step, step.due_at, step.expires_at), now, zones, clinic.followups)
    if again is not None:
        followups.plan(
            session, visit.id, again.step, due_at=again.due_at, expires_at=again.expires_at,
            plan_version=step.plan_version, now=now,
        )  # fmt: skip
