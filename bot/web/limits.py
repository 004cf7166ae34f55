"""How much one address may ask, and how much one request may carry.

Counts per address live in this process: enough against one noisy machine. The limit that must hold across
processes and restarts, messages per conversation, is counted in the database (`records.chats.count_since`).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import ip_address

from starlette.requests import ClientDisconnect, Request

from bot.web.refusals import RefusalError, bad_request, too_many

LARGEST_BODY = 8 * 1024  # bytes of a chat request (sms-and-privacy.md D.5)
_BODY_SECONDS = 10
_MOST_KEYS = 20_000


class Window:
    """At most `limit` events a key within the last `seconds`."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, key: str) -> None:
        """Count an event; raises RefusalError (429) when the key has had its share."""
        now = self._clock()
        events = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST_KEYS:  # the longest unseen goes, so that memory stays bounded
            self._seen.popitem(last=False)
        while events and events[0] <= now - self._seconds:
            events.popleft()
        if len(events) >= self._limit:
            raise too_many(events[0] + self._seconds - now)
        events.append(now)


def address_of(request: Request) -> str:
    """The client's address; an IPv6 network of 64 bits counts as one, as a household has all of it."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(int(address) >> 64)
    return host


async def read_body(request: Request, limit: int = LARGEST_BODY) -> bytes:
    """The request's body, never more than `limit` bytes in memory. Raises RefusalError (413, 422)."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 12:
        raise bad_request()
    if int(declared) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except (TimeoutError, ClientDisconnect) as error:
        raise bad_request("The request did not arrive whole.") from error
    return bytes(body)


def _too_large(limit: int) -> RefusalError:
    return RefusalError(413, "too_long", f"A request may carry at most {limit // 1024} KB.")
