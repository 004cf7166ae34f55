"""When a text may be sent: wall-clock windows in a patient's zones. Pure functions over moments and zones.

The window must be open in every zone that the patient may be in: the one that they stated, and the ones of
their area code (sms-and-privacy.md B.4). Instants are aware datetimes; days and hours are wall time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_zones

from bot.settings import Followups

_MOST_AREA_ZONES = 4  # more: the number says nothing about where its owner is (toll-free)
_SUNDAY = 6


@dataclass(frozen=True)
class Hours:
    """The hours of a day in which texts may be sent: from (included) until (excluded)."""

    start: time
    end: time
    sunday_start: time

    def starts(self, day: date) -> time:
        """When a day's window opens."""
        return self.sunday_start if day.weekday() == _SUNDAY else self.start


def hours_of(rules: Followups) -> Hours:
    """The window that clinic.yml states."""
    return Hours(*(time.fromisoformat(text) for text in (rules.ask_from, rules.ask_until, rules.sunday_from)))


@lru_cache(maxsize=4096)
def zones_of(phone: str | None, stated: str) -> tuple[str, ...]:
    """The zones in which a patient may be: the stated one and the number's, when it has but a few."""
    area: tuple[str, ...] = ()
    if phone is not None:
        try:
            area = tuple(number_zones.time_zones_for_number(phonenumbers.parse(phone)))
        except phonenumbers.NumberParseException:
            area = ()
    if len(area) > _MOST_AREA_ZONES or "Etc/Unknown" in area:
        area = ()
    return tuple(dict.fromkeys((stated, *area)))


def instant(day: date, at: time, zone: str) -> datetime:
    """The moment of a wall time, in UTC.

    A time that is skipped (clocks go forward) is the one as much later; of a time that comes twice it is the first
    (sms-and-privacy.md C.5).
    """
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def is_open(moment: datetime, zones: Iterable[str], hours: Hours) -> bool:
    """Whether texts may be sent at a moment, in every zone."""
    for zone in zones:
        local = moment.astimezone(ZoneInfo(zone))
        if not hours.starts(local.date()) <= local.time() < hours.end:
            return False
    return True


def closes_at(moment: datetime, zones: Iterable[str], hours: Hours) -> datetime:
    """When the window that is open at a moment closes, in the first zone to close; the moment itself if shut.

    Where clocks go back across the end of a window, its first end counts.
    """
    zones = tuple(zones)
    if not is_open(moment, zones, hours):
        return moment.astimezone(UTC)
    ends = []
    for zone in zones:
        day = moment.astimezone(ZoneInfo(zone)).date()
        end = instant(day, hours.end, zone)
        # A window that ends inside a skipped hour ends where the skip begins.
        ends.append(end if end > moment else moment.astimezone(UTC))
    return min(ends)


def opens_at(moment: datetime, zones: Iterable[str], hours: Hours, days: int = 15) -> datetime | None:
    """The first moment from here on at which texts may be sent; None when the zones' windows never meet."""
    zones = tuple(zones)
    now = moment.astimezone(UTC)
    if is_open(now, zones, hours):
        return now
    starts = set()
    for zone in zones:
        today = now.astimezone(ZoneInfo(zone)).date()
        for ahead in range(-1, days):
            day = today + timedelta(days=ahead)
            starts.add(instant(day, hours.starts(day), zone))
    return next((start for start in sorted(starts) if start > now and is_open(start, zones, hours)), None)


def room(moment: datetime, zones: Iterable[str], hours: Hours, least: timedelta) -> datetime | None:
    """The first moment from here on at which the window stays open for at least a while."""
    zones = tuple(zones)
    found = opens_at(moment, zones, hours)
    for _ in range(15):
        if found is None or closes_at(found, zones, hours) - found >= least:
            return found
        found = opens_at(closes_at(found, zones, hours) + timedelta(seconds=1), zones, hours)
    return None
