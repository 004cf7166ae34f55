"""Rasa does once what it did at every message, and decides as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.dialogue import rasa_repeats


@pytest.fixture
def policy(assistant: Any) -> RulePolicy:
    nodes = assistant.processor.graph_runner._nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, RulePolicy))


def conversations(policy: RulePolicy) -> Iterator[list[dict[str, Any]]]:
    """What each rule describes, alone and after what each of some others does."""
    rules = [json.loads(key) for key in policy.lookup[RULES]]
    yield from rules
    yield from (before + after for before, after in product(rules[::5], rules))


@pytest.mark.parametrize("which", [RULES, RULES_FOR_LOOP_UNHAPPY_PATH])
def test_the_rules_that_apply_are_those_that_rasa_finds(policy: RulePolicy, which: str) -> None:
    rules = policy.lookup[which]
    found = 0
    for states in conversations(policy):
        apply = policy._get_possible_keys(rules, states)
        assert apply == rasa_repeats._that_apply(policy, rules, states)
        found += len(apply)
    assert found > len(rules)


def test_a_copied_slot_is_a_slot_of_its_own() -> None:
    slot = TextSlot("where", mappings=[{"type": "custom"}])
    slot.value = "calf"
    other = rasa_repeats._copied_slot(slot)
    other.value = "neck"
    assert (slot.value, other.value, other.name, other.mappings) == ("calf", "neck", "where", slot.mappings)


@pytest.fixture
def in_a_form() -> DialogueStateTracker:
    slots = [TextSlot(name, mappings=[{"type": "custom"}]) for name in ("where", "requested_slot")]
    events = [
        ActionExecuted("action_listen"),
        UserUttered("my calf is sore", {"name": "report_soreness", "confidence": 0.9}),
        ActiveLoop("soreness_form"),
        SlotSet("where", "calf"),
        SlotSet("requested_slot", "score"),
        BotUttered("How sore, 0 to 10?"),
        ActionExecuted("action_listen"),
    ]
    return DialogueStateTracker.from_events("conversation", events, slots)


def test_a_copied_conversation_stands_where_one_does_that_went_through_it_again(
    in_a_form: DialogueStateTracker,
) -> None:
    again = in_a_form.travel_back_in_time(float("inf"))
    copied = rasa_repeats._copied_tracker(in_a_form)
    assert copied.current_state(EventVerbosity.ALL) == again.current_state(EventVerbosity.ALL)
    assert copied.latest_bot_utterance == again.latest_bot_utterance


def test_what_happens_to_a_copied_conversation_does_not_happen_to_the_first(
    in_a_form: DialogueStateTracker,
) -> None:
    before = in_a_form.travel_back_in_time(float("inf")).current_state(EventVerbosity.ALL)
    copied = rasa_repeats._copied_tracker(in_a_form)
    copied.update_with_events(
        [LoopInterrupted(True), SlotSet("where", "neck"), UserUttered("stop"), ActiveLoop(None)], None
    )
    assert in_a_form.current_state(EventVerbosity.ALL) == before
    assert copied.get_slot("where") == "neck" and copied.active_loop is None
