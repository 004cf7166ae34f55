"""What Rasa does again at every message and we do once; measured by `python -m benchmarks.stages`.

Rasa checks the JSON schema of action results, and each result against it (a fifth of a turn): that is for action
servers that somebody else wrote. Ours run in this process and are typed. It also looks for the class of each stored
event through all subclasses of `Event`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

_look_for_class = Event.resolve_by_type


def do_once() -> None:
    """Put the shorter ways in place; calling it again changes nothing."""
    RemoteAction._validate_action_result = _check_result
    Event.resolve_by_type = staticmethod(_class_of)


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
