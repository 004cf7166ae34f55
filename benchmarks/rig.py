"""What the benchmark of the profile production stands on: servers, the installation, what its processes take."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import func, select, text

from benchmarks.webhooks import TOKEN, fake_carrier
from bot.records.database import Database
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.sms.carrier.network import Network
from tests.postgres import postgres_server
from tests.redis import redis_server
from tests.system.production import Production, production

KINDS = ("bot.dialogue.serve", "bot.web", "bot.worker")
DATABASE = "postgres"
SETTLED_WITHIN_S = 400


@dataclass(frozen=True)
class Rig:
    """What every stage works with."""

    house: Production
    carried: Network  # what the carrier has taken from us
    trial: bool


@contextmanager
def rig_up(trial: bool) -> Iterator[Rig]:
    """Start everything, two of each process."""
    with (
        tempfile.TemporaryDirectory(prefix="production") as folder,
        postgres_server(durable=True) as database,
        redis_server() as redis,
        fake_carrier(Path(folder)) as carrier_url,
    ):
        home = Path(folder)
        with production(
            home, database, redis, BOT_CARRIER_URL=carrier_url, BOT_CARRIER_TOKEN=TOKEN, LOG_LEVEL="ERROR"
        ) as house:
            yield Rig(house, Network(home / "carrier.db"), trial)


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
    """Milliseconds of processor that each kind of process, and the database, takes within the block."""
    server = server_of(rig.house.database)
    spent = {kind: -spent_by(rig.house.children(kind)) for kind in KINDS}
    spent[DATABASE] = -spent_by(server.children())
    yield spent
    for kind in KINDS:
        spent[kind] += spent_by(rig.house.children(kind))
    spent[DATABASE] += spent_by(server.children())


def server_of(database: Database) -> psutil.Process:
    """PostgreSQL's first process: those that serve connections are its children."""
    with database.reading() as session:
        served_by = psutil.Process(session.scalar(text("select pg_backend_pid()")))
    parent = served_by.parent()
    assert parent is not None
    return parent


def spent_by(processes: list[psutil.Process]) -> float:
    """Milliseconds of processor that these processes have taken."""
    times = [process.cpu_times() for process in processes]
    return sum(time.user + time.system for time in times) * 1000


def resident(rig: Rig) -> dict[str, float]:
    """Megabytes of each process."""
    return {
        f"{kind} {number}": process.memory_info().rss / 2**20
        for kind in KINDS
        for number, process in enumerate(rig.house.children(kind), 1)
    }
