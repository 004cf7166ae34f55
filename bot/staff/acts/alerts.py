"""Warning signs and soreness tasks: the lists and one alert's page."""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

from bot.records import alert_queue, alerts, patients, staff
from bot.records.alerts import Alert
from bot.staff.act import Act, alert_for
from bot.staff.roles import Right

OUTCOMES = {
    "called": "Called the patient",
    "sent_to_emergency": "Sent to emergency care",
    "appointment": "Gave an appointment",
    "not_a_concern": "Not a concern",
    "could_not_reach": "Could not reach the patient",
}


def show_signs(act: Act) -> Response:
    """Warning signs that wait."""
    return _list(act, "signs")


def show_soreness(act: Act) -> Response:
    """Soreness that a person must look at."""
    return _list(act, "soreness")


def show(act: Act) -> Response:
    """One alert: the words, what was answered, the clock, the steps so far."""
    alert = alert_for(act, act.part("alert"))
    return page_of(act, alert)


def page_of(act: Act, alert: Alert, status: int = 200, problem: str = "") -> Response:
    """An alert's page, with what went wrong, if anything did."""
    patient = patients.get(act.session, alert.patient_id) if alert.patient_id else None
    return act.page(
        "alert.html",
        status,
        alert=alert,
        patient=patient,
        steps=alerts.history(act.session, alert.id),
        names=names_of_staff(act),
        outcomes=OUTCOMES,
        told_next=told_next(act, alert),
        problem=problem,
    )


def names_of_staff(act: Act) -> dict[str, str]:
    """Names by staff id, for "who did it"."""
    return staff.names(act.session) | {"assistant": "the assistant"}


def told_next(act: Act, alert: Alert) -> str:
    """Who is told next and when, in words; "" when nobody is."""
    steps = act.desk.settings.clinic.alerting.steps
    if alert.state != "open" or alert.next_escalation_at is None or alert.escalation_step >= len(steps):
        return ""
    return steps[alert.escalation_step].name


def _list(act: Act, kind: Literal["signs", "soreness"]) -> Response:
    waiting = alert_queue.unsettled(act.session, kind)
    past = alert_queue.closed(act.session, kind, 20)
    if act.may(Right.READ_WORDS) and waiting:
        act.note("listed", f"alerts:{kind}", alerts=[alert.id for alert in waiting])
    return act.page("alerts.html", kind=kind, waiting=waiting, past=past, names=names_of_staff(act))
