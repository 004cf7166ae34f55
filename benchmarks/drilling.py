"""Parts of the drills: a carrier that fails, a front door and workers that can be killed, a database that suffers.

Workers and the front door are the installation's own code in processes of their own. They are forked from a process
that has imported everything, so that a kill costs milliseconds and not a second of imports.
"""

from __future__ import annotations

import multiprocessing
import os
import pwd
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import uvicorn
from sqlalchemy import text

from bot.records.database import Database, DatabaseUnavailableError, open_database
from bot.records.encryption import open_vault
from bot.settings import ROOT, Clinic, Settings, load_clinic
from bot.sms import webhooks
from bot.sms.reconciling import Reconciler
from bot.sms.sending import Send, Sender
from bot.sms.twilio import TwilioProvider
from bot.web.app import create_app

ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "drill", "+12025550100"
CALL_SECONDS = (1.0, 0.6)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["benchmarks.drilling", "benchmarks.kill_drill", "benchmarks.inbound_drill"])


@dataclass(frozen=True)
class Place:
    """Where a drill happens: the database, the home of keys and of the moved clock, the ports, the patience.

    `grace` (seconds) is the reconciler's; a worker does not act on an intent older than a quarter of it.
    """

    url: str
    home: Path
    carrier_port: int
    door_port: int
    grace: float

    @property
    def keys(self) -> Path:
        """The keys' folder."""
        return self.home / "keys"

    @property
    def fresh(self) -> float:
        """Seconds after which an intent is not acted on."""
        return self.grace / 4


