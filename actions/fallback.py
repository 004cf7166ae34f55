"""When no rule fits what was understood: say so once and listen.

Returning no follow-up here would send the text ten times and leave the conversation mute for ever.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher


class ActionFallback(Action):
    """Offers the nearest topics, or a person, and listens."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Say that it did not understand."""
        dispatcher.utter_message(response="utter_not_understood")
        return [FollowupAction("action_listen")]
