"""The assistant as the front door reaches it: one turn over the internal channel, line by line.

The same message id asked again gives the same answer, so that every failure here may be tried again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

_SECONDS = httpx.Timeout(connect=2, read=30, write=5, pool=5)
_MOST_TURNS = 100  # at once; more wait, and are left to the worker when they wait too long


class AssistantDownError(Exception):
    """Nobody answers, or the answer was cut off: ask again later."""


class TurnFailedError(Exception):
    """The assistant answers, but this turn went wrong: ask again a few times."""


class TurnRefusedError(Exception):
    """The assistant will never take this message."""


@dataclass(frozen=True)
class Turn:
    """What is asked: a patient's message, or the topic that a button chose, and what is known beside it."""

    conversation: str
    message_id: str
    text: str
    chosen: str | None = None
    facts: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Spoken:
    """One message of the assistant. `custom`: kind, topic, tier, sources."""

    text: str
    buttons: list[dict[str, str]]
    custom: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """The end of a turn and what the message was about."""

    topics: tuple[str, ...] = ()


class Assistant:
    """A client of the assistant at one URL."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_connections=_MOST_TURNS, max_keepalive_connections=20),
        )

    async def turn(
        self, turn: Turn, channel: Literal["web", "sms"] = "web"
    ) -> AsyncIterator[Spoken | Finished]:
        """Ask one turn: messages as they are spoken, then Finished.

        Raises AssistantDownError, TurnFailedError, TurnRefusedError.
        """
        asked = {
            "conversation": turn.conversation,
            "message_id": turn.message_id,
            "text": turn.text,
            "chosen": turn.chosen,
            "facts": turn.facts,
        }
        try:
            async with self._client.stream("POST", f"/webhooks/{channel}/turn", json=asked) as response:
                if response.status_code != 200:
                    raise _error(response.status_code)
                async for line in response.aiter_lines():
                    if not line.strip():
                        continue
                    heard = _read(line)
                    yield heard
                    if isinstance(heard, Finished):
                        return
        except httpx.HTTPError as error:
            raise AssistantDownError(type(error).__name__) from None
        raise AssistantDownError("cut off")

    async def is_ready(self) -> bool:
        """Whether the assistant answers; its `/status` understands a sentence before it says so."""
        try:
            return (await self._client.get("/status", timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _error(status: int) -> Exception:
    if status in (400, 404, 413, 422):
        return TurnRefusedError(str(status))
    if status == 500:
        return TurnFailedError(str(status))
    return AssistantDownError(str(status))


def _read(line: str) -> Spoken | Finished:
    try:
        data = json.loads(line)
    except ValueError:
        raise TurnFailedError("not JSON") from None
    if not isinstance(data, dict):
        raise TurnFailedError("not an object")
    if data.get("done"):
        topics = data.get("topics") or ()
        return Finished(tuple(topic for topic in topics if isinstance(topic, str)))
    text, buttons, custom = data.get("text"), data.get("buttons"), data.get("custom")
    if not isinstance(text, str) or data.get("failed"):
        raise TurnFailedError("failed")
    named = [
        {"title": str(button["title"]), "payload": str(button.get("payload", button["title"]))}
        for button in buttons or ()
        if isinstance(button, dict) and button.get("title")
    ]
    return Spoken(text, named, custom if isinstance(custom, dict) else {})
