"""A failing custom action is never a false success (bot/dialogue/in_process_actions.py)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk.interfaces import ActionExecutionRejection

import bot.dialogue  # noqa: F401  (before Rasa)
from bot.dialogue.in_process_actions import APOLOGY, InProcessActions


def call(action: str, asked: str | None = None) -> dict[str, Any]:
    tracker = {"slots": {"requested_slot": asked}, "latest_message": {}, "events": [], "sender_id": "c"}
    return {
        "next_action": action,
        "tracker": {**tracker, "paused": False, "active_loop": {}, "latest_action_name": None},
    }


@pytest.fixture
def failures() -> list[str]:
    return []


@pytest.fixture
def endpoint(failures: list[str]) -> InProcessActions:
    found = InProcessActions(time_limit_s=0.2, on_failure=lambda name, error: failures.append(name))

    def broken(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(text="Thanks, it is saved.")
        raise RuntimeError("the database is gone")

    async def slow(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        await asyncio.sleep(5)
        return []

    def not_mine(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise ActionExecutionRejection("form")

    for name, function in (
        ("action_x", broken),
        ("validate_x_form", broken),
        ("action_slow", slow),
        ("form", not_mine),
    ):
        found._executor.register_function(name, function)
    return found


async def test_a_failing_action_apologises_and_listens(
    endpoint: InProcessActions, failures: list[str]
) -> None:
    result = await endpoint.request(json=call("action_x"))
    assert result["responses"] == [{"response": APOLOGY}]
    assert result["events"] == [{"event": "followup", "name": "action_listen"}]
    assert failures == ["action_x"]


async def test_a_failing_validator_asks_its_question_again(endpoint: InProcessActions) -> None:
    result = await endpoint.request(json=call("validate_x_form", asked="score"))
    assert result["responses"] == [{"response": APOLOGY}]
    assert result["events"] == [{"event": "slot", "name": "score", "value": None}]


async def test_an_action_that_hangs_is_given_up(endpoint: InProcessActions, failures: list[str]) -> None:
    result = await endpoint.request(json=call("action_slow"))
    assert result["responses"] == [{"response": APOLOGY}]
    assert failures == ["action_slow"]


async def test_an_unknown_action_is_a_failure(endpoint: InProcessActions) -> None:
    assert (await endpoint.request(json=call("action_unheard_of")))["responses"] == [{"response": APOLOGY}]


async def test_a_rejection_is_a_forms_own_word_and_passes_through(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as rejection:
        await endpoint.request(json=call("form"))
    assert rejection.value.status == 400


async def test_the_error_text_is_not_logged(
    endpoint: InProcessActions, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        await endpoint.request(json=call("action_x"))
    assert "RuntimeError" in caplog.text and "database is gone" not in caplog.text
