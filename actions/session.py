"""What a new session of an old conversation keeps: a named list of slots, not every value there ever was."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

CARRIED = ("topics", "last_question")


class ActionSessionStart(Action):
    """Begins a session."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Start the session and carry the last topics over."""
        carried = [SlotSet(name, value) for name in CARRIED if (value := tracker.get_slot(name)) is not None]
        return [SessionStarted(), *carried, ActionExecuted("action_listen")]
