"""One patient: visits, texts, reports, alerts, conversations, notes; name and number masked until revealed."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.followups.sessions import cancel_session, move_session
from bot.records import (
    alert_queue,
    consents,
    conversations,
    erasure,
    followups,
    patient_search,
    patients,
    reports,
    reviews,
    visits,
)
from bot.records.patients import Patient
from bot.sms import consent
from bot.staff.act import Act, patient_for
from bot.staff.acts.alerts import names_of_staff
from bot.staff.acts.record_visit import moment_of
from bot.staff.roles import Right
from bot.staff.timeline import in_words, picture_of

CODE_LASTS = timedelta(days=14)


def show(act: Act) -> Response:
    """The page, masked."""
    return page_of(act, patient_for(act, act.part("patient")))


def reveal(act: Act) -> Response:
    """The page with name and number; that somebody looked is noted."""
    one = patient_for(act, act.part("patient"))
    act.note("revealed", f"patient:{one.id}", one.id)
    return page_of(act, one, revealed=True)


def add_note(act: Act) -> Response:
    """A note on the patient."""
    one = patient_for(act, act.part("patient"))
    if text := act.field("text"):
        reviews.add_note(act.session, text, actor=act.staff.id, now=act.now, patient=one.id)
        act.note("noted", f"patient:{one.id}", one.id)
    return act.go(f"/staff/patients/{one.id}")


def change_texts(act: Act) -> Response:
    """Stop texts to the number, or write down that the patient agreed to them."""
    one, clinic = patient_for(act, act.part("patient")), act.desk.settings.clinic
    if one.phone is None:
        return page_of(act, one, 422, "There is no number.")
    if act.field("wish") == "stop":
        consent.withdraw(
            act.session, one.phone, clinic, evidence="told the clinic", actor=act.staff.id, now=act.now
        )
        act.note("texts stopped", f"patient:{one.id}", one.id)
    elif len(act.field("evidence")) < 3:
        return page_of(act, one, 422, "Write what the consent rests on, such as “signed form of today”.")
    else:
        consent.grant(
            act.session, one.phone, clinic, evidence=act.field("evidence"), actor=act.staff.id, now=act.now,
            patient=one.id,
        )  # fmt: skip
        act.note("texts allowed", f"patient:{one.id}", one.id)
    return act.go(f"/staff/patients/{one.id}")


def cancel_visit(act: Act) -> Response:
    """A visit that did not take place: nothing more is asked about it."""
    visit = visits.get(act.session, act.part("visit"))
    if visit is None:
        raise HTTPException(404)
    one = patient_for(act, visit.patient_id)
    cancel_session(act.session, visit.id, now=act.now)
    act.note("visit cancelled", f"visit:{visit.id}", one.id)
    return act.go(f"/staff/patients/{one.id}")


def move_visit(act: Act) -> Response:
    """A visit that took place at another time: what is still to be asked about it moves with it."""
    visit = visits.get(act.session, act.part("visit"))
    if visit is None:
        raise HTTPException(404)
    one, clinic = patient_for(act, visit.patient_id), act.desk.settings.clinic
    try:
        ended = moment_of(act.field("day"), act.field("time"), clinic.time_zone)
    except ValueError:
        return page_of(act, one, 422, "The day or the time is not complete.")
    if ended > act.now:
        return page_of(act, one, 422, "A visit is recorded when it has ended.")
    done = move_session(act.session, visit, ended, clinic, now=act.now)
    act.note("visit moved", f"visit:{visit.id}", one.id, steps=done.steps)
    return act.go(f"/staff/patients/{one.id}")


def new_code(act: Act) -> Response:
    """A code for the website chat, shown once."""
    visit = visits.get(act.session, act.part("visit"))
    if visit is None:
        raise HTTPException(404)
    one = patient_for(act, visit.patient_id)
    code = visits.new_code(act.session, visit.id, now=act.now, expires_at=act.now + CODE_LASTS)
    act.note("visit code made", f"visit:{visit.id}", one.id)
    return page_of(act, one, code=code)


def merge(act: Act) -> Response:
    """This one doubles another: everything moves there."""
    one = patient_for(act, act.part("patient"))
    named = act.field("into")
    other = patients.get(act.session, named) or patients.find_by_external_id(act.session, named)
    try:
        if other is None:
            raise patient_search.MergeError("no patient has that number")
        moved = patient_search.merge(act.session, one.id, other.id)
    except patient_search.MergeError as error:
        return page_of(act, one, 422, f"They were not merged: {error}.")
    act.note("merged", f"patient:{one.id}", one.id, into=other.id, rows=moved)
    return act.go(f"/staff/patients/{other.id}")


def hold(act: Act) -> Response:
    """Put under legal hold, or free."""
    one = patient_for(act, act.part("patient"))
    held = act.field("held") == "yes"
    patient_search.set_hold(act.session, one.id, held)
    act.note("legal hold" if held else "legal hold ended", f"patient:{one.id}", one.id)
    return act.go(f"/staff/patients/{one.id}")


def erase(act: Act) -> Response:
    """Erase for good; a tombstone stays."""
    one = patient_for(act, act.part("patient"))
    if act.field("sure") != "erase" or len(act.field("reason")) < 5:
        return page_of(act, one, 422, "Type “erase” and say why.")
    try:
        reason = act.field("reason")
        erasure.erase_patient(act.session, one.id, actor=act.staff.id, reason=reason, now=act.now)
    except erasure.LegalHoldError:
        return page_of(act, one, 422, "The records are under legal hold: nothing was erased.")
    return act.go("/staff/patients", done="erased")


def page_of(
    act: Act, one: Patient, status: int = 200, problem: str = "", *, revealed: bool = False, code: str = ""
) -> Response:
    """The patient's page."""
    seen = reports.recent(act.session, patient=one.id, undone=True, limit=50)
    held = visits.of_patient(act.session, one.id)
    words = act.may(Right.READ_WORDS)
    return act.page(
        "patient.html",
        status,
        one=one,
        revealed=revealed,
        problem=problem,
        code=code,
        visits=held,
        steps={visit.id: followups.of_visit(act.session, visit.id) for visit in held[:5]},
        reports=[(report, in_words(report)) for report in seen],
        picture=picture_of(act.session, seen),
        alerts=alert_queue.of_patient(act.session, one.id),
        conversations=conversations.of_patient(act.session, one.id) if words else (),
        texts=consent.state_of(act.session, one.phone_hash) if one.phone_hash else None,
        consents=consents.history(act.session, one.phone_hash) if one.phone_hash else (),
        notes=reviews.notes(act.session, patient=one.id) if words else (),
        names=names_of_staff(act),
    )
