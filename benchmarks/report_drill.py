"""Soreness reports through the real processes: how long one sentence takes, and whether any report is lost or doubled
while the assistant is killed and the database refuses to write.

    uv run python -m benchmarks.report_drill [--pairs N] [--reports N] [--kills N] [--seed S]

A front door, an assistant and a worker of their own, on SQLite. First, an answer and a one-sentence report in turn,
each in a new conversation, timed at the front door. Then patients report step by step while the assistant is ended
with signal 9 at random moments and, in the middle, the database is locked for longer than a writer waits. A patient
whose answer is late reads on until it is there, as the chat widget does. Exit code 1 when a report is missing,
doubled, unfinished or not what was said.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from bot.records import reports
from bot.records.database import BUSY_SECONDS, open_database
from bot.records.encryption import open_vault
from bot.settings import ROOT
from tests.ports import free_port

QUESTIONS = ("how long does the soreness last?", "can i take a bath tonight", "does dry needling hurt?")
SENTENCES = (
    "about a 6 outta ten in my left calf since yesterday, bit of a bruise",
    "neck is a 4 since this morning, no bruising",
    "left hip 3 since yesterday, no numbness",
)
STEPS = ("im sore", "4", "left calf", "yesterday", "no")
AT_ONCE = 4  # patients
READY_S, LATE_S = 240.0, 300.0


@dataclass
class House:
    """The processes of one run, and what befell them."""

    home: Path
    environment: dict[str, str]
    door: str
    assistant: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    def start(self, module: str) -> None:
        """Start a process, its output in a log beside the database."""
        with (self.home / f"{module}.log").open("ab") as log:
            self.running[module] = subprocess.Popen(
                [sys.executable, "-m", module], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def stop(self) -> None:
        """End every process."""
        for process in self.running.values():
            process.kill()
            process.wait()

    def cpu_s(self) -> float:
        """Return the processor seconds that door and assistant have used."""
        used = [
            psutil.Process(self.running[name].pid).cpu_times() for name in ("bot.web", "bot.dialogue.serve")
        ]
        return sum(one.user + one.system for one in used)

    async def kill_assistant(self) -> None:
        """End the assistant with signal 9, start it again and wait until it answers."""
        process = self.running["bot.dialogue.serve"]
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        self.kills += 1
        self.start("bot.dialogue.serve")
        await until_answers(f"{self.assistant}/status")


async def until_answers(url: str) -> None:
    """Wait until an address answers 200; TimeoutError when it does not."""
    async with asyncio.timeout(READY_S), httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(url, timeout=60)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)


class Patient:
    """One conversation at the front door."""

    def __init__(self, http: httpx.AsyncClient, token: str, told: Counter[str]) -> None:
        self._http, self._told = http, told
        self._headers = {"Authorization": f"Bearer {token}"}
        self._cursor = 0

    async def say(self, text: str) -> list[str]:
        """Send a message until it is taken; return what came back, however late."""
        body = {"id": str(uuid.uuid4()), "text": text}
        while True:
            try:
                reply = await self._http.post("/chat/messages", json=body, headers=self._headers)
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            if reply.status_code == 200:
                break
            self._told[f"refused: {reply.json().get('message', reply.text)}"] += 1
            await asyncio.sleep(1)
        if '"pending": true' in reply.text:
            self._told["answer came later"] += 1
        return await self._read_on()

    async def _read_on(self) -> list[str]:
        async with asyncio.timeout(LATE_S):
            while True:
                found = await self._http.get(f"/chat/messages?after={self._cursor}", headers=self._headers)
                if found.status_code == 200 and not found.json()["pending"]:
                    lines: list[dict[str, Any]] = found.json()["messages"]
                    self._cursor = max((line["cursor"] for line in lines), default=self._cursor)
                    return [line["text"] for line in lines if line["role"] == "bot"]
                await asyncio.sleep(0.2)


async def new_patient(http: httpx.AsyncClient, told: Counter[str]) -> Patient:
    """Begin a conversation."""
    return Patient(http, (await http.post("/chat/session", json={})).json()["token"], told)


BLOCK = 10  # messages of a kind in a row: processor time is counted in hundredths of a second


async def speed(http: httpx.AsyncClient, house: House, pairs: int) -> None:
    """Time answers and one-sentence reports, ten of each in turn, each in a new conversation."""
    times: dict[str, list[float]] = {"answer": [], "report": []}
    used = {"answer": 0.0, "report": 0.0}
    for block in range(-1, pairs // BLOCK):  # the first warms up
        for kind, texts in (("answer", QUESTIONS), ("report", SENTENCES)):
            before = house.cpu_s()
            found = [await _timed(http, kind, texts[number % len(texts)]) for number in range(BLOCK)]
            if block >= 0:
                times[kind] += found
                used[kind] += house.cpu_s() - before
    middle = {kind: statistics.median(found) for kind, found in times.items()}
    cpu = {kind: used[kind] * 1000 / len(found) for kind, found in times.items()}
    print(
        f"p50 at the front door: answer {middle['answer']:.1f} ms, one-sentence report {middle['report']:.1f} ms, "
        f"ratio {middle['report'] / middle['answer']:.2f}\n"
        f"processor time of door and assistant: {cpu['answer']:.1f} and {cpu['report']:.1f} ms a message, "
        f"ratio {cpu['report'] / cpu['answer']:.2f}"
    )


async def _timed(http: httpx.AsyncClient, kind: str, text: str) -> float:
    token = (await http.post("/chat/session", json={})).json()["token"]
    body = {"id": str(uuid.uuid4()), "text": text}
    before = time.perf_counter()
    reply = await http.post("/chat/messages", json=body, headers={"Authorization": f"Bearer {token}"})
    ms = (time.perf_counter() - before) * 1000
    assert reply.status_code == 200 and (
        '"pending": true' in reply.text or kind == "answer" or "Saved" in reply.text
    )
    return ms


async def report_under_fire(
    http: httpx.AsyncClient, house: House, wanted: int, kills: int, chance: random.Random, told: Counter[str]
) -> list[str]:
    """Have patients report while the assistant is killed; return the last words each one read."""
    waiting = iter(range(wanted))
    last: list[str] = []

    async def patients() -> None:
        for _ in waiting:
            patient = await new_patient(http, told)
            said: list[str] = []
            for step in STEPS:
                said = await patient.say(step)
                told["apologies"] += sum("something went wrong" in line for line in said)
                if any("something went wrong" in line for line in said):
                    said = await patient.say(step)
            last.append(" ".join(said))

    async def fire() -> None:
        for number in range(kills):
            await asyncio.sleep(chance.uniform(0.2, 2.0))
            await house.kill_assistant()
            if number == kills // 2:
                await asyncio.to_thread(lock_database, house.home / "bot.db")

    at_work = asyncio.gather(*(patients() for _ in range(AT_ONCE)))
    await asyncio.gather(at_work, fire())
    return last


def lock_database(path: Path) -> None:
    """Keep everybody from writing for longer than a writer waits."""
    with sqlite3.connect(path, isolation_level=None, timeout=60) as connection:
        connection.execute("begin exclusive")
        time.sleep(BUSY_SECONDS + 3)
        connection.execute("rollback")


def verdict(home: Path, wanted: int, before: int, last: list[str]) -> int:
    """Compare what is stored with what was said; return how much is wrong."""
    database = open_database(f"sqlite:///{home / 'bot.db'}", open_vault(home / "keys"))
    with database.reading() as session:
        stored = reports.recent(session, limit=10_000)[: -before or None]
    a_conversation = Counter(report.conversation_id for report in stored)
    right = [
        report
        for report in stored
        if report.details.complete and report.details.score == 4
        and [(area.part, area.side) for area in report.details.areas] == [("calf", "left")]
    ]  # fmt: skip
    lost, doubled = wanted - len(a_conversation), sum(count - 1 for count in a_conversation.values())
    wrong, unsaid = len(stored) - len(right), sum("Saved" not in said for said in last)
    print(
        f"{wanted} reports: {lost} lost, {doubled} doubled, {wrong} unfinished or wrong, {unsaid} not told saved"
    )
    return lost + doubled + wrong + unsaid


async def drill(house: House, given: argparse.Namespace) -> int:
    """Start the processes, time, kill, judge."""
    house.start("bot.dialogue.serve")
    await until_answers(f"{house.assistant}/status")
    house.start("bot.web")
    house.start("bot.worker")
    await until_answers(f"{house.door}/health/live")
    told: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=house.door, timeout=60) as http:
        if given.pairs:
            await speed(http, house, given.pairs)
        if not given.reports:
            return 0
        before = (given.pairs // BLOCK + 1) * BLOCK if given.pairs else 0
        chance = random.Random(given.seed)
        last = await report_under_fire(http, house, given.reports, given.kills, chance, told)
    print(f"{house.kills} kills; patients were told: {dict(told)}")
    return verdict(house.home, given.reports, before, last)


def main() -> int:
    """Run in a folder of its own; 1 when anything is wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--pairs", type=int, default=60, help="answers and reports that are timed")
    options.add_argument("--reports", type=int, default=60, help="reports under fire")
    options.add_argument("--kills", type=int, default=6)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="report-drill-") as folder:
        home = Path(folder)
        clinic = yaml.safe_load((ROOT / "clinic.yml").read_text("utf-8"))
        limits = (
            "messages_a_minute",
            "messages_a_day",
            "address_messages_a_minute",
            "address_sessions_an_hour",
        )
        clinic["web"] |= dict.fromkeys(limits, 10**6)
        (home / "clinic.yml").write_text(yaml.safe_dump(clinic), "utf-8")
        door, assistant = free_port(), free_port()
        environment = os.environ | {
            "BOT_VAR": folder,
            "BOT_CLINIC": f"{folder}/clinic.yml",
            "BOT_PORT": str(door),
            "BOT_ASSISTANT_URL": f"http://127.0.0.1:{assistant}",
            "BOT_INTERNAL_TOKEN": secrets.token_urlsafe(16),
        }
        house = House(home, environment, f"http://127.0.0.1:{door}", f"http://127.0.0.1:{assistant}")
        try:
            return 1 if asyncio.run(drill(house, given)) else 0
        finally:
            house.stop()


if __name__ == "__main__":
    sys.exit(main())
