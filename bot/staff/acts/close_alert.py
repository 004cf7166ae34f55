"""Close an alert with an outcome and a note."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import alerts
from bot.staff.act import Act, alert_for
from bot.staff.acts.alerts import OUTCOMES, page_of


def submit(act: Act) -> Response:
    """Both are asked for: a closed alert says what was done."""
    alert = alert_for(act, act.part("alert"))
    outcome, note = act.field("outcome"), act.field("note")
    if outcome not in OUTCOMES or len(note) < 3:
        return page_of(act, alert, 422, "Choose an outcome and write what was done.")
    alerts.close(act.session, alert.id, actor=act.staff.id, outcome=outcome, note=note, now=act.now)
    act.note("closed", f"alert:{alert.id}", alert.patient_id, outcome=outcome)
    return act.go("/staff/soreness" if alert.report_id else "/staff/alerts")
