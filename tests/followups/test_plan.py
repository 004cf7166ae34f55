"""When questions are due: elapsed hours stay elapsed, wall time stays wall time, jitter stays put."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups.hours import hours_of, is_open
from bot.followups.plan import jitter, plan, reminder_of
from bot.settings import Followups, Step

STILL = Followups(jitter_minutes=0)
NEW_YORK = ("America/New_York",)
ZONES = sorted(available_timezones() - {"Factory"})


def local(moment: datetime, zone: str = NEW_YORK[0]) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


def planned(ended: str, rules: Followups = STILL, zones: tuple[str, ...] = NEW_YORK) -> dict[str, str]:
    at = datetime.fromisoformat(ended).replace(tzinfo=ZoneInfo(zones[0])).astimezone(UTC)
    return {step.step: local(step.due_at, zones[0]) for step in plan("v", at, zones, rules)}


def test_the_ordinary_plan() -> None:
    assert planned("2026-11-17 11:00") == {
        "hours3": "11-17 14:00",
        "day1": "11-18 10:00",
        "day3": "11-20 10:00",
    }


def test_three_hours_after_an_evening_session_is_left_out() -> None:
    assert planned("2026-11-17 17:30") == {"day1": "11-18 10:00", "day3": "11-20 10:00"}


def test_a_question_that_falls_on_sunday_morning_moves_to_noon() -> None:
    assert planned("2026-11-19 11:00")["day3"] == "11-22 12:00"


def test_the_next_day_at_ten_is_ten_on_the_wall_when_the_clocks_change() -> None:
    assert planned("2027-03-13 11:00")["day1"] == "03-14 12:00"  # a Sunday
    assert planned("2026-10-31 11:00")["day3"] == "11-03 10:00"


def test_hours_are_elapsed_hours_when_the_clocks_change() -> None:
    rules = Followups(jitter_minutes=0, steps=(Step(name="later", after_hours=24),))
    assert planned("2027-03-13 15:00", rules) == {"later": "03-14 16:00"}


def test_arizona_and_puerto_rico_do_not_shift() -> None:
    for zone in ("America/Phoenix", "America/Puerto_Rico"):
        assert planned("2027-03-12 11:00", zones=(zone,))["day3"] == "03-15 10:00"


def test_a_question_expires_when_the_next_one_is_due() -> None:
    rules = Followups(jitter_minutes=0, steps=(Step(name="day1", day=1), Step(name="day2", day=2)))
    first, second = plan("v", datetime(2026, 11, 17, 16, tzinfo=UTC), NEW_YORK, rules)
    assert first.expires_at == second.due_at


def test_jitter_spreads_and_stays() -> None:
    shifts = {jitter(f"visit{number}", 20) for number in range(300)}
    assert len(shifts) > 200
    assert max(shifts) <= timedelta(minutes=20) and min(shifts) >= -timedelta(minutes=20)
    assert jitter("visit1", 20) == jitter("visit1", 20)


def test_a_reminder_that_would_come_after_the_question_has_closed_is_not_planned() -> None:
    (step, *_) = plan("v", datetime(2026, 11, 17, 16, tzinfo=UTC), NEW_YORK, STILL)
    assert reminder_of(step, step.due_at, NEW_YORK, STILL) is not None
    assert reminder_of(step, step.expires_at - timedelta(hours=1), NEW_YORK, STILL) is None


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)), st.text(max_size=8))
def test_every_question_of_every_session_in_every_zone_falls_within_the_hours(
    zone: str, ended: datetime, visit: str
) -> None:
    rules = Followups()
    steps = plan(visit, ended.replace(tzinfo=UTC), (zone,), rules)
    for step in steps:
        assert is_open(step.due_at, (zone,), hours_of(rules))
        assert ended.replace(tzinfo=UTC) < step.due_at < step.expires_at
    assert [step.due_at for step in steps] == sorted(step.due_at for step in steps)
