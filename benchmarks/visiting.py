"""Visitors who talk with a door: as fast as they are answered, or so many questions a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.system.production import Visitor


@asynccontextmanager
async def visitors(door: str, count: int) -> AsyncIterator[list[Visitor]]:
    """So many visitors of a door."""
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=door, timeout=60, limits=limits) as http:
        yield [await Visitor.begin(http) for _ in range(count)]


async def asking(here: list[Visitor], seconds: float) -> float:
    """Each asks as soon as it is answered; how long that took."""
    began = time.monotonic()

    async def ask(visitor: Visitor) -> None:
        while time.monotonic() - began < seconds:
            await visitor.says()

    await asyncio.gather(*(ask(visitor) for visitor in here))
    return time.monotonic() - began


_UNDER_WAY: dict[int, set[asyncio.Task[list[str]]]] = {}


async def steadily(here: list[Visitor], rate: float, seconds: float) -> None:
    """So many questions a second, whether or not earlier ones are answered; visitors take turns."""
    start, number = time.monotonic(), 0
    while (due := start + number / rate) < start + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        visitor = here[number % len(here)]
        task = asyncio.create_task(visitor.says())
        _UNDER_WAY.setdefault(id(visitor), set()).add(task)
        number += 1
    await asyncio.gather(*(finished(visitor) for visitor in here))


async def finished(visitor: Visitor) -> None:
    """Wait until everything that a visitor said is answered or given up."""
    await asyncio.gather(*_UNDER_WAY.pop(id(visitor), ()))
