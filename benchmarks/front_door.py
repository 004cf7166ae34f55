"""The door's own share of a reply: `python -m benchmarks.front_door [requests a second] [seconds]`.

A real door (`python -m bot.web`, SQLite) before a stand-in assistant that answers at once; requests arrive on a clock,
whether or not earlier ones are done. From the request sent to the end of the answer, the client's own time included;
the door's share is that without what the same turns take when the stand-in is asked directly.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import psutil
import yaml

from bot.settings import ROOT
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant, running

VISITORS = 60


async def ready(url: str) -> None:
    """Wait until the door answers."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        while True:
            try:
                await http.get("/health/live")
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def on_a_clock(say: Callable[[int], Awaitable[None]], rate: float, seconds: float) -> None:
    """So many a second, whether or not earlier ones are done; ends when all are."""
    start, waiting = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        waiting.append(asyncio.ensure_future(say(number)))
    await asyncio.gather(*waiting)


async def without_door(url: str, rate: float, seconds: float) -> list[float]:
    """The same turns asked of the stand-in without a door: milliseconds that are not the door's."""
    times: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:

        async def say(number: int) -> None:
            sent = time.perf_counter()
            turn = {"conversation": "c", "message_id": str(number), "text": "is bruising normal?"}
            await http.post("/webhooks/web/turn", json=turn, headers={"Authorization": f"Bearer {TOKEN}"})
            times.append((time.perf_counter() - sent) * 1000)

        await on_a_clock(say, rate, seconds)
    return sorted(times)


def disk(folder: str) -> float:
    """Milliseconds in which the disk confirms a small write, half of the time."""
    times = []
    with (Path(folder) / "probe").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[25]


def _processor(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


async def load(url: str, rate: float, seconds: float) -> list[float]:
    """Send for a while; milliseconds of each reply."""
    times: list[float] = []
    late: list[bool] = []
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=500)) as http:
        begun = [await http.post("/chat/session", json={}) for _ in range(VISITORS)]
        tokens = [each.json()["token"] for each in begun]

        async def say(number: int) -> None:
            sent = time.perf_counter()
            body = {"id": str(uuid.uuid4()), "text": "is bruising normal after the session?"}
            headers = {"Authorization": f"Bearer {tokens[number % VISITORS]}"}
            reply = await http.post("/chat/messages", json=body, headers=headers)
            reply.raise_for_status()
            late.append('"done": true' not in reply.text)
            times.append((time.perf_counter() - sent) * 1000)

        for number in range(VISITORS):  # warm
            await say(number)
        times.clear()
        await on_a_clock(say, rate, seconds)
    if any(late):
        print(f"{sum(late)} answers came later than the door waits: the machine is too busy for this rate")
    return sorted(times)


def main(rate: float = 50, seconds: float = 20) -> None:
    """Run and print the figures."""
    with tempfile.TemporaryDirectory() as folder, running(FakeAssistant().app()) as assistant:
        clinic = yaml.safe_load((ROOT / "clinic.yml").read_text("utf-8"))
        many = (
            "messages_a_minute",
            "messages_a_day",
            "address_messages_a_minute",
            "address_sessions_an_hour",
        )
        clinic["web"] |= dict.fromkeys(many, 10**6)
        (Path(folder) / "clinic.yml").write_text(yaml.safe_dump(clinic), "utf-8")
        port = free_port()
        env = os.environ | {
            "BOT_VAR": folder,
            "BOT_CLINIC": f"{folder}/clinic.yml",
            "BOT_PORT": str(port),
            "BOT_ASSISTANT_URL": f"http://127.0.0.1:{assistant}",
            "BOT_INTERNAL_TOKEN": TOKEN,
        }
        began = time.perf_counter()
        door = subprocess.Popen([sys.executable, "-m", "bot.web"], env=env, stderr=subprocess.DEVNULL)
        try:
            url, used = f"http://127.0.0.1:{port}", psutil.Process(door.pid)
            asyncio.run(ready(url))
            ready_after, before = time.perf_counter() - began, _processor(used)
            times = asyncio.run(load(url, rate, seconds))
            alone = asyncio.run(without_door(f"http://127.0.0.1:{assistant}", rate, min(seconds, 5)))
            p50, p95, p99 = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
            each = (_processor(used) - before) / (len(times) + VISITORS) * 1000
            print(f"{len(times)} replies at {rate:g}/s: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms")
            half = alone[len(alone) // 2]
            print(f"without the door half take {half:.1f} ms: its own share is p99 {p99 - half:.1f} ms")
            print(
                f"door: ready after {ready_after:.1f} s ({before:.1f} s of processor), {each:.1f} ms of processor "
                f"a reply, {used.memory_info().rss / 2**20:.0f} MB"
            )
            print(
                f"machine: {os.getloadavg()[0]:.1f} processes wanted {os.cpu_count()} processors; one write to the "
                f"disk takes {disk(folder):.1f} ms (half of them) and a reply waits for two"
            )
        finally:
            door.terminate()
            door.wait()


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
