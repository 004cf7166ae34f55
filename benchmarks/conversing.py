"""A client of either engine over HTTP: one message in, the whole answer out, and the milliseconds between."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Protocol

import aiohttp

TURNS = 5  # messages a conversation in the load


class Door(Protocol):
    """How an engine is spoken to."""

    url: str
    headers: dict[str, str]

    def body(self, conversation: str, text: str) -> dict[str, Any]:
        """Return the request of one message."""

    def said(self, answer: bytes) -> list[str]:
        """Return the texts of an answer."""


class RestDoor:
    """Rasa's own `rest` channel."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        self.headers: dict[str, str] = {}

    def body(self, conversation: str, text: str) -> dict[str, Any]:
        return {"sender": conversation, "message": text}

    def said(self, answer: bytes) -> list[str]:
        return [message["text"] for message in json.loads(answer) if message.get("text")]


class TurnDoor:
    """Our internal channel (docs/architecture.md, Turn)."""

    def __init__(self, port: int, token: str) -> None:
        self.url = f"http://127.0.0.1:{port}/webhooks/web/turn"
        self.headers = {"Authorization": f"Bearer {token}"}

    def body(self, conversation: str, text: str) -> dict[str, Any]:
        return {"conversation": conversation, "message_id": uuid.uuid4().hex, "text": text}

    def said(self, answer: bytes) -> list[str]:
        lines = [json.loads(line) for line in answer.splitlines()]
        if not lines or not lines[-1].get("done"):
            return []
        return [line["text"] for line in lines if line.get("text")]


@dataclass(frozen=True)
class Load:
    """What a number of clients met: milliseconds of each reply, seconds in all, replies without words, failures."""

    ms: list[float]
    seconds: float
    silent: int
    failed: int


def answers(door: Door) -> bool:
    """Whether a first message is answered. Without words counts: an unsure default engine says nothing."""
    request = urllib.request.Request(
        door.url,
        json.dumps(door.body(new_conversation(), "does it hurt?")).encode(),
        {"Content-Type": "application/json", **door.headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            response.read()
            return True
    except OSError:
        return False


def new_conversation() -> str:
    return f"bench-{uuid.uuid4().hex}"


def load(door: Door, texts: Sequence[str], clients: int, messages: int) -> Load:
    """Send so many messages by so many clients, five to a conversation, each client waiting for its answer."""
    return asyncio.run(_load(door, texts, clients, messages))


async def _load(door: Door, texts: Sequence[str], clients: int, messages: int) -> Load:
    waiting = iter(list(islice(cycle(texts), messages)))
    times: list[float] = []
    silent = failed = 0

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal silent, failed
        conversation, turns = new_conversation(), 0
        for text in waiting:
            if turns == TURNS:
                conversation, turns = new_conversation(), 0
            turns += 1
            ms, said = await send(session, door, conversation, text)
            times.append(ms)
            failed += said is None
            silent += said == []

    async with aiohttp.ClientSession(headers=door.headers) as session:
        started = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(clients)))
        return Load(times, time.perf_counter() - started, silent, failed)


async def send(
    session: aiohttp.ClientSession, door: Door, conversation: str, text: str
) -> tuple[float, list[str] | None]:
    """Send one message; return milliseconds until the whole answer, and its texts (None: an error)."""
    before = time.perf_counter()
    try:
        async with session.post(door.url, json=door.body(conversation, text)) as response:
            answer = await response.read()
            ms = (time.perf_counter() - before) * 1000
            return ms, door.said(answer) if response.status == 200 else None
    except (aiohttp.ClientError, ValueError):
        return (time.perf_counter() - before) * 1000, None
