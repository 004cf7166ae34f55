"""Every text that a phone sends arrives one to five times, at once, while processes are killed: is it taken once?

    uv run python benchmarks/inbound_drill.py --database sqlite|postgresql --messages N [--seed S] [--json]

Signed webhooks are posted to two front doors from eight threads, each until somebody has said 2xx, as a provider
does; doors and workers are ended with signal 9 every half second or so. The assistant is a stand-in that keeps to
its contract (the same message id again gives the same answer and no second turn), writes a report as ours does, and
fails one turn in ten, before or after its work. In the end there must be one row, one turn, one report and one
reply for each message, and the replies are counted by the carrier. Exit code 1 when one is missing or one too many.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import urllib3
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from benchmarks.drilling import (
    ACCOUNT,
    OURS,
    TOKEN,
    Place,
    carrier,
    clinic_without_limits,
    kill,
    open_at,
    send_texts,
    serve_hooks,
    server,
    start,
    wait_for,
)
from bot.records import reports
from bot.records.database import Database
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.records.report_rows import ReportRow
from bot.sms import conversing
from bot.sms.carrier.network import Network
from bot.sms.conversing import Conversing
from bot.web.assistant import Assistant
from bot.web.records import Records
from tests.ports import free_port

_POSTERS = 8


@dataclass
class Outcome:
    """What came of the messages; everything after `kills` counts what should not be, or is missing."""

    database: str
    messages: int
    posts: int = 0
    kills: int = 0
    rows: int = 0
    turns: int = 0
    reports: int = 0
    replies: int = 0
    twice_or_missing: int = 0
    unanswered: int = 0
    seconds: float = 0.0


def main() -> int:
    """Drill and print; 1 when something is missing or there twice."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--messages", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = run(given.database, given.messages, given.seed)
    shown = asdict(found)
    print(json.dumps(shown) if given.json else "\n".join(f"{name}: {value}" for name, value in shown.items()))
    right = (found.rows, found.turns, found.reports, found.replies) == (found.messages,) * 4
    return 0 if right and not found.twice_or_missing and not found.unanswered else 1


def run(kind: str, messages: int, seed: int) -> Outcome:
    """One drill from an empty database to the verdict."""
    outcome, chance = Outcome(kind, messages), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="inbound") as folder, server(kind, Path(folder)) as under:
        first = Place(under.url, Path(folder), free_port(), free_port(), grace=4.0)
        doors = (first, replace(first, door_port=free_port()))
        database = open_at(first)
        database.upgrade()
        asked = free_port()
        with (
            _crew(doors, asked) as crew,
            carrier(first.home, first.carrier_port, "http://127.0.0.1:9/", lag=0.5),
        ):
            begun, over = time.monotonic(), threading.Event()
            killer = threading.Thread(target=crew.kill_at_random, args=(over, chance, outcome))
            killer.start()
            posts = [number for number in range(messages) for _ in range(chance.randrange(1, 6))]
            chance.shuffle(posts)
            post = _Poster([door.door_port for door in doors])
            with ThreadPoolExecutor(_POSTERS) as threads:
                list(threads.map(post, posts))
            outcome.posts = len(posts)
            over.set()
            killer.join()
            until = time.monotonic() + 300
            while _waiting(database) and time.monotonic() < until:
                time.sleep(0.2)
            outcome.unanswered = _waiting(database)
            outcome.seconds = round(time.monotonic() - begun, 1)
        _judge(database, first, outcome)
        database.close()
    return outcome


