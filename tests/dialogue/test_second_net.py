"""Behind the rules: a message close to known warnings is a sign, although no rule fired; a harmless one is not."""

from __future__ import annotations

import pytest

from bot.nlu.encoder import load_encoder
from bot.nlu.warning_net import RAISES, THRESHOLD, WarningNet, can_warn, load_phrases, only_asks, tiers
from bot.safety import Tier

CLEARLY = 1.0  # above the threshold: a test must not hang on a few more look-alikes in data/warnings.yml


@pytest.fixture(scope="module")
def net() -> WarningNet:
    """A net of the phrases alone: its own look-alikes stand for what is harmless."""
    return WarningNet.fit(load_encoder(), [])


def test_every_phrase_names_a_sign_and_there_are_five_hundred():
    phrases = load_phrases()
    assert len(phrases.warnings) >= 500 and set(phrases.signs) <= tiers().keys()
    assert {tiers()[sign] for sign in phrases.signs} == {Tier.EMERGENCY, Tier.SAME_DAY}


def test_no_phrase_is_told_twice_or_on_both_sides():
    phrases = load_phrases()
    told = [*phrases.warnings, *phrases.harmless]
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("i am choking for breath since lunch", "breathless"),
        ("i want to be dead", "self_harm"),
        ("the tip of the needle is stuck inside my leg", "needle_left"),
        ("i swallowed all the tablets in the box", "overdose"),
    ],
)
def test_a_new_wording_of_a_warning_is_its_sign(net, text, sign):
    near = net.look(text)
    assert near.sign == sign and near.tier is tiers()[sign]
    assert near.score > THRESHOLD + CLEARLY


@pytest.mark.parametrize(
    "text",
    [
        "do you have parking near the clinic",
        "the therapist was lovely and kind",
        "no chest pain and i breathe well",
        "my headache is gone now",
        "no trouble with my breath",
        "it bled but stopped",
        "left calf",
    ],
)
def test_a_harmless_message_is_no_sign_and_what_is_denied_or_over_neither(net, text):
    assert not can_warn(text) or net.look(text).score < THRESHOLD


@pytest.mark.parametrize(
    ("emergency", "same_day"),
    [
        ("my arm just hangs there, i cannot move it or feel it", "my two fingers still tingle a bit"),
        ("fever and shaking, he does not know where he is", "the spot is red and warm with pus"),
    ],
)
def test_an_emergency_is_told_from_a_same_day_sign_of_the_same_place(net, emergency, same_day):
    assert net.look(emergency).urgency > RAISES > 0 > net.look(same_day).urgency


def test_what_is_only_asked_must_show_it_plainly_and_a_word_is_left_to_the_rules():
    assert only_asks("what if my lung collapses?") and not only_asks("my lung hurts. what now?")
    assert not can_warn("chest")


def test_a_net_read_back_judges_the_same(net, tmp_path):
    net.save(tmp_path)
    text = "i am choking for breath since lunch"
    assert WarningNet.load(load_encoder(), tmp_path).look(text).score == pytest.approx(
        net.look(text).score, abs=0.05
    )
