"""The last look at a text before it goes: consent, the question's use, the hours. Inside the sending transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.followups.hours import closes_at, hours_of, is_open, room, zones_of
from bot.followups.plan import REMINDER
from bot.records import followups, patients, visits
from bot.records.outbox import Outgoing
from bot.settings import Clinic
from bot.sms import consent
from bot.sms.sending import SHORTEST_VALIDITY, Drop, Gate, Hold, Send, Verdict

IN_CONVERSATION = timedelta(minutes=15)  # an answer so soon after a patient's text may come at any hour
_LEAST_ROOM = timedelta(seconds=SHORTEST_VALIDITY)


def gate_for(clinic: Clinic) -> Gate:
    """The gate of a clinic."""

    def judge(session: Session, text: Outgoing, now: datetime) -> Verdict:
        return _judge(session, text, clinic, now)

    return judge


def _judge(session: Session, text: Outgoing, clinic: Clinic, now: datetime) -> Verdict:
    if text.kind in ("urgent", "notice"):
        return Send(text.not_after)
    state = consent.state_of(session, text.phone_hash)
    if state == "withdrawn":
        return Drop("cancelled", "opted_out")
    if text.kind == "reply":
        if now - text.created_at <= IN_CONVERSATION:
            return Send()
        return _in_hours(session, text, clinic, now)
    if text.kind in ("prompt", "reminder"):
        if state != "granted":
            return Drop("cancelled", "no_consent")
        if (reason := unwanted(session, text.followup_id)) is not None:
            return Drop("cancelled", reason)
    return _in_hours(session, text, clinic, now)


def unwanted(session: Session, followup: str | None) -> str | None:
    """Why a step's text is not wanted any more; None while it is."""
    step = followups.get(session, followup) if followup else None
    if step is None:
        return None
    visit = visits.get(session, step.visit_id)
    if visit is None or visit.state != "done":
        return "visit_cancelled"
    if step.state not in ("queued", "planned"):
        return step.reason or step.state
    if step.step.endswith(REMINDER):
        first = followups.step_of(session, step.visit_id, step.step.removesuffix(REMINDER))
        if first is None or first.state != "sent":
            return "answered"
    return None


def _in_hours(session: Session, text: Outgoing, clinic: Clinic, now: datetime) -> Verdict:
    """Send while the window stays open for long enough to be delivered, else when it does."""
    patient = patients.get(session, text.patient_id) if text.patient_id else None
    zones = zones_of(text.phone, patient.zone if patient else clinic.time_zone)
    hours = hours_of(clinic.followups)
    if is_open(now, zones, hours):
        until = closes_at(now, zones, hours)
        if until - now >= _LEAST_ROOM:
            return Send(until)
    later = room(now, zones, hours, _LEAST_ROOM)
    if later is None or (text.not_after is not None and later >= text.not_after):
        return Drop("expired", "no_hour_left")
    return Hold(later)
