"""What Rasa does again and again and we do once; measured by `python -m benchmarks.stages`.

Rasa checks the JSON schema of action results, and each result against it (a fifth of a turn): that is for action
servers that somebody else wrote. Ours run in this process and are typed. It also looks for the class of each stored
event through all subclasses of `Event`; seeks each rule twice, by the patient's very words, which no rule of ours
names, and by intent; compares all rules with the whole conversation, though few end as it does; goes through the whole
conversation again for each action, to copy it; takes slots to pieces to copy them; and copies every event for debug
lines that nobody reads. At a start it parses the model's domain four times, to check what it has written itself (a
quarter of a start). Training has its own: bot/dialogue/rasa_training.py.
"""

from __future__ import annotations

import json
from copy import copy
from functools import cache
from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT
from rasa.shared.utils.io import read_yaml_file

_look_for_class = Event.resolve_by_type
_find_rule = RulePolicy._find_action_from_rules
_that_apply = RulePolicy._get_possible_keys

FoundRule = tuple[
    str | None, str | None, bool
]  # the action, the rule's key, whether a form goes on after a detour


def do_once() -> None:
    """Put the shorter ways in place; calling it again changes nothing."""
    RemoteAction._validate_action_result = _check_result
    Event.resolve_by_type = staticmethod(_class_of)
    RulePolicy._find_action_from_rules = _by_intent
    RulePolicy._get_possible_keys = _that_end_alike
    Slot.__copy__ = _copied_slot
    DialogueStateTracker.copy = _copied_tracker
    processor.copy = SimpleNamespace(deepcopy=lambda logged: logged)
    DomainProvider.load = classmethod(_with_domain)


def _check_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Raise ValueError unless the result has the shape that Rasa goes on with."""
    events, responses = result.get("events", []), result.get("responses", [])
    if not all(isinstance(item, dict) for item in [*events, *responses]):
        raise ValueError(f"{self.name()} gave something else than events and responses")
    return True


@cache
def _class_of(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found: type[Event] | None = _look_for_class(type_name, default)
    return found


def _by_intent(
    self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> FoundRule:
    if use_text_for_last_user_input:
        return None, None, False
    found: FoundRule = _find_rule(self, tracker, domain, use_text_for_last_user_input)
    return found


def _that_end_alike(self: RulePolicy, rules: dict[str, str], states: list[State]) -> set[str]:
    """Return the rules that apply, having compared only those that end with the same action and intent."""
    action, intent = _ending(states[-1])
    endings = {(action, intent), (action, None), (None, intent), (None, None)}
    alike = {key: rules[key] for key in rules if _ending_of_rule(key) in endings}
    found: set[str] = _that_apply(self, alike, states)
    return found


@cache
def _ending_of_rule(rule: str) -> tuple[str | None, str | None]:
    return _ending(json.loads(rule)[-1])


def _ending(state: State) -> tuple[str | None, str | None]:
    """Return the last action and the intent of what was said last; None where a rule leaves it open."""
    return state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)


def _copied_slot(self: Slot) -> Slot:
    other = object.__new__(type(self))
    other.__dict__.update(self.__dict__)
    return other


def _copied_tracker(self: DialogueStateTracker) -> DialogueStateTracker:
    """Return a copy that takes over where the conversation stands, instead of one that goes through it again."""
    other = copy(self)
    other.events = copy(self.events)
    other.slots = copy(self.slots)
    other.slots.update((name, copy(slot)) for name, slot in self.slots.items())
    other.active_loop = copy(self.active_loop)
    return other


def _with_domain(
    cls: type[DomainProvider],
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **more: Any,
) -> DomainProvider:
    """Read the domain that a training has checked and kept."""
    with model_storage.read_from(resource) as folder:
        domain = Domain.from_dict(read_yaml_file(folder / "domain.yml"))
    return cls(model_storage, resource, domain)