def start(work: Callable[..., None], *args: object) -> BaseProcess:
    """A process that does some work until it is killed, or this one is."""
    process = _FORKS.Process(target=_quietly, args=(work, *args), daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """Signal 9."""
    process.kill()
    process.join()


def provider_of(place: Place) -> TwilioProvider:
    """The carrier as workers call it."""
    return TwilioProvider(
        ACCOUNT, (TOKEN,), OURS, f"http://127.0.0.1:{place.door_port}/sms/fake/status",
        api=f"http://127.0.0.1:{place.carrier_port}", seconds=CALL_SECONDS,
    )  # fmt: skip


def clinic_without_limits() -> Clinic:
    """The clinic of clinic.yml, with a carrier contract that limits nothing."""
    clinic = load_clinic(ROOT / "clinic.yml")
    return clinic.model_copy(
        update={"sms": clinic.sms.model_copy(update={"texts_a_second": 1e6, "replies_an_hour": 1_000_000})}
    )


def send_texts(place: Place) -> None:
    """A worker: the installation's own sender and reconciler, with short times."""
    database, provider, clinic = open_at(place), provider_of(place), clinic_without_limits()
    clock, grace = clock_at(place.home), timedelta(seconds=place.grace)
    sender = Sender(
        database, provider, clinic, lambda *_: Send(), f"drill:{os.getpid()}:{time.time_ns()}", clock,
        fresh_seconds=place.fresh,
    )  # fmt: skip
    reconciler = Reconciler(database, provider, clinic, clock, grace=grace)
    looked = 0.0
    while True:
        try:
            found = sender.send_due()
            if time.monotonic() - looked > place.grace / 4:
                reconciler.settle_unknown()
                looked = time.monotonic()
        except Exception:  # as bot.worker: what goes wrong is tried again
            found = 0
        if not found:
            time.sleep(0.05)


def serve_hooks(place: Place) -> None:
    """A front door that takes the carrier's hooks."""
    os.environ |= {"BOT_CARRIER_TOKEN": TOKEN, "BOT_INTERNAL_TOKEN": "drill"}
    settings = Settings(
        clinic=clinic_without_limits(), var=place.home, host="127.0.0.1", port=place.door_port,
        public_url=f"http://127.0.0.1:{place.door_port}", assistant_url="http://127.0.0.1:9",
        database_url=place.url,
    )  # fmt: skip
    app = create_app(settings, database=open_at(place), clock=clock_at(place.home), rooms=(webhooks.routes,))
    uvicorn.run(
        app, host="127.0.0.1", port=place.door_port, log_level="critical", access_log=False, ws="none"
    )


def open_at(place: Place) -> Database:
    """The drill's database, as soon as it answers."""
    while True:
        try:
            return open_database(place.url, open_vault(place.keys))
        except DatabaseUnavailableError:
            time.sleep(0.1)


def clock_at(home: Path) -> Callable[[], datetime]:
    """The time that processes see: the real one, set wrong by `set_clock`."""
    file, seen = home / "clock", [0.0, 0.0]

    def now() -> datetime:
        with suppress(OSError, ValueError):
            changed = file.stat().st_mtime
            if changed != seen[0]:
                seen[:] = [changed, float(file.read_text())]
        return datetime.now(UTC) + timedelta(seconds=seen[1])

    return now


def set_clock(home: Path, hours: float) -> None:
    """Set the clock of all processes ahead or behind."""
    fresh = home / "clock.new"
    fresh.write_text(str(hours * 3600))
    fresh.replace(home / "clock")


@contextmanager
def carrier(
    home: Path, port: int, inbound_url: str, *, seed: int = 1, faults: str = "drill", lag: float = 0.0,
    hooks: bool = False, lost_callbacks: float | None = None,
) -> Iterator[None]:  # fmt: skip
    """The fake carrier in a process of its own; `lag` in seconds, how late its list shows what it took."""
    command = [
        sys.executable, "-m", "bot.sms.carrier", "--port", str(port), "--data", str(home / "carrier.db"),
        "--account", ACCOUNT, "--token", TOKEN, "--inbound-url", inbound_url, "--faults", faults,
        "--list-lag", str(lag), "--seed", str(seed), *([] if hooks else ["--no-hooks"]),
        *([] if lost_callbacks is None else ["--lost-callbacks", str(lost_callbacks)]),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


@dataclass
class Server:
    """A database and what can be done to it. `data` is PostgreSQL's folder; SQLite has none."""

    url: str
    data: Path | None = None
    _limited: dict[int, tuple[int, int]] = field(default_factory=dict)

    def restart(self) -> None:
        """Crash PostgreSQL and start it again; wait until it takes work."""
        if self.data is None:
            return
        user = pwd.getpwuid(self.data.stat().st_uid).pw_name
        as_user = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
        program = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)), "pg_ctl")
        subprocess.run(
            [*as_user, str(program), "-D", str(self.data), "-w", "-m", "immediate", "-l",
             str(self.data.parent / "log"), "restart"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False,
        )  # fmt: skip

    def fill_disk(self, clients: list[int]) -> None:
        """Let no file grow or change any more: of the server's processes, on SQLite of the clients."""
        for pid in self._writers(clients):
            with suppress(OSError, psutil.Error):
                self._limited[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, self._limited[pid][1]))

    def free_disk(self, clients: list[int]) -> None:
        """Let files grow again."""
        known = next(iter(self._limited.values()), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        for pid in {*self._writers(clients), *self._limited}:
            with suppress(OSError, psutil.Error):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, self._limited.get(pid, known))
        self._limited.clear()

    def _writers(self, clients: list[int]) -> list[int]:
        if self.data is None:
            return clients
        try:
            first = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return [first.pid, *(child.pid for child in first.children(recursive=True))]
        except (OSError, ValueError, IndexError, psutil.Error):
            return []


@contextmanager
def server(kind: str, home: Path) -> Iterator[Server]:
    """A fresh database: SQLite in a file, or a PostgreSQL that syncs to disk."""
    if kind == "sqlite":
        yield Server(f"sqlite:///{home / 'bot.db'}")
        return
    from tests.postgres import postgres_server

    with postgres_server(durable=True) as url:
        opened = open_database(url, open_vault(home / "keys"))
        with opened.reading() as session:
            data = Path(str(session.execute(text("show data_directory")).scalar()))
        opened.close()
        yield Server(url, data)


def _quietly(work: Callable[..., None], *args: object) -> None:
    """Say nothing: standard output belongs to the drill's table."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    drill = multiprocessing.parent_process()
    assert drill is not None
    threading.Thread(target=lambda: (drill.join(), os._exit(0)), daemon=True).start()  # type: ignore[func-returns-value]
    work(*args)
