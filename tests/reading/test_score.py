import re
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.tables import HERE, read, table

ROWS = table("scores.yml")
ASKED = "On a scale of 0 to 10, how sore are you?"


def right(asked: str | None, text: str, wanted) -> bool:
    reading = read(text, asked)
    if wanted == "out":
        return reading.score is None and reading.out_of_range
    if not isinstance(wanted, dict):
        return reading.score == wanted and not reading.out_of_range
    return (
        reading.score == wanted["score"]
        and ("low" not in wanted or reading.score_low == wanted["low"])
        and ("previous" not in wanted or reading.previous_score == wanted["previous"])
    )


def silently_wrong(asked: str | None, text: str, wanted) -> bool:
    score = read(text, asked).score
    expected = wanted["score"] if isinstance(wanted, dict) else wanted
    return score is not None and score != expected


def test_the_table_holds_at_least_400_number_phrases():
    assert len(ROWS) >= 400


def test_at_least_98_percent_of_number_phrases_are_read_exactly():
    wrong = [(text, wanted) for asked, text, wanted in ROWS if not right(asked, text, wanted)]
    assert len(wrong) <= 0.02 * len(ROWS), wrong


def test_at_most_2_in_1000_number_phrases_give_a_wrong_score_in_silence():
    wrong = [(text, wanted) for asked, text, wanted in ROWS if silently_wrong(asked, text, wanted)]
    assert len(wrong) <= 0.002 * len(ROWS), wrong


def test_at_most_one_in_ten_numbers_of_no_clear_role_is_taken_for_a_score():
    items = yaml.safe_load((HERE / "doubts.yml").read_text(encoding="utf-8"))["items"]
    taken = [
        one["text"]
        for one in items
        if read(one["text"], ASKED if one.get("asked") else None).score not in {None, *one.get("accept", ())}
    ]
    assert len(taken) <= len(items) / 10, taken


@pytest.mark.parametrize(
    ("text", "ask"),
    [("12", "out_of_range"), ("5 out of 5", "other_scale"), ("8 to 2", "several"), ("not 8", "unclear")],
)
def test_a_number_that_gives_no_score_says_why_it_must_be_asked_again(text, ask):
    assert read(text, ASKED).ask == ask


def test_a_range_keeps_both_ends_and_scores_the_higher():
    reading = read("between 5 and 6", ASKED)
    assert (reading.score, reading.score_low, reading.score_high) == (6, 5, 6)


def test_the_span_of_a_score_is_the_patients_own_words():
    reading = read("hmm…  I’d say ６ today", ASKED)
    assert reading.score == 6
    assert reading.score_span.words == "６"
    assert reading.text[reading.score_span.start : reading.score_span.end] == "６"


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(
        ["was a {}", "it was {}", "{} yesterday", "yesterday {}", "yesterday it was a {}",
        "was a {} on monday", "{} last night",
         "at first {}", "started at {}", "it was {} two days ago", "{}/10 yesterday",
         "this morning it was {}"]
    ),
    st.sampled_from(
        ["now {}", "now its a {}", "{} now", "its a {} now", "today {}", "{} today", "today its a {}",
        "right now its {}",
         "{}/10 now", "currently {}", "now it's around {}"]
    ),
    st.sampled_from([", ", " but ", " and ", ". ", "; "]),
    st.booleans(),
    st.integers(0, 10),
    st.integers(0, 10),
)  # fmt: skip
def test_an_earlier_and_a_present_score_are_told_apart_in_either_order(
    past, present, joint, past_first, was, now
):
    parts = [past.format(was), present.format(now)]
    reading = read(joint.join(parts if past_first else parts[::-1]), ASKED)
    assert (reading.score, reading.previous_score) == (now, was)


words = st.sampled_from(
    [
        "neck",
        "calf",
        "sore",
        "about",
        "like",
        "a",
        "3",
        "7",
        "10",
        "12",
        "100",
        "six",
        "ten",
        "-1",
        "/",
        ".",
        ",",
        "-",
        "to",
        "or",
        "between",
        "and",
        "not",
        "was",
        "now",
        "yesterday",
        "today",
        "out",
        "of",
        "3pm",
        "14th",
        "2",
        "days",
        "ago",
        "hours",
        "left",
        "right",
        "when",
        "no",
        "none",
        "half",
        "%",
        "+",
        "since",
        "tuesday",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(words, max_size=12).map(" ".join), st.sampled_from([None, ASKED, "When was your last session?"])
)
def test_no_message_gives_a_score_outside_0_to_10(text, asked):
    reading = read(text, asked)
    for score in (reading.score, reading.previous_score, *(area.score for area in reading.areas)):
        assert score is None or 0 <= score <= 10


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_read_without_an_error(text):
    read(text, ASKED)


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(2026, 1, 1), date(2026, 11, 19)),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d %B", "%B %d", "%b %d %Y", "the %dth", "on the %dth of %B"]),
    st.sampled_from(["{}", "session was {}", "since {}", "sore since {}", "it was {} i think"]),
    st.sampled_from([None, ASKED, "When was your last session?"]),
)
def test_a_date_is_never_a_score(day, form, frame, asked):
    assert read(frame.format(day.strftime(form)), asked).score is None


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 60),
    st.sampled_from(
        [
            "days",
            "hrs",
            "hours ago",
            "weeks",
            "sessions",
            "km",
            "mg",
            "needles",
            "minutes",
            "pm",
            "miles",
            "years old",
        ]
    ),
    st.sampled_from([None, ASKED, "How long has it been sore?"]),
)
def test_a_count_with_a_unit_is_never_a_score(count, unit, asked):
    assert read(f"{count} {unit}", asked).score is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ROWS))
def test_case_and_spacing_change_nothing(row):
    asked, text, _ = row
    plain = read(text, asked)
    for other in (text.upper(), text.title(), "  " + re.sub(" ", "   ", text) + " "):
        again = read(other, asked)
        assert (again.score, again.score_low, again.previous_score, again.ask) == (
            plain.score,
            plain.score_low,
            plain.previous_score,
            plain.ask,
        ), other
