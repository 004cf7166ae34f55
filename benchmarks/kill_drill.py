"""Kill workers at random while a failing carrier takes their texts: is any text lost, or sent twice?

    uv run python benchmarks/kill_drill.py --database sqlite|postgresql --texts N [--seed S] [--json]

Real worker processes send through the fake carrier (a process of its own: 3 % taken and answered late, 3 % taken
and answered 503, 1 % taken and cut off, 2 % throttled, 2 % failed; half of the numbers get several texts), and are
ended with signal 9, or stopped (SIGSTOP) for longer than the lease of an intent, one at a time. The carrier's own
list at the end is the verdict. Beside it, on the same carrier: plain "send, then commit". Exit code 1 when the
protocol lost or doubled anything.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.records import outbox
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from bot.records.outbox import OutboxRow
from bot.sms.carrier.network import Network

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 2.0
CALL_SECONDS = (1.0, 0.6)
LAG_SECONDS = 0.5
_ACCOUNT, _TOKEN, _OURS = "AC" + "0" * 32, "drill", "+12025550100"


@dataclass
class Outcome:
    """What one way of sending did."""

    way: str
    database: str
    texts: int
    workers: int
    kills: int = 0
    pauses: int = 0
    accepted_by_carrier: int = 0
    doubled: int = 0
    lost: int = 0
    unexpected: int = 0
    seconds: float = 0.0
    settled: dict[str, int] = field(default_factory=dict)


@dataclass
class Drill:
    """One run's parts."""

    url: str
    keys: Path
    carrier_port: int
    carrier_data: Path
    texts: int
    seed: int
    workers: int


