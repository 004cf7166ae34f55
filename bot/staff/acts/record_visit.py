"""Record a visit: the follow-up questions are planned with it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.followups.sessions import SessionError, SessionGiven, record_session
from bot.records import patients
from bot.staff.act import Act

_CONSENTS = ("asked", "written", "none")


def show(act: Act) -> Response:
    """The form; for a known patient the number is filled in by us and not shown."""
    return _page(act, "")


def submit(act: Act) -> Response:
    """Record it, or say what is wrong with which field."""
    clinic = act.desk.settings.clinic
    known = patients.get(act.session, act.field("patient")) if act.field("patient") else None
    areas = tuple(name for name in (act.field(f"area{number}") for number in (1, 2, 3)) if name)
    try:
        ended = moment_of(act.field("day"), act.field("time"), clinic.time_zone)
        if ended > act.now:
            raise SessionError("time: the visit has not ended yet")
        given = SessionGiven(
            phone=known.phone or "" if known else act.field("phone"),
            ended_at=ended,
            first_name=(known.name or "") if known else act.field("name"),
            patient_id=known.external_id if known else act.field("patient_id") or None,
            areas=areas,
            therapist=act.field("therapist") or None,
            consent=act.field("consent") if act.field("consent") in _CONSENTS else "none",  # type: ignore[arg-type]
        )
        done = record_session(act.session, given, clinic, actor=act.staff.id, now=act.now)
    except ValueError:
        return _page(act, "The day or the time is not complete.")
    except SessionError as error:
        return _page(act, f"{str(error).replace('_', ' ')}.".capitalize())
    act.note(
        "visit recorded", f"visit:{done.visit.id}", done.patient.id, change=done.change, steps=done.steps
    )
    return act.go(f"/staff/patients/{done.patient.id}")


def moment_of(day: str, time: str, zone: str) -> datetime:
    """A day and a time on the clinic's clock. Raises ValueError when one of them is none."""
    return datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))


def _page(act: Act, problem: str) -> Response:
    from bot.reading.body_parts import body_parts  # 0.15 s, not at the door's start

    patient = act.field("patient") or act.query("patient")
    known = patients.get(act.session, patient) if patient else None
    local = act.now.astimezone(ZoneInfo(act.desk.settings.clinic.time_zone))
    values = {
        "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "consent": "asked", "phone": "", "name": "",
        "patient_id": "", "therapist": act.staff.name, "area1": "", "area2": "", "area3": "",
    } | dict(act.form)  # fmt: skip
    return act.page(
        "visit_new.html", 422 if problem else 200, known=known, problem=problem, values=values,
        parts=sorted(body_parts()),
    )  # fmt: skip
