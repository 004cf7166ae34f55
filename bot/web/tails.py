"""Following a message's answer as it is written down, whichever process writes it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from bot.records import chats
from bot.records.messages import Message
from bot.web.protocol import line
from bot.web.records import Records

PATIENCE = 8.0  # seconds until a client is told that the answer comes later
AFTER_WARNING = 0.5  # seconds: a warning was told; what the assistant adds later is read by cursor
_LOOK_AGAIN = 0.25  # seconds: another process may have written


class Tails:
    """The readers of this process and the messages that it is working on."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._working: Counter[str] = Counter()

    @contextmanager
    def working_on(self, message: str) -> Iterator[Callable[[], None]]:
        """This process answers a message: readers wait for it. Gives what to call when a line was stored."""
        self._working[message] += 1

        def changed() -> None:
            for reader in self._readers.get(message, ()):
                reader.set()

        try:
            yield changed
        finally:
            self._working[message] -= 1
            if not self._working[message]:
                del self._working[message]
            changed()

    async def follow(self, message: str, client_id: str) -> AsyncIterator[dict[str, Any]]:
        """A message's lines as they come, then {"done": true}, or {"pending": true} when patience ends."""
        until = time.monotonic() + PATIENCE
        cursor, news = 0, asyncio.Event()
        self._readers[message].add(news)
        try:
            while True:
                news.clear()
                working = message in self._working
                lines, state = await self._records.read(_look, message, cursor)
                for each in lines:
                    cursor = each.position
                    yield line(each, client_id)
                    if (each.payload or {}).get("by") == "door":
                        until = min(until, time.monotonic() + AFTER_WARNING)
                if state not in ("received", "processing"):
                    yield {"done": True}
                    return
                left = until - time.monotonic()
                if left <= 0 or (state == "received" and not working):
                    yield {"pending": True}
                    return
                await _wait(news, min(left, _LOOK_AGAIN))
        finally:
            self._readers[message].discard(news)
            if not self._readers[message]:
                del self._readers[message]


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
