"""Numbers that people look at; each leads to the list behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.records.figures import figures
from bot.staff.act import Act

_DAYS = 30


def show(act: Act) -> Response:
    """The figures of a span of days, the last thirty at first."""
    zone = ZoneInfo(act.desk.settings.clinic.time_zone)
    today = act.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = _day(act.query("since"), zone) or today - timedelta(days=_DAYS)
    until = _day(act.query("until"), zone) or today
    if until < since:
        since, until = until, since
    return act.page(
        "numbers.html",
        figures=figures(act.session, since, until + timedelta(days=1)),
        since=since,
        until=until,
    )


def _day(value: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return None