class _Poster:
    """Posts a message's webhook, signed, until a door has taken it."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._pool = urllib3.PoolManager(maxsize=_POSTERS, retries=False, timeout=10)
        self._signer = RequestValidator(TOKEN)

    def __call__(self, number: int) -> None:
        """Post message `number`."""
        fields = {
            "AccountSid": ACCOUNT, "MessageSid": f"SM{number:032d}", "From": f"+1202{3_000_000 + number:07d}",
            "To": OURS, "Body": f"my shoulder is sore today, message {number}", "NumMedia": "0", "FromCity": "",
        }  # fmt: skip
        for again in range(1000):
            url = f"http://127.0.0.1:{self._ports[(number + again) % len(self._ports)]}/sms/fake"
            signature = self._signer.compute_signature(url, fields)
            headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
            try:
                answer = self._pool.request("POST", url, body=urlencode(fields), headers=headers)
                if answer.status < 300:
                    return
                if answer.status < 500:
                    raise RuntimeError(f"a door answered {answer.status}")
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.05)
        raise RuntimeError("no door takes a message")


class _Crew:
    """The processes that are killed: two doors, two workers that answer, one that sends."""

    def __init__(self, doors: tuple[Place, Place], assistant_port: int) -> None:
        self._work = [
            *((serve_hooks, (door,)) for door in doors),
            *((answer_texts, (doors[0], assistant_port)) for _ in range(2)),
            (send_texts, (doors[0],)),
        ]
        self._running = [start(work, *given) for work, given in self._work]

    def kill_at_random(self, over: threading.Event, chance: random.Random, outcome: Outcome) -> None:
        """Kill one and start it anew, again and again."""
        while not over.wait(chance.uniform(0.3, 0.9)):
            place = chance.randrange(len(self._work))
            kill(self._running[place])
            work, given = self._work[place]
            self._running[place] = start(work, *given)
            outcome.kills += 1
            if work is serve_hooks:
                wait_for(given[0].door_port)

    def end(self) -> None:
        """Kill all."""
        for process in self._running:
            kill(process)


@contextmanager
def _crew(doors: tuple[Place, Place], assistant_port: int) -> Iterator[_Crew]:
    assistant = start(stand_in, doors[0], assistant_port)
    crew = _Crew(doors, assistant_port)
    try:
        for port in (assistant_port, *(door.door_port for door in doors)):
            wait_for(port)
        yield crew
    finally:
        crew.end()
        kill(assistant)


def answer_texts(place: Place, assistant_port: int) -> None:
    """A worker that has texts answered; what a killed one held is free again after the grace."""
    conversing.LEASE = timedelta(seconds=place.grace)
    asyncio.run(_answer_texts(place, assistant_port))


async def _answer_texts(place: Place, assistant_port: int) -> None:
    talk = Conversing(
        Records(open_at(place)), Assistant(f"http://127.0.0.1:{assistant_port}", "drill"),
        clinic_without_limits(), f"drill:{os.getpid()}:{time.time_ns()}", lambda: datetime.now(UTC),
    )  # fmt: skip
    while True:
        try:
            found = await talk.answer_waiting()
        except Exception:  # as bot.worker: what goes wrong is tried again
            found = 0
        if not found:
            await asyncio.sleep(0.1)


def stand_in(place: Place, port: int) -> None:
    """An assistant that remembers its turns and writes a report for each, and fails one in ten."""
    database, chance = open_at(place), random.Random(7)
    memory = sqlite3.connect(place.home / "assistant.db", isolation_level=None, check_same_thread=False)
    memory.execute("create table turns (message text, told int)")
    lock = threading.Lock()

    def take(message: str, words: str) -> None:
        with lock:
            if memory.execute("select 1 from turns where message=?", (message,)).fetchone():
                return
            with database.transaction() as session:
                reports.record_report(
                    session,
                    message,
                    reports.Details(score=5, words=words),
                    channel="sms",
                    now=datetime.now(UTC),
                )
            memory.execute("insert into turns values (?, 1)", (message,))

    async def turn(request: Request) -> Response:
        asked = await request.json()
        fault = chance.random()
        if fault < 0.05:
            return JSONResponse({"error": "busy"}, 503)
        await asyncio.get_running_loop().run_in_executor(None, take, asked["message_id"], asked["text"])
        if fault < 0.1:
            return JSONResponse({"error": "broke after its work"}, 500)
        lines = (
            {"text": f"Noted: {asked['text']}", "buttons": [], "custom": {"kind": "answer"}},
            {"done": True, "intent": "inform", "confidence": 0.9, "topics": []},
        )
        body = "".join(json.dumps(line) + "\n" for line in lines)
        return Response(body, media_type="application/x-ndjson")

    async def status(_: Request) -> Response:
        return JSONResponse({"model_file": "model"})

    app = Starlette(routes=[Route("/webhooks/sms/turn", turn, methods=["POST"]), Route("/status", status)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False, ws="none")


def _waiting(database: Database) -> int:
    with database.reading() as session:
        inbox = InboxRow.state.in_(("received", "processing"))
        out = OutboxRow.state.in_(("queued", "submitting"))
        return sum(
            int(session.scalar(select(func.count(table.id)).where(which)) or 0)  # type: ignore[attr-defined]
            for table, which in ((InboxRow, inbox), (OutboxRow, out))
        )


def _judge(database: Database, place: Place, outcome: Outcome) -> None:
    taken = Network(place.home / "carrier.db").counts()
    replies = Counter({phone: 0 for phone, _ in taken})
    for (phone, body), count in taken.items():
        if body.startswith("Noted:"):  # beside it there may be a word that it takes a while
            replies[phone] += count
            outcome.replies += count
    with database.reading() as session:
        found = session.execute(select(InboxRow.id, InboxRow.state)).all()
        told = Counter(session.scalars(select(ReportRow.source_inbox_id)))
    turns = Counter(
        row[0] for row in sqlite3.connect(place.home / "assistant.db").execute("select message from turns")
    )
    outcome.rows, outcome.turns, outcome.reports = len(found), sum(turns.values()), sum(told.values())
    outcome.twice_or_missing = sum(
        turns[key] != 1 or told[key] != 1 or state != "answered" for key, state in found
    )
    outcome.twice_or_missing += sum(count != 1 for count in replies.values())


if __name__ == "__main__":
    from benchmarks.inbound_drill import main as drill  # other processes find its functions by this name

    sys.exit(drill())
