"""What a report comes to: inside the usual course or not, and what staff must see (clinical-facts.md 13.4-13.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.safety import Tier
from bot.settings import Soreness
from bot.soreness.course import Course, judge
from bot.soreness.draft import Draft, Spot

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LIMITS = Soreness()


def report(score: int | None, hours: float | None, **more) -> Draft:
    at = None if hours is None else (NOW - timedelta(hours=hours)).isoformat()
    return Draft(score=score, session_at=at, **more)


@pytest.mark.parametrize(
    ("draft", "course"),
    [
        (report(5, 3), Course.USUAL),
        (report(5, 48), Course.USUAL),
        (report(3, 60), Course.LATE),
        (report(1, 73), Course.PAST),
        (report(0, 200), Course.NONE),
        (report(7, 3), Course.TODAY),
        (report(3, 3, trend="worse"), Course.USUAL),
        (report(3, 50, trend="worse"), Course.TODAY),
        (report(3, 50, previous_score=2), Course.TODAY),
        (report(2, 50, previous_score=6), Course.LATE),
        (report(3, 20, symptoms=("numbness",)), Course.TODAY),
        (report(3, 20, symptoms=("swelling",)), Course.TELL),
        (report(3, 20, symptoms=("bruising",)), Course.USUAL),
        (report(4, None), Course.UNDATED),
        (report(4, 20, spots=(Spot("neck", score=4), Spot("shoulder", score=8))), Course.TODAY),
    ],
)
def test_the_course_follows_the_cut_offs(draft, course):
    assert judge(draft, LIMITS, now=NOW).course is course


def test_a_score_at_the_cut_off_is_a_task_for_today_and_one_below_is_none():
    assert [task.tier for task in judge(report(7, 3), LIMITS, now=NOW).tasks] == [Tier.SAME_DAY]
    assert judge(report(6, 3), LIMITS, now=NOW).tasks == ()


def test_the_clinic_moves_the_cut_off():
    assert judge(report(5, 3), Soreness(same_day_score=5), now=NOW).course is Course.TODAY


def test_soreness_that_had_gone_and_is_back_is_told_to_the_clinic():
    judgement = judge(report(3, 40), LIMITS, now=NOW, earlier=(5, 0))
    assert [task.rule for task in judgement.tasks] == ["soreness_back"]


def test_a_higher_score_than_before_after_day_two_is_rising():
    assert judge(report(5, 50), LIMITS, now=NOW, earlier=(3,)).course is Course.TODAY
    assert judge(report(5, 40), LIMITS, now=NOW, earlier=(3,)).course is Course.USUAL
