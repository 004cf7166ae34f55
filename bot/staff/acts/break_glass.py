"""Emergency access: front desk reads words for an hour, for a reason; the clinic is told."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import alerts, staff
from bot.staff.act import Act
from bot.staff.desk import GLASS

SIGN = "emergency_access"


def show(act: Act) -> Response:
    """The form."""
    return act.page("break_glass.html", problem="")


def submit(act: Act) -> Response:
    """Open the words, note it, and have somebody look at it afterwards."""
    reason = act.field("reason")
    if len(reason) < 10:
        return act.page("break_glass.html", 422, problem="Say in a sentence why you need this now.")
    staff.break_glass(act.session, act.token, reason=reason, until=act.now + GLASS)
    act.note("emergency access", f"staff:{act.staff.id}", reason=reason)
    alerts.open_alert(
        act.session,
        SIGN,
        "routine",
        now=act.now,
        words=f"{act.staff.name} ({act.staff.login}) asked for emergency access: {reason}",
        next_escalation_at=act.now,
    )
    return act.go("/staff")
