"""The front page: what waits, and since when."""

from __future__ import annotations

from starlette.responses import Response

from bot.records import alert_queue
from bot.staff.act import Act
from bot.staff.roles import Right


def show(act: Act) -> Response:
    """The queues as cards, and the open warning signs."""
    open_signs = alert_queue.unsettled(act.session, "signs", 5) if act.may(Right.SEE_ALERTS) else ()
    return act.page("queues.html", signs=open_signs, done=act.query("done"))


def show_counts(act: Act) -> Response:
    """The list of queues alone, for the refresh every 30 seconds."""
    return act.page("_queues.html")


def show_keys(act: Act) -> Response:
    """The keyboard's map as a page."""
    return act.page("keys.html")
