"""Acknowledge an alert: I take care of it; nobody else is told any more."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import alerts
from bot.staff.act import Act, alert_for


def submit(act: Act) -> Response:
    """The first one stays; somebody later sees who was faster."""
    alert = alert_for(act, act.part("alert"))
    done = alerts.acknowledge(act.session, alert.id, actor=act.staff.id, now=act.now)
    if done.acknowledged_by == act.staff.id:
        act.note("acknowledged", f"alert:{alert.id}", alert.patient_id)
    return act.go(f"/staff/alerts/{alert.id}")


def note(act: Act) -> Response:
    """Write down something done: called, left a message."""
    alert = alert_for(act, act.part("alert"))
    if text := act.field("note"):
        alerts.note(act.session, alert.id, text, actor=act.staff.id, now=act.now)
        act.note("noted", f"alert:{alert.id}", alert.patient_id)
    return act.go(f"/staff/alerts/{alert.id}")
