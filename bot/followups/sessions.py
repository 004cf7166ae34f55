"""A session that took place: recorded once, its questions planned with it, moved and cancelled with it.

Every way in (command line, CSV, REST, FHIR) ends here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from bot.followups.hours import zones_of
from bot.followups.plan import REMINDER, plan
from bot.records import followups, patients, visits
from bot.records.patients import Patient
from bot.records.visits import Visit
from bot.settings import Clinic
from bot.sms import consent
from bot.sms.numbers import e164

Consented = Literal["none", "asked", "written"]
Change = Literal["new", "same", "moved", "cancelled"]


class SessionError(Exception):
    """A session can't be recorded; the message names the field and what is wrong."""


@dataclass(frozen=True)
class SessionGiven:
    """A session as the clinic tells it. `patient_id` and `id` are the clinic's own; the same id again moves it.

    `consent`: "written" the patient has signed for texts, "asked" we ask by text, "none" no texts.
    """

    phone: str
    ended_at: datetime
    first_name: str = ""
    id: str | None = None
    patient_id: str | None = None
    zone: str | None = None
    language: str = "en"
    areas: tuple[str, ...] = ()
    therapist: str | None = None
    consent: Consented = "asked"


@dataclass(frozen=True)
class Recorded:
    """What became of it."""

    visit: Visit
    patient: Patient
    change: Change
    steps: int


def record_session(
    session: Session, given: SessionGiven, clinic: Clinic, *, actor: str, now: datetime
) -> Recorded:
    """Record a session and plan its questions; SessionError when it can't be, and then nothing changed."""
    phone, zone = check(given, clinic)
    patient = _patient(session, given, phone, zone, now)
    _note_consent(session, given, phone, patient, clinic, actor, now)
    external = given.id or f"{patient.id}:{given.ended_at.isoformat()}"
    visit, is_new = visits.record(
        session, patient.id, ended_at=given.ended_at, zone=zone, now=now, areas=given.areas,
        therapist=given.therapist, plan="default", plan_version=clinic.followups.version, external_id=external,
    )  # fmt: skip
    if is_new:
        return Recorded(visit, patient, "new", _plan(session, visit, patient, clinic, now))
    if visit.patient_id != patient.id:
        raise SessionError("id: is another patient's session")
    if visit.state == "done" and visit.ended_at == given.ended_at:
        return Recorded(visit, patient, "same", 0)
    return _moved(session, visit, patient, given.ended_at, clinic, now)


def move_session(
    session: Session, visit: Visit, ended_at: datetime, clinic: Clinic, *, now: datetime
) -> Recorded:
    """Say that a session took place at another time: what was still to be asked is planned anew."""
    patient = patients.get(session, visit.patient_id)
    if patient is None:
        raise SessionError("patient: is not there any more")
    return _moved(session, visit, patient, ended_at, clinic, now)


def cancel_session(session: Session, visit: str, *, now: datetime) -> None:
    """Say that a session did not take place: nothing more is asked about it."""
    visits.cancel(session, visit)
    followups.cancel_open(session, visit, "visit_cancelled", now=now)


def check(given: SessionGiven, clinic: Clinic) -> tuple[str, str]:
    """The phone in E.164 and the zone; SessionError names what is wrong."""
    from bot.reading.body_parts import body_parts  # 0.15 s, not at the door's start

    phone = e164(given.phone, clinic.country)
    if phone is None:
        raise SessionError("phone: is not a phone number that takes texts")
    if given.ended_at.tzinfo is None:
        raise SessionError("ended_at: needs a time zone")
    zone = given.zone or clinic.time_zone
    if zone not in available_timezones():
        raise SessionError(f"zone: {zone!r} is not an IANA zone such as America/New_York")
    unknown = [area for area in given.areas if area not in body_parts()]
    if unknown:
        raise SessionError(f"areas: {unknown[0]!r} is not in data/body_parts.yml")
    return phone, zone


def _moved(
    session: Session, visit: Visit, patient: Patient, ended_at: datetime, clinic: Clinic, now: datetime
) -> Recorded:
    moved = visits.move(session, visit.id, ended_at)
    followups.replace_planned(session, visit.id)
    return Recorded(moved, patient, "moved", _plan(session, moved, patient, clinic, now))


def _patient(session: Session, given: SessionGiven, phone: str, zone: str, now: datetime) -> Patient:
    """The patient by the clinic's id, else by phone and first name, else a new one."""
    if given.patient_id:
        known = patients.find_by_external_id(session, given.patient_id)
        if known is not None:
            return known if known.phone == phone else patients.set_phone(session, known.id, phone)
    else:
        name = given.first_name.casefold()
        for known in patients.find_by_phone(session, phone):
            if known.external_id is None and (known.name or "").casefold() == name:
                return known
    return patients.create(
        session, zone=zone, now=now, name=given.first_name or None, phone=phone, language=given.language,
        external_id=given.patient_id,
    )  # fmt: skip


def _note_consent(
    session: Session,
    given: SessionGiven,
    phone: str,
    patient: Patient,
    clinic: Clinic,
    actor: str,
    now: datetime,
) -> None:
    """Consent as the clinic states it; who has said STOP is never started again by a file."""
    assert patient.phone_hash is not None
    state = consent.state_of(session, patient.phone_hash)
    if given.consent == "written" and state in (None, "asked"):
        consent.grant(
            session, phone, clinic, evidence="the clinic has it in writing", actor=actor, now=now,
            patient=patient.id,
        )  # fmt: skip
    elif given.consent == "asked" and state is None:
        consent.invite(session, phone, clinic, actor=actor, now=now)


def _plan(session: Session, visit: Visit, patient: Patient, clinic: Clinic, now: datetime) -> int:
    """Plan the questions that are still to come."""
    zones = zones_of(patient.phone, patient.zone)
    planned = plan(visit.id, visit.ended_at, zones, clinic.followups)
    kept = {step.step for step in followups.of_visit(session, visit.id)}
    count = 0
    for step in planned:
        if step.expires_at > now and step.step not in kept and not step.step.endswith(REMINDER):
            count += followups.plan(
                session, visit.id, step.step, due_at=step.due_at, expires_at=step.expires_at,
                plan_version=clinic.followups.version, now=now,
            )  # fmt: skip
    return count
