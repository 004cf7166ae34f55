"""The assistant as the front door reaches it: one turn over the internal channel, line by line.

The same message id asked again gives the same answer, so that every failure here may be tried again: at once with
another assistant while nothing was heard, later by whoever called.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import structlog

from bot.watching.tracing import outgoing
from bot.web.balancing import Assistants

_SECONDS = httpx.Timeout(connect=2, read=30, write=5, pool=5)
_FIRST_LINE_S = (
    12.0  # with another assistant to ask; more than a turn takes (in_process_actions.TIME_LIMIT_S)
)
_END_S = 1.0  # from the last line to the end of the response
_LOOK_EVERY_S, _LOOK_S = 2.0, 4.0
_NAME = re.compile(r"[a-z][a-z0-9_/]{0,79}")  # an intent of the model
_MOST_TURNS = 100  # at once; more wait, and are left to the worker when they wait too long

log = structlog.get_logger("web")


class AssistantDownError(Exception):
    """Nobody answers, or the answer was cut off: ask again later."""


class _TooManyTurnsError(AssistantDownError):
    """We ask more than we may at once: no fault of the assistant's."""


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
    """The end of a turn: what the message was taken for, and what it was about."""

    topics: tuple[str, ...] = ()
    intent: str = "unknown"


class Assistant:
    """A client of the assistant: of one, or of several at URLs with commas between."""

    def __init__(self, urls: str, token: str) -> None:
        self._all = Assistants(tuple(url.strip().rstrip("/") for url in urls.split(",") if url.strip()))
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=_SECONDS,
            trust_env=False,
            event_hooks={"request": [_trace_goes_on_there]},
            limits=httpx.Limits(max_connections=_MOST_TURNS, max_keepalive_connections=20),
        )
        self._looking: asyncio.Task[None] | None = None

    async def turn(
        self, turn: Turn, channel: Literal["web", "sms"] = "web"
    ) -> AsyncIterator[Spoken | Finished]:
        """Ask one turn: messages as they are spoken, then Finished.

        Raises AssistantDownError, TurnFailedError, TurnRefusedError.
        """
        self._look_after_them()
        urls = self._all.in_order(turn.conversation)
        for place, url in enumerate(urls, 1):
            has_spoken = False
            try:
                async with aclosing(self._ask(url, turn, channel, is_last=place == len(urls))) as lines:
                    async for heard in lines:
                        has_spoken = True
                        yield heard
                return
            except _TooManyTurnsError:
                raise
            except AssistantDownError as error:
                self._all.failed(url)
                if has_spoken or place == len(urls):
                    raise
                log.warning("asking_another_assistant", reason=str(error))

    async def _ask(
        self, url: str, turn: Turn, channel: str, *, is_last: bool
    ) -> AsyncGenerator[Spoken | Finished, None]:
        asked = {
            "conversation": turn.conversation,
            "message_id": turn.message_id,
            "text": turn.text,
            "chosen": turn.chosen,
            "facts": turn.facts,
        }
        patience = _SECONDS if is_last else httpx.Timeout(connect=2, read=_FIRST_LINE_S, write=5, pool=5)
        try:
            async with self._client.stream(
                "POST", f"{url}/webhooks/{channel}/turn", json=asked, timeout=patience
            ) as response:
                if response.status_code != 200:
                    raise _error(response.status_code)
                self._all.answered(url)
                lines = response.aiter_lines()
                async for line in lines:
                    if not line.strip():
                        continue
                    heard = _read(line)
                    yield heard
                    if isinstance(heard, Finished):
                        await _read_out(lines)
                        return
        except httpx.PoolTimeout:
            raise _TooManyTurnsError("too many turns at once") from None
        except httpx.HTTPError as error:
            raise AssistantDownError(type(error).__name__) from None
        raise AssistantDownError("cut off")

    async def is_ready(self) -> bool:
        """Whether an assistant answers; its `/status` understands a sentence before it says so."""
        return any(await asyncio.gather(*(self._answers(url) for url in self._all.urls)))

    async def close(self) -> None:
        """Close the connections."""
        if self._looking is not None:
            self._looking.cancel()
        await self._client.aclose()

    def _look_after_them(self) -> None:
        """From the first turn on, look whether each of several assistants answers: one that hangs is found out."""
        if self._looking is None and len(self._all.urls) > 1:
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while True:
            answers = await asyncio.gather(*(self._answers(url) for url in self._all.urls))
            for url, is_well in zip(self._all.urls, answers, strict=True):
                (self._all.answered if is_well else self._all.failed)(url)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _answers(self, url: str) -> bool:
        try:
            return (await self._client.get(f"{url}/status", timeout=_LOOK_S)).status_code == 200
        except httpx.HTTPError:
            return False


async def _read_out(lines: AsyncIterator[str]) -> None:
    """Come to the end of a response, if it is near: only then is the connection used again for the next turn."""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_END_S):
            async for _ in lines:
                pass


async def _trace_goes_on_there(request: httpx.Request) -> None:
    request.headers.update(outgoing())


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
        topics, intent = data.get("topics") or (), data.get("intent")
        return Finished(
            tuple(topic for topic in topics if isinstance(topic, str)),
            intent if isinstance(intent, str) and _NAME.fullmatch(intent) else "unknown",
        )
    text, buttons, custom = data.get("text"), data.get("buttons"), data.get("custom")
    if not isinstance(text, str) or data.get("failed"):
        raise TurnFailedError("failed")
    named = [
        {"title": str(button["title"]), "payload": str(button.get("payload", button["title"]))}
        for button in buttons or ()
        if isinstance(button, dict) and button.get("title")
    ]
    return Spoken(text, named, custom if isinstance(custom, dict) else {})
