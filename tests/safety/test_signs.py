"""The signs file holds what the fact sheet asks for, and every sign does what its own examples say."""

import pytest

from bot.safety import Tier, assess
from bot.safety.judge import rules
from bot.safety.numbers import CONCEPTS

LEXICON, SIGNS = rules()
EXAMPLES = [(sign.name, sign.tier, text) for sign in SIGNS for text in sign.examples]
NOT_ON = [(sign.name, text) for sign in SIGNS for text in sign.not_on]
# docs/clinical-facts.md part 20: the tiers that each row may have (E, S, R).
E, S, R = Tier.EMERGENCY, Tier.SAME_DAY, Tier.ROUTINE
ROWS = (
    {row: {E} for row in (1, 2, 3, 4, 5, 7, 8, 10, 11, 13, 16, 19, 21, 26, 27)}
    | {row: {S} for row in (6, 9, 14, 15, 17, 22, 23, 24, 25, 28)}
    | {row: {E, S} for row in (12, 18, 20)}
    | {row: {R} for row in (29, 30)}
)


@pytest.mark.parametrize("row", range(1, 31))
def test_every_row_of_part_20_has_its_signs_at_its_tiers(row):
    assert {sign.tier for sign in SIGNS if sign.row == row} == ROWS[row]


@pytest.mark.parametrize(("sign", "tier", "text"), EXAMPLES)
def test_a_sign_is_found_in_its_examples(sign, tier, text):
    found = assess(text)
    assert found.tier is tier, found.signs
    assert sign in {sign.sign for sign in found.signs}


@pytest.mark.parametrize(("sign", "text"), NOT_ON)
def test_a_sign_does_not_fire_on_its_look_alikes(sign, text):
    assert sign not in {found.sign for found in assess(text).signs}


def test_every_sign_names_a_cause_and_has_examples_of_both_kinds():
    assert all(sign.cause and sign.examples and sign.not_on for sign in SIGNS)


def test_every_concept_that_a_pattern_names_is_in_the_words_file():
    named = {
        concept
        for sign in SIGNS
        for pattern in sign.patterns
        for group in (
            *(item.concepts for item in pattern.items),
            pattern.absent,
            pattern.nowhere,
            *pattern.elsewhere,
        )
        for concept in group
    }
    assert named - set(LEXICON.phrases) - CONCEPTS == set()


def test_the_most_urgent_sign_comes_first_and_gives_the_tier():
    found = assess("fingers tingling since tuesday and now I cant breathe")
    assert found.tier is Tier.EMERGENCY
    assert [sign.tier.urgency for sign in found.signs] == sorted(
        (s.tier.urgency for s in found.signs), reverse=True
    )
    assert {"breathless", "nerve"} <= {sign.sign for sign in found.signs}


def test_routine_matters_raise_no_alert():
    assert not assess("small bruise on my arm").is_alert
    assert assess("small bruise on my arm").tier is Tier.ROUTINE
