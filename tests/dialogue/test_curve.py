"""The soreness curve: well-formed, inside its frame, and honest about gaps."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.soreness.curve import HEIGHT, WIDTH, Point, curve

SVG = "{http://www.w3.org/2000/svg}"
points = st.lists(st.builds(Point, st.floats(-5, 2000), st.integers(0, 10)), min_size=1, max_size=20)


@given(points)
def test_any_reports_give_a_picture_whose_dots_lie_inside_it(told):
    picture = ElementTree.fromstring(curve(told))
    dots = picture.findall(f"{SVG}circle")
    assert len(dots) == len(told)
    assert all(0 <= float(d.get("cx")) <= WIDTH and 0 <= float(d.get("cy")) <= HEIGHT for d in dots)


def lines(told):
    return [
        p for p in ElementTree.fromstring(curve(told)).findall(f"{SVG}path") if p.get("stroke-width") == "2"
    ]


def test_reports_a_day_apart_are_joined_and_a_gap_is_left_open():
    assert len(lines([Point(3, 6), Point(24, 4)])) == 1
    assert lines([Point(3, 6), Point(60, 2)]) == []


def test_the_picture_says_its_numbers_to_a_screen_reader():
    title = ElementTree.fromstring(curve([Point(3, 6)])).find(f"{SVG}title")
    assert title is not None and "6 after 3 hours" in title.text


def test_the_axis_grows_with_a_later_report_and_shows_three_days_at_least():
    def days(told):
        texts = ElementTree.fromstring(curve(told)).findall(f"{SVG}text")
        return [text.text for text in texts if text.get("text-anchor") == "middle"]

    assert "3" in days([Point(3, 6)])
    assert "7" in days([Point(160, 6)])


def test_no_reports_have_no_picture():
    with pytest.raises(ValueError, match="at least one report"):
        curve([])
