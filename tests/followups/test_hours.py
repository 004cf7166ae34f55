"""Texts are sent within the hours of every zone that a patient may be in, in every zone, across every shift."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.followups.hours import Hours, closes_at, instant, is_open, opens_at, room, zones_of

HOURS = Hours(time(9), time(20), time(12))
ZONES = sorted(zone for zone in available_timezones() if not zone.startswith(("posix", "right", "Factory")))
MINUTE = timedelta(minutes=1)
YEARS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))


def shifts(zone: str) -> Iterator[datetime]:
    """The moments within three years at which a zone's clocks change, to the minute."""
    info, moment = ZoneInfo(zone), YEARS[0]
    while moment < YEARS[1]:
        following = moment + timedelta(days=1)
        if moment.astimezone(info).utcoffset() != following.astimezone(info).utcoffset():
            low, high = moment, following
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high.replace(second=0, microsecond=0)
        moment = following


def by_the_wall_clock(moment: datetime, zone: str) -> bool:
    """The rule in other words: the hour on a clock on the wall there."""
    local = moment.astimezone(ZoneInfo(zone))
    minutes = local.hour * 60 + local.minute
    return (720 if local.strftime("%A") == "Sunday" else 540) <= minutes < 1200


def test_there_are_hundreds_of_zones_and_shifts() -> None:
    assert len(ZONES) > 400


@pytest.mark.parametrize("part", range(8))
def test_around_every_shift_of_three_years_nothing_is_sent_or_valid_outside_the_hours(part: int) -> None:
    checked = 0
    for zone in ZONES[part::8]:
        info = ZoneInfo(zone)
        for shift in shifts(zone):
            day_start = shift.astimezone(info).replace(hour=8, minute=50, second=0)
            for near in (
                shift - timedelta(minutes=5),
                day_start.astimezone(UTC),
                shift + timedelta(hours=10),
            ):
                for step in range(0, 30, 3):
                    moment = near + step * MINUTE
                    checked += 1
                    assert is_open(moment, (zone,), HOURS) == by_the_wall_clock(moment, zone), (zone, moment)
                    found = opens_at(moment, (zone,), HOURS)
                    assert found is not None and by_the_wall_clock(found, zone)
                    end = closes_at(found, (zone,), HOURS)
                    assert end > found and by_the_wall_clock(end - MINUTE, zone), (zone, found, end)
                    assert end - found <= timedelta(hours=11)
    assert checked > 0 or part


def test_nothing_is_sent_outside_the_hours_at_random_moments_in_every_zone() -> None:
    chance = random.Random(7)
    span = int((YEARS[1] - YEARS[0]).total_seconds())
    for zone in ZONES:
        for _ in range(10):
            moment = YEARS[0] + timedelta(seconds=chance.randrange(span))
            found = room(moment, (zone,), HOURS, timedelta(seconds=300))
            assert found is not None and found >= moment
            end = closes_at(found, (zone,), HOURS)
            assert end - found >= timedelta(seconds=300)
            for share in (0.0, 0.25, 0.5, 0.75, 0.999):
                assert by_the_wall_clock(found + (end - found) * share, zone), (zone, found, end)


def test_a_phone_of_another_coast_narrows_the_hours() -> None:
    zones = zones_of("+12135550143", "America/New_York")  # a Los Angeles number
    assert zones == ("America/New_York", "America/Los_Angeles")
    morning = instant(date(2026, 11, 20), time(9, 30), "America/New_York")
    opened = opens_at(morning, zones, HOURS)
    assert opened == instant(date(2026, 11, 20), time(9), "America/Los_Angeles")
    assert closes_at(opened, zones, HOURS) == instant(date(2026, 11, 20), time(20), "America/New_York")


def test_a_toll_free_number_says_nothing_about_its_owner() -> None:
    assert zones_of("+18002221222", "America/New_York") == ("America/New_York",)


def test_on_sunday_nothing_is_sent_before_noon() -> None:
    sunday = instant(date(2026, 11, 22), time(9), "America/New_York")
    assert opens_at(sunday, ("America/New_York",), HOURS) == sunday + timedelta(hours=3)


def test_zones_whose_hours_never_meet_get_nothing() -> None:
    assert opens_at(YEARS[0], ("Pacific/Kiritimati", "America/New_York", "Asia/Kolkata"), HOURS) is None


def test_a_skipped_hour_is_the_hour_as_much_later_and_a_double_one_is_its_first() -> None:
    new_york = "America/New_York"
    assert instant(date(2027, 3, 14), time(2, 30), new_york) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert instant(date(2026, 11, 1), time(1, 30), new_york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
