"""Patients: the list with masked names, and finding one (by POST: names and numbers stay out of addresses)."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import patient_search
from bot.records.patients import Patient
from bot.sms.numbers import e164
from bot.staff.act import Act


def show(act: Act) -> Response:
    """The patients added last."""
    return _page(act, patient_search.newest(act.session), "")


def find(act: Act) -> Response:
    """Patients by phone, by the clinic's own number, or by a part of the name."""
    typed = act.field("who")[:100]
    found = patient_search.find(act.session, typed, e164(typed, act.desk.settings.clinic.country))
    act.note("searched", "patients", found=len(found))
    return _page(act, found, typed)


def _page(act: Act, found: tuple[Patient, ...], typed: str) -> Response:
    return act.page("patients.html", found=found, typed=typed, done=act.query("done"))
