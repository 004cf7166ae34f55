"""Runs the custom actions of `actions/` inside the assistant, behind one guard.

Over HTTP, Rasa swallows an action that fails or cannot be reached and goes on with the rule, so that a patient is
thanked for a report that was never stored. Here a failure is an apology, an alarm in the log, and no success:
a validator asks its question again, any other action ends the turn.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.watching.figures import ACTION_FAILURES

logger = logging.getLogger(__name__)

TIME_LIMIT_S = 8.0  # Rasa's conversation lock lives 60 s, a patient's patience less
APOLOGY = "utter_action_failed"


class InProcessActions(EndpointConfig):
    """The action endpoint: same answers as an action server, no network."""

    def __init__(
        self,
        package: str = "actions",
        time_limit_s: float = TIME_LIMIT_S,
        on_failure: Callable[[str, Exception], None] | None = None,
    ) -> None:
        """Register every action of `package`; `on_failure` gets the action's name and the error."""
        # Only actions that ask for the domain get it: a copy of it costs more than most actions.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._time_limit_s = time_limit_s
        self._on_failure = on_failure
        self._responses: dict[str, Any] = {}
        self._executor = ActionExecutor()
        importlib.import_module(package)
        self._executor.register_package(package)

    def set_responses(self, responses: dict[str, Any]) -> None:
        """Hand the model's responses to the actions, which read answers' metadata from the domain."""
        self._responses = responses

    async def request(
        self, method: str = "post", subpath: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Run the action named in `json["next_action"]` and return its events and responses."""
        call = kwargs["json"]
        call.setdefault("domain", {"responses": self._responses})
        try:
            async with asyncio.timeout(self._time_limit_s):
                result = await self._executor.run(call)
            return result or {"events": [], "responses": []}
        except ActionExecutionRejection as rejection:
            # Not a failure: this is how a form says "these words are not for me".
            raise ClientResponseError(400, str(rejection), "") from rejection
        except Exception as error:
            self._report(call["next_action"], error)
            return _apologise(call)

    def _report(self, action: str, error: Exception) -> None:
        # The error's class only: its text may hold a patient's words.
        logger.error("action %s failed: %s", action, type(error).__name__)
        logger.debug("action %s failed", action, exc_info=error)
        ACTION_FAILURES.labels(action=action).inc()
        if self._on_failure:
            self._on_failure(action, error)


def _apologise(call: dict[str, Any]) -> dict[str, Any]:
    events: list[dict[str, Any]]
    if call["next_action"].startswith("validate_"):
        # A follow-up from a validator would leave the form mute; an empty slot makes it ask again.
        asked = call["tracker"]["slots"].get("requested_slot")
        events = [{"event": "slot", "name": asked, "value": None}] if asked else []
    else:
        events = [{"event": "followup", "name": "action_listen"}]
    return {"events": events, "responses": [{"response": APOLOGY}]}
