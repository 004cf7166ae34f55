"""Following a message's answer: from memory while this process answers it, else from the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from bot.records import chats
from bot.records.messages import Message
from bot.web.protocol import line
from bot.web.records import Records

PATIENCE = 8.0  # seconds until a client is told that the answer comes later
AFTER_WARNING = 0.5  # seconds: a warning was told; what the assistant adds later is read by cursor
_LOOK_AGAIN = 0.25  # seconds: another process may have written


@dataclass
class Work:
    """A message that this process is answering, and its lines so far: what is here has been stored."""

    lines: list[Message]
    readers: set[asyncio.Event] = field(default_factory=set)
    is_over: bool = False
    is_whole: bool = True

    def add(self, said: Message | None) -> None:
        """A line was stored; None when it had been stored before, perhaps by another process."""
        if said is not None:
            self.lines.append(said)
        else:
            self.is_whole = False
        self._wake()

    def end(self, is_settled: bool) -> None:
        """Nothing more comes from here. Unless all was told here, what became of the message is in the database."""
        self.is_over = True
        self.is_whole &= is_settled
        self._wake()

    def _wake(self) -> None:
        for reader in self.readers:
            reader.set()


class Tails:
    """The messages that this process is answering, and whoever reads along."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._working: dict[str, Work] = {}

    def begin(self, message: str, said: Message) -> Work:
        """This process begins to answer a new message, whose own line is stored: readers wait for it."""
        self._working[message] = work = Work([said])
        return work

    def end(self, message: str, *, is_settled: bool) -> None:
        """This process is done with a message; settled: there is no more to come."""
        self._working.pop(message).end(is_settled)

    async def follow(self, message: str, client_id: str) -> AsyncIterator[dict[str, Any]]:
        """A message's lines as they come, then {"done": true}, or {"pending": true} when patience ends."""
        until = time.monotonic() + PATIENCE
        cursor, news, work = 0, asyncio.Event(), self._working.get(message)
        if work is not None:
            work.readers.add(news)
        while True:
            news.clear()
            if work is None or (work.is_over and not work.is_whole):
                lines, state = await self._records.read(_look, message, cursor)
            else:
                state = "answered" if work.is_over else "processing"
                lines = tuple(each for each in work.lines if each.position > cursor)
            for each in lines:
                cursor = each.position
                yield line(each, client_id)
                if (each.payload or {}).get("by") == "door":
                    until = min(until, time.monotonic() + AFTER_WARNING)
            if state not in ("received", "processing"):
                yield {"done": True}
                return
            left = until - time.monotonic()
            if left <= 0 or state == "received":
                yield {"pending": True}
                return
            await _wait(news, left if work and not work.is_over else min(left, _LOOK_AGAIN))


def _look(session: Session, message: str, cursor: int) -> tuple[tuple[Message, ...], str | None]:
    # State first: a line is stored before its message is complete, so that no line is missed.
    state = chats.state_of(session, message)
    return chats.lines_of(session, message, cursor), state


async def _wait(news: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        pass