def main() -> int:
    """Run both ways and print the table; 1 when the protocol lost or doubled anything."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--texts", type=int, default=10_000)
    options.add_argument(
        "--plain-texts", type=int, default=None, help="texts of the plain way (texts, at most 1000)"
    )
    options.add_argument("--workers", type=int, default=None, help="2 on SQLite, 4 on PostgreSQL")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    options.add_argument(
        "--worker", nargs=4, metavar=("WAY", "URL", "KEYS", "CARRIER"), help=argparse.SUPPRESS
    )
    given = options.parse_args()
    if given.worker:
        return _work(*given.worker)
    workers = given.workers or (2 if given.database == "sqlite" else 4)
    plain_texts = given.plain_texts if given.plain_texts is not None else min(given.texts, 1000)
    outcomes = [run("outbox", given.database, given.texts, workers, given.seed)]
    if plain_texts:
        outcomes.append(run("plain", given.database, plain_texts, workers, given.seed))
    if given.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
    else:
        print_table(outcomes)
    ours = outcomes[0]
    return 1 if ours.doubled or ours.lost or ours.unexpected else 0


def run(way: str, database: str, texts: int, workers: int, seed: int) -> Outcome:
    """One drill from empty database to verdict."""
    with tempfile.TemporaryDirectory(prefix="drill") as folder, _database(database, Path(folder)) as url:
        home = Path(folder)
        opened = open_database(url, open_vault(home / "keys"))
        opened.upgrade()
        wanted = _queue(opened, texts, seed)
        with _carrier(home, seed) as port:
            drill = Drill(url, home / "keys", port, home / "carrier.db", texts, seed, workers)
            outcome = Outcome(way, database, texts, workers)
            begun = time.monotonic()
            _kill_and_restart(drill, opened, outcome)
            outcome.seconds = round(time.monotonic() - begun, 1)
            time.sleep(2.0)  # late answers of the carrier
        _judge(opened, Network(home / "carrier.db"), wanted, outcome)
        opened.close()
    return outcome


def print_table(outcomes: list[Outcome]) -> None:
    """The table."""
    head = (
        "way",
        "database",
        "workers",
        "texts",
        "kills",
        "pauses",
        "taken",
        "doubled",
        "lost",
        "other",
        "s",
        "texts/s",
    )
    print(" | ".join(head))
    for one in outcomes:
        rate = one.texts / one.seconds if one.seconds else 0
        print(" | ".join(str(cell) for cell in (
            one.way, one.database, one.workers, one.texts, one.kills, one.pauses, one.accepted_by_carrier,
            one.doubled, one.lost, one.unexpected, one.seconds, round(rate, 1),
        )))  # fmt: skip
        print("   settled:", ", ".join(f"{how} {count}" for how, count in sorted(one.settled.items())) or "-")


def _queue(database: Database, texts: int, seed: int) -> dict[tuple[str, str], int]:
    """Queue the texts: half of the numbers get one, the others three, some with the same words."""
    chance, wanted, number = random.Random(seed), {}, 0
    now = datetime.now(UTC) - timedelta(seconds=1)
    while number < texts:
        with database.transaction() as session:
            for _ in range(500):
                phone = f"+1{2000000000 + number:010d}"
                for count in range(1 if chance.random() < 0.5 else 3):
                    if number >= texts:
                        break
                    body = "the same words" if count and chance.random() < 0.5 else f"text {number}"
                    outbox.enqueue(
                        session, f"drill:{number}", phone, body, kind="urgent" if number % 50 == 0 else "notice",
                        priority=number % 3, now=now,
                    )  # fmt: skip
                    wanted[phone, body] = wanted.get((phone, body), 0) + 1
                    number += 1
    return wanted


def _kill_and_restart(drill: Drill, database: Database, outcome: Outcome) -> None:
    chance = random.Random(drill.seed + 1)
    running = [_start(drill, outcome.way) for _ in range(drill.workers)]
    most = max(8, drill.texts // 100)
    try:
        while _unsettled(database):
            time.sleep(chance.uniform(0.5, 2.5))
            for place, process in enumerate(running):
                if process.poll() is not None:
                    running[place] = _start(drill, outcome.way)
            if outcome.kills + outcome.pauses >= most:
                continue
            place = chance.randrange(len(running))
            if chance.random() < 0.15:
                outcome.pauses += 1
                os.kill(running[place].pid, signal.SIGSTOP)
                time.sleep(chance.uniform(0.2, 1.0))
                os.kill(running[place].pid, signal.SIGCONT)
            else:
                outcome.kills += 1
                running[place].kill()
                running[place].wait()
                running[place] = _start(drill, outcome.way)
    finally:
        for process in running:
            process.kill()
            process.wait()


def _unsettled(database: Database) -> int:
    with database.reading() as session:
        open_states = OutboxRow.state.in_(("queued", "submitting"))
        return int(session.scalar(select(func.count()).where(open_states)) or 0)


def _judge(
    database: Database, network: Network, wanted: dict[tuple[str, str], int], outcome: Outcome
) -> None:
    taken = network.counts()
    outcome.accepted_by_carrier = sum(taken.values())
    outcome.doubled = sum(max(0, taken.get(key, 0) - count) for key, count in wanted.items())
    outcome.lost = sum(max(0, count - taken.get(key, 0)) for key, count in wanted.items())
    outcome.unexpected = sum(count for key, count in taken.items() if key not in wanted)
    with database.reading() as session:
        rows = session.execute(
            select(OutboxRow.state, OutboxRow.last_error, func.count()).group_by(
                OutboxRow.state, OutboxRow.last_error
            )
        )
        outcome.settled = {f"{state} ({how})" if how else state: count for state, how, count in rows}


def _start(drill: Drill, way: str) -> subprocess.Popen[bytes]:
    carrier = f"http://127.0.0.1:{drill.carrier_port}"
    command = [sys.executable, __file__, "--worker", way, drill.url, str(drill.keys), carrier]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _work(way: str, url: str, keys: str, carrier: str) -> int:
    """A worker process: the installation's own sender and reconciler, with short times."""
    from bot.settings import load_clinic
    from bot.sms.reconciling import Reconciler
    from bot.sms.sending import Send, Sender
    from bot.sms.twilio import TwilioProvider

    database = open_database(url, open_vault(Path(keys)))
    clinic = load_clinic(ROOT / "clinic.yml")
    clinic = clinic.model_copy(update={"sms": clinic.sms.model_copy(update={"texts_a_second": 1e6})})
    provider = TwilioProvider(
        _ACCOUNT, (_TOKEN,), _OURS, "http://127.0.0.1:9/sms/status", api=carrier, seconds=CALL_SECONDS
    )

    def clock() -> datetime:
        return datetime.now(UTC)

    if way == "plain":
        return _plain(database, provider)
    sender = Sender(database, provider, clinic, lambda *_: Send(), f"drill:{os.getpid()}", clock)
    reconciler = Reconciler(database, provider, clinic, clock, grace=timedelta(seconds=GRACE_SECONDS))
    looked, parent = 0.0, os.getppid()
    while os.getppid() == parent:
        if not sender.send_due():
            time.sleep(0.05)
        if time.monotonic() - looked > 0.5:
            reconciler.settle_unknown()
            looked = time.monotonic()
    return 0


def _plain(database: Database, provider: object) -> int:
    """What many do: take a text under a lease, send it, then write down that it was sent; else try again."""
    from bot.records import submissions
    from bot.sms.provider import Accepted, OutboundText
    from bot.sms.twilio import TwilioProvider

    assert isinstance(provider, TwilioProvider)
    parent = os.getppid()
    while os.getppid() == parent:
        now = datetime.now(UTC)
        with database.transaction() as session:
            texts = submissions.ready(session, now=now, limit=1)
            for text in texts:
                submissions.hold(session, text, now + timedelta(seconds=3))
        for text in texts:
            sent = provider.send(OutboundText(text.phone, text.body, text.ref, now))
            if isinstance(sent, Accepted):
                with database.transaction() as session:
                    submissions.drop(session, text, "accepted", "")
        if not texts:
            time.sleep(0.1)
    return 0


@contextmanager
def _carrier(home: Path, seed: int, faults: str = "drill", lag: float = LAG_SECONDS) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "bot.sms.carrier", "--port", str(port), "--data", str(home / "carrier.db"),
        "--account", _ACCOUNT, "--token", _TOKEN, "--inbound-url", "http://127.0.0.1:9/", "--faults", faults,
        "--list-lag", str(lag), "--seed", str(seed), "--no-hooks",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _database(kind: str, home: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{home / 'bot.db'}"
        return
    from tests.postgres import postgres_server

    with postgres_server(durable=True) as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
