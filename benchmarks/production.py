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
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Annotated, Any

import psutil
import typer

from benchmarks.places import RESULTS
from benchmarks.rig import DATABASE, KINDS, Rig, all_settled, processor_time, resident, rig_up
from benchmarks.visiting import asking, finished, steadily, visitors
from benchmarks.webhooks import Acknowledged, Carrier, at_rate, carrier, percentile
from tests.system.production import Visitor, judge

KEPT = RESULTS / "production.json"
KILL_EVERY_S = 5.0


class Stage(StrEnum):
    """What is measured."""

    WEBHOOKS = "webhooks"
    TURNS = "turns"
    CHANGES = "changes"
    KILLS = "kills"


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
    began = time.monotonic()
    with rig_up(trial) as rig:
        say(f"ready after {time.monotonic() - began:.0f} s")
        for stage in [only] if only else Stage:
            keep(stage, watched(stages[stage](rig)))
        if soak:
            keep("soak", watched(soaking(rig, soak, rate)))


async def webhooks(rig: Rig) -> dict[str, Any]:
    """How many webhooks a second are taken, and how fast; texts among them are answered meanwhile."""
    found: dict[str, Any] = {}
    async with carrier(rig.house.door) as one:
        await at_rate(one, 20, 2)
        for rate in (50, 100) if rig.trial else (50, 100, 200, 300):
            with processor_time(rig) as spent:
                taken = await at_rate(one, rate, 3 if rig.trial else 10)
            found[str(rate)] = acknowledged(taken) | {
                f"{kind} ms each": spent[kind] / len(taken.milliseconds) for kind in (*KINDS, DATABASE)
            }  # fmt: skip
            say(f"webhooks {rate}/s: {found[str(rate)]}")
            await all_settled(rig)
    return found


async def turns(rig: Rig) -> dict[str, Any]:
    """How many turns a second visitors get who ask as soon as they are answered."""
    found: dict[str, Any] = {}
    for count in (4,) if rig.trial else (1, 8, 16):
        async with visitors(rig.house.door, count) as here:
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
    async with visitors(rig.house.door, 20) as here:
        talking = asyncio.create_task(steadily(here, rate, 600))
        said = len(rig.house.said())
        rig.house.process.send_signal(signal.SIGUSR1)  # `bot restart`
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
    async with carrier(rig.house.door) as one, visitors(rig.house.door, 40) as here:
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
    async with carrier(rig.house.door) as one, visitors(rig.house.door, 40) as here:
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


async def steady_texts(one: Carrier, taken: Acknowledged, rate: float) -> None:
    sending: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.sleep(1 / rate)
        sending.add(asyncio.create_task(one.post(one.text(), taken)))


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


def acknowledged(taken: Acknowledged) -> dict[str, Any]:
    return {
        "taken": len(taken.milliseconds), "p50_ms": taken.p50, "p99_ms": taken.p99, "again": taken.again,
        "refused": taken.refused, "load ms each": taken.load_ms_each,
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
