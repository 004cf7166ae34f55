"""Cutting a message into its questions, and spelling for the classifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.parts import MOST_PARTS, parts
from bot.nlu.spelling import Speller

SPELLER = Speller({"needling": 50, "heating": 8, "meeting": 9, "bruise": 30, "massage": 12, "soreness": 40})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("does it hurt", ["does it hurt"]),
        ("is it sore? how long for?", ["is it sore", "how long for"]),
        (
            "is it safe, how much is it and can i drive home",
            ["is it safe", "how much is it", "can i drive home"],
        ),
        (
            "can i swim, lift weights and have a beer",
            ["can i swim", "can i lift weights", "can i have a beer"],
        ),
        ("my back is sore and stiff", ["my back is sore and stiff"]),
        ("i had it on my neck. is the bruise ok", ["i had it on my neck", "is the bruise ok"]),
    ],
)
def test_a_message_is_cut_where_another_question_begins(text: str, expected: list[str]) -> None:
    assert [part.text for part in parts(text)] == expected


def test_a_part_knows_whether_it_asks() -> None:
    told, asked = parts("my calf is a 6. can i run")
    assert (told.asks, asked.asks) == (False, True)


@given(st.text(max_size=400))
def test_any_text_has_between_one_and_six_parts(text: str) -> None:
    assert 1 <= len(parts(text)) <= MOST_PARTS


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("needeling", "needling"),
        ("brusie", "bruise"),
        ("a heeting pad", "a heating pad"),
        ("2moro pls", "tomorrow please"),
        ("sooooreness", "soreness"),
        ("Massage", "massage"),
    ],
)
def test_misspelt_words_become_words_of_the_domain(written: str, read: str) -> None:
    assert SPELLER.normalise(written) == read


@pytest.mark.parametrize("word", ["libre", "zyx", "paris", "9/10", "naproxen"])
def test_other_words_are_left_alone(word: str) -> None:
    assert SPELLER.normalise(word) == word


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = SPELLER.normalise(text)
    assert SPELLER.normalise(once) == once or "'" in once
