"""Several of each process on PostgreSQL and Redis: how much they carry, and what a kill costs.

    python -m benchmarks.production [--only webhooks|turns|changes|kills] [--minutes 5] [--soak 60] [--trial]

Everything is started here: a PostgreSQL that syncs to disk, Redis, the fake carrier, `bot up` with the profile
production. Visitors and the carrier that sends webhooks run in this process, on the same cores. Figures are kept in
benchmarks/results/production.json; each holds the machine's load while it was measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import psutil
import typer
from sqlalchemy import func, select

from benchmarks import kill_drill
from benchmarks.places import RESULTS
from benchmarks.webhooks import TOKEN, Acknowledged, Carrier, at_rate, carrier, percentile
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.sms.carrier.network import Network
from tests.postgres import postgres_server
from tests.redis import redis_server
from tests.system.production import Production, Visitor, judge, production

KINDS = ("bot.dialogue.serve", "bot.web", "bot.worker")
KEPT = RESULTS / "production.json"
KILL_EVERY_S = 5.0
SETTLED_WITHIN_S = 400


class Stage(StrEnum):
    """What is measured."""

    WEBHOOKS = "webhooks"
    TURNS = "turns"
    CHANGES = "changes"
    KILLS = "kills"


@dataclass(frozen=True)
class Rig:
    """What every stage works with."""

    house: Production
    carried: Network  # what the carrier has taken from us
    trial: bool


def main(
    only: Annotated[Stage | None, typer.Option(help="One stage; the others' figures are kept.")] = None,
    minutes: Annotated[float, typer.Option(help="How long processes are killed.")] = 5.0,
    soak: Annotated[float, typer.Option(help="Minutes under a steady load, after the stages.")] = 0.0,
    rate: Annotated[
        float, typer.Option(help="Turns a second while processes are killed, and of the soak.")
    ] = 4.0,
    trial: Annotated[bool, typer.Option("--trial", help="Very little of everything.")] = False,
) -> None:
    """Measure the profile production."""
    RESULTS.mkdir(exist_ok=True)
    stages: dict[Stage, Callable[[Rig], Coroutine[Any, Any, dict[str, Any]]]] = {
        Stage.WEBHOOKS: webhooks,
        Stage.TURNS: turns,
        Stage.CHANGES: lambda rig: changes(rig, rate),
        Stage.KILLS: lambda rig: kills(rig, 0.5 if trial else minutes, rate),
    }
    with rig_up(trial) as rig:
        for stage in [only] if only else Stage:
            keep(stage, watched(stages[stage](rig)))
        if soak:
            keep("soak", watched(soaking(rig, soak, rate)))


@contextmanager
def rig_up(trial: bool) -> Iterator[Rig]:
    """Start everything, two of each process."""
    with (
        tempfile.TemporaryDirectory(prefix="production") as folder,
        postgres_server(durable=True) as database,
        redis_server() as redis,
        kill_drill._carrier(Path(folder), 1, faults="calm", lag=0.0) as port,
    ):
        home = Path(folder)
        began = time.monotonic()
        carrier_url = f"http://127.0.0.1:{port}"
        with production(
            home, database, redis, BOT_CARRIER_URL=carrier_url, BOT_CARRIER_TOKEN=TOKEN, LOG_LEVEL="ERROR"
        ) as house:
            say(f"ready after {time.monotonic() - began:.0f} s")
            yield Rig(house, Network(home / "carrier.db"), trial)


async def webhooks(rig: Rig) -> dict[str, Any]:
    """How many webhooks a second are taken, and how fast; texts among them are answered meanwhile."""
    found: dict[str, Any] = {}
    async with carrier(rig.house.door) as one:
        await at_rate(one, 20, 2)
        for rate in (50, 100) if rig.trial else (50, 100, 200, 300):
            with processor_time(rig) as spent:
                taken = await at_rate(one, rate, 3 if rig.trial else 10)
            found[str(rate)] = acknowledged(taken) | {
                "door_ms_each": spent["bot.web"] / len(taken.milliseconds)
            }
            say(f"webhooks {rate}/s: {found[str(rate)]}")
            await all_settled(rig)
    return found


async def turns(rig: Rig) -> dict[str, Any]:
    """How many turns a second visitors get who ask as soon as they are answered."""
    found: dict[str, Any] = {}
    for count in (4,) if rig.trial else (1, 8, 16):
        async with visitors(rig, count) as here:
            for visitor in here:
                await visitor.says()
                visitor.seconds.clear()
            with processor_time(rig) as spent:
                seconds = await asking(here, 5 if rig.trial else 15)
            took = [each for visitor in here for _, each in visitor.seconds]
            found[str(count)] = {
                "turns_a_second": len(took) / seconds, "p50_ms": percentile(took, 0.5) * 1000,
                "p99_ms": percentile(took, 0.99) * 1000,
                **{f"{kind} ms a turn": spent[kind] / len(took) for kind in KINDS},
            }  # fmt: skip
            say(f"turns, {count} visitors: {found[str(count)]}")
    return found


async def changes(rig: Rig, rate: float) -> dict[str, Any]:
    """A rolling restart while visitors talk at a steady rate."""
    async with visitors(rig, 20) as here:
        talking = asyncio.create_task(steadily(here, rate, 600))
        said = len(rig.house.said())
        rig.house.process.send_signal(1)  # SIGHUP: `bot restart`
        began = time.monotonic()
        while "Restarted all." not in rig.house.said()[said:]:
            await asyncio.sleep(0.2)
            assert time.monotonic() - began < 600
        talking.cancel()
        seconds = time.monotonic() - began
        await asyncio.gather(*(finished(visitor) for visitor in here))
        return {"restart_s": seconds} | await verdict(here)


async def kills(rig: Rig, minutes: float, rate: float) -> dict[str, Any]:
    """Kill a process at random every five seconds while visitors and phones ask."""
    chance, killed = random.Random(1), Counter[str]()
    taken = Acknowledged()
    async with carrier(rig.house.door) as one, visitors(rig, 40) as here:
        await steadily(here, rate, 20)
        before = [took for visitor in here for _, took in visitor.seconds]
        talking = asyncio.create_task(steadily(here, rate, 10_000))
        texting = asyncio.create_task(steady_texts(one, taken, rate / 4))
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            await asyncio.sleep(KILL_EVERY_S)
            alive = [(kind, each) for kind in KINDS for each in rig.house.children(kind)]
            kind, victim = chance.choice(alive)
            victim.kill()
            killed[kind] += 1
        last_kill = time.monotonic()
        await asyncio.sleep(30)
        texting.cancel()
        talking.cancel()
        await asyncio.gather(*(finished(visitor) for visitor in here))
        web = await verdict(here)
        phones = await answered_phones(rig, one)
        all_seconds = [pair for visitor in here for pair in visitor.seconds]
        during = [took for at, took in all_seconds if at < last_kill]
        after = [took for at, took in all_seconds if at > last_kill + 10]
        return {
            "minutes": minutes, "kills": dict(killed), "web": web, "texts": phones, "webhooks": acknowledged(taken),
            "p99_s_before": percentile(before, 0.99), "p50_s_during": percentile(during, 0.5),
            "p99_s_during": percentile(during, 0.99), "slowest_s": max(took for _, took in all_seconds),
            "p99_s_10_s_after": percentile(after, 0.99),
        }  # fmt: skip


async def soaking(rig: Rig, minutes: float, rate: float) -> dict[str, Any]:
    """A steady load for long: is memory flat, is anything lost?"""
    taken, memory = Acknowledged(), list[dict[str, float]]()
    async with carrier(rig.house.door) as one, visitors(rig, 40) as here:
        talking = asyncio.create_task(steadily(here, rate, minutes * 60))
        texting = asyncio.create_task(steady_texts(one, taken, rate / 4))
        while not talking.done():
            await asyncio.sleep(max(10.0, minutes * 60 / 60))
            memory.append(resident(rig))
            say(f"soak: {memory[-1]}")
        texting.cancel()
        await asyncio.gather(*(finished(visitor) for visitor in here))
        tail = memory[len(memory) // 4 :]  # caches are full by then
        return {
            "minutes": minutes, "rate": rate, "web": await verdict(here), "texts": await answered_phones(rig, one),
            "resident_mb": memory[-1], "grown": {n: tail[-1][n] / tail[0][n] - 1 for n in tail[-1] if n in tail[0]},
        }  # fmt: skip


@asynccontextmanager
async def visitors(rig: Rig, count: int) -> AsyncIterator[list[Visitor]]:
    """Visitors of the door."""
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=rig.house.door, timeout=60, limits=limits) as http:
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


async def steady_texts(one: Carrier, taken: Acknowledged, rate: float) -> None:
    sending: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.sleep(1 / rate)
        sending.add(asyncio.create_task(one.text(taken)))


async def verdict(here: list[Visitor]) -> dict[str, Any]:
    found = await judge(here)
    return {**vars(found), "errors": found.errors[:5], "errors_count": len(found.errors)}


async def answered_phones(rig: Rig, one: Carrier) -> dict[str, Any]:
    """Each phone asked one question and reads each text of the answer once."""
    await all_settled(rig)
    told: dict[str, Counter[str]] = {phone: Counter() for phone in one.phones}
    for (phone, body), count in rig.carried.counts().items():
        if phone in told:
            told[phone][body] += count
    return {
        "sent": len(told),
        "lost": sum(not bodies for bodies in told.values()),
        "doubled": sum(max(bodies.values(), default=0) > 1 for bodies in told.values()),
    }


async def all_settled(rig: Rig) -> None:
    """Wait until nothing waits: every message answered, every text sent."""
    until = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < until and await asyncio.to_thread(unsettled, rig):
        await asyncio.sleep(0.5)


def unsettled(rig: Rig) -> bool:
    """Whether any message or text waits."""
    with rig.house.database.reading() as session:
        waiting = select(func.count()).where(InboxRow.state.in_(("received", "processing")))
        unsent = select(func.count()).where(OutboxRow.state.in_(("queued", "submitting")))
        return bool(session.scalar(waiting) or session.scalar(unsent))


@contextmanager
def processor_time(rig: Rig) -> Iterator[dict[str, float]]:
    """Milliseconds of processor that each kind of process takes within the block."""
    spent = {kind: -_spent(rig, kind) for kind in KINDS}
    yield spent
    for kind in KINDS:
        spent[kind] += _spent(rig, kind)


def _spent(rig: Rig, kind: str) -> float:
    times = [process.cpu_times() for process in rig.house.children(kind)]
    return sum(time.user + time.system for time in times) * 1000


def resident(rig: Rig) -> dict[str, float]:
    """Megabytes of each process."""
    return {
        f"{kind} {number}": process.memory_info().rss / 2**20
        for kind in KINDS
        for number, process in enumerate(rig.house.children(kind), 1)
    }


def acknowledged(taken: Acknowledged) -> dict[str, Any]:
    return {
        "taken": len(taken.milliseconds), "p50_ms": taken.p50, "p99_ms": taken.p99, "again": taken.again,
        "refused": taken.refused,
    }  # fmt: skip


def watched(stage: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Run a stage; its figures with the machine's load over it."""
    loads: list[float] = []

    async def run() -> dict[str, Any]:
        async def note() -> None:
            while True:
                loads.append(os.getloadavg()[0])
                await asyncio.sleep(5)

        noting = asyncio.create_task(note())
        try:
            return await stage
        finally:
            noting.cancel()

    found = asyncio.run(run())
    return {
        **found, "load": sum(loads) / len(loads), "cores": psutil.cpu_count(), "at": time.strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip


def keep(stage: str, found: dict[str, Any]) -> None:
    """Keep a stage's figures beside the others'."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    kept[stage] = _rounded(found)
    KEPT.write_text(json.dumps(kept, indent=1), "utf-8")
    typer.echo(json.dumps({stage: kept[stage]}, indent=1))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def say(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')} {line}", err=True)


if __name__ == "__main__":
    typer.run(main)
