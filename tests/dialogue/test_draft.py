"""A draft travels as plain data and loses nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.soreness.asides import asks, statements
from bot.soreness.draft import Draft, Spot, as_plain, from_plain
from bot.soreness.taking_in import read, take_in

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def after(*said: tuple[str, str | None], correcting: bool = False) -> Draft:
    draft = Draft()
    for text, asked in said:
        reading = read(text, asked, now=NOW, zone="America/New_York", session_at=None)
        draft = take_in(draft, reading, asked=asked, correcting=correcting and draft != Draft())
    return draft


def test_a_draft_comes_back_from_json_as_it_was_zero_scores_too():
    draft = Draft(
        score=0, spots=(Spot("neck", score=0),), tries={"where": 1}, complete=True, words=("a", "b")
    )
    assert from_plain(json.loads(json.dumps(as_plain(draft)))) == draft


def test_nothing_comes_back_as_an_empty_draft():
    assert from_plain(None) == Draft()


def test_between_two_numbers_the_higher_counts_and_both_are_kept():
    draft = after(("between 5 and 6", "score"))
    assert (draft.score, draft.score_low, draft.score_high) == (6, 5, 6)


def test_an_answer_adds_a_place_and_a_correction_replaces_it():
    assert [s.part for s in after(("left calf", "where"), ("also my neck", None)).spots] == ["calf", "neck"]
    assert [s.part for s in after(("left calf", "where"), ("no, the neck", None), correcting=True).spots] == [
        "neck"
    ]


def test_the_other_side_of_a_part_is_another_place():
    spots = after(("left calf", "where"), ("right calf as well", None)).spots
    assert [(s.part, s.side) for s in spots] == [("calf", "left"), ("calf", "right")]


def test_a_symptom_that_is_denied_later_is_taken_out():
    draft = after(("a bruise", "anything_else"), ("no bruise any more", None))
    assert draft.symptoms == () and draft.denied == ("bruising",)


def test_three_days_to_when_was_it_is_three_days_ago():
    assert after(("3 days", "when")).session_at.startswith("2026-11-17")


def test_what_is_asked_and_what_is_told_are_parted():
    assert statements("6 in my neck, is that normal?") == "6 in my neck"
    assert statements("is it normal?") == "" and asks("2 days ago, and can I shower?")
    assert not asks("6?") and statements("6?") == "6?"
