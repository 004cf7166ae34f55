"""Stage `growth`: does a reply late in a conversation take longer than an early one? And where does a turn's time go?

Late and early messages are sent in turns, the same words to both, so that a busy machine slows both alike.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any

import aiohttp

from benchmarks.conversing import Door, new_conversation, send
from benchmarks.places import RESULTS, ROOT, WORK
from benchmarks.processes import Say, run
from benchmarks.serving import own_server
from benchmarks.training import own_models
from bot.processes import LARGE_PAGES

EARLY = 10
LATE = 300
PAIRS = 30
STAGED = 200  # messages that a turn is split over


def measure(say: Say, texts: Sequence[str], late: int = LATE, pairs: int = PAIRS) -> dict[str, Any]:
    """Return the median reply of message 10 and of message `late`, and the split of a turn by stage."""
    with own_server() as (server, door):
        say(f"one conversation of {late + pairs} messages ...")
        first, last = asyncio.run(_early_and_late(say, door, texts, late, pairs))
        resident = server.resident_mb()
    return {
        "early": EARLY,
        "late": late,
        "early_ms": statistics.median(first),
        "late_ms": statistics.median(last),
        "pairs": pairs,
        "resident_mb": resident,
        "stages": _stages(say, texts),
    }


async def _early_and_late(
    say: Say, door: Door, texts: Sequence[str], late: int, pairs: int
) -> tuple[list[float], list[float]]:
    first, last = [], []
    long = new_conversation()
    words = cycle(texts)
    async with aiohttp.ClientSession(headers=door.headers) as session:
        for number, text in enumerate(islice(words, late - 1), 1):
            await send(session, door, long, text)
            if number % 100 == 0:
                say(f"  message {number}")
        for text in islice(words, pairs):
            fresh = new_conversation()
            for earlier in islice(words, EARLY - 1):
                await send(session, door, fresh, earlier)
            first.append((await send(session, door, fresh, text))[0])
            last.append((await send(session, door, long, text))[0])
    return first, last


def measure_data(say: Say, most: int = 100_000, longest: int = 5000) -> dict[str, Any]:
    """Return what grows with conversations and with one conversation's messages (benchmarks/data_growth.py)."""
    say(f"up to {most} conversations, and one of {longest} messages ...")
    command = [sys.executable, "-m", "benchmarks.data_growth", "--most", str(most), "--longest", str(longest)]
    run(command, ROOT, WORK / "data.log", say)
    return dict(json.loads((RESULTS / "data_growth.json").read_text(encoding="utf-8")))


def _stages(say: Say, texts: Sequence[str]) -> dict[str, float]:
    """Return processor milliseconds of each stage of a turn (benchmarks/stages.py), in a process of its own."""
    say("a turn by stage ...")
    asked, split = WORK / "asked.json", WORK / "stages.json"
    asked.write_text(json.dumps(list(texts[:STAGED])), encoding="utf-8")
    run(
        [sys.executable, "-m", "benchmarks.stages", asked, split],
        ROOT,
        WORK / "stages.log",
        say,
        {"BOT_MODELS": str(own_models("all", fresh=False)), **LARGE_PAGES},
    )
    return dict(json.loads(split.read_text(encoding="utf-8")))
