"""`python -m bot.worker`: what must not be lost, carried on for as long as the process lives.

Texts in get their answer, texts out are sent and settled, follow-ups fall due, web messages left pending are
answered. Every duty is safe with several workers and after any kill: the database says what is to be done.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import starting

if __name__ == "__main__":
    starting.begin()

import structlog

from bot.alerting import tell_people
from bot.alerting.telling import check_alerting
from bot.followups.due import queue_due, sweep
from bot.followups.gate import gate_for
from bot.internal_token import internal_token
from bot.reading import read_report
from bot.records.database import Database, DatabaseUnavailableError, open_database
from bot.records.encryption import KeysError
from bot.records.search import index_new_lines, is_behind
from bot.settings import Settings, SettingsError, load_settings
from bot.sms.clock import clock_of
from bot.sms.conversing import Conversing
from bot.sms.listening import Listening
from bot.sms.measured import MeasuredProvider
from bot.sms.provider import SmsProvider
from bot.sms.providers import open_provider
from bot.sms.reconciling import Reconciler
from bot.sms.sending import Sender
from bot.watching.figures import DUTY_FAILURES, DUTY_SECONDS, LETTERS, TEXTS_SETTLED
from bot.watching.serving import show_figures, worker_address
from bot.watching.tracing import start_tracing
from bot.web.assistant import Assistant
from bot.web.delivery import deliver_pending
from bot.web.forgetting import forget_visitors
from bot.web.logs import log_as_json
from bot.web.records import Records

MENDABLE = 2  # exit code for a mistake that a restart can't cure (bot/supervisor.py)
_LONGEST_PAUSE = 10.0
_LINES = 500  # of an index, in one transaction
log = structlog.get_logger("worker")


@dataclass(frozen=True)
class Worker:
    """What every duty works with."""

    settings: Settings
    database: Database
    records: Records
    assistant: Assistant
    provider: SmsProvider
    owner: str
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Duty:
    """Something to do again and again: `work` gives how much it found; with nothing found it pauses."""

    name: str
    pause: float
    work: Callable[[], Awaitable[int]]


Duties = Callable[[Worker], Duty]


def sending(worker: Worker) -> Duty:
    """Texts that are due go out."""
    sender = Sender(
        worker.database, worker.provider, worker.settings.clinic, gate_for(worker.settings.clinic), worker.owner,
        worker.clock,
    )  # fmt: skip
    return Duty("sending", 0.2, _in_thread(sender.send_due))


def reconciling(worker: Worker) -> Duty:
    """Unknown outcomes are settled."""
    clinic = worker.settings.clinic
    reconciler = Reconciler(worker.database, worker.provider, clinic, worker.clock)

    def work() -> int:
        TEXTS_SETTLED.inc(reconciler.settle_unknown())
        return 0

    return Duty("reconciling", 5.0, _in_thread(work))


def listening(worker: Worker) -> Duty:
    """Texts that no webhook brought are taken in."""
    gaps = Listening(worker.database, worker.provider, worker.settings.clinic, worker.clock)
    return Duty("listening", 300.0, _in_thread(lambda: gaps.fill_gaps() and 0))


def conversing(worker: Worker) -> Duty:
    """Texts that came in are answered."""
    talk = Conversing(worker.records, worker.assistant, worker.settings.clinic, worker.owner, worker.clock)
    return Duty("conversing", 0.2, talk.answer_waiting)


def following_up(worker: Worker) -> Duty:
    """Questions fall due."""

    def work() -> int:
        with worker.database.transaction() as session:
            found = queue_due(session, worker.settings.clinic, now=worker.clock())
        with worker.database.transaction() as session:
            return found + sweep(session, now=worker.clock())

    return Duty("following_up", 2.0, _in_thread(work))


def web_messages(worker: Worker) -> Duty:
    """Chat messages that the front door left pending are answered."""

    async def work() -> int:
        return await deliver_pending(worker.database, worker.assistant, worker.settings.clinic)

    return Duty("web_messages", 1.0, work)


def telling(worker: Worker) -> Duty:
    """People are told of alerts, up the ladder."""

    def work() -> int:
        told = tell_people(worker.database, worker.settings, worker.clock())
        LETTERS.inc(told)
        return told

    return Duty("telling", 5.0, _in_thread(work))


def forgetting(worker: Worker) -> Duty:
    """Erase the words of web visitors who did not agree to their being kept, once their session is over."""

    def work() -> int:
        # Real time: the demo's clock, which a person may move ahead, must not erase anything.
        return forget_visitors(worker.database, worker.settings.clinic, now=datetime.now(UTC))

    return Duty("forgetting", 3600.0, _in_thread(work))


def indexing(worker: Worker) -> Duty:
    """What was said becomes searchable for staff."""

    def work() -> int:
        with worker.database.reading() as session:
            if not is_behind(session):
                return 0
        with worker.database.transaction() as session:
            found = index_new_lines(session, limit=_LINES)
        return found if found >= _LINES else 0  # else busy visitors would have it done line by line

    return Duty("indexing", 5.0, _in_thread(work))


#: What the worker does. A new duty is one line: a function that takes the Worker and gives a Duty.
DUTIES: tuple[Duties, ...] = (
    sending, reconciling, listening, conversing, following_up, web_messages, telling, indexing, forgetting,
)  # fmt: skip


async def run(worker: Worker, duties: tuple[Duties, ...] = DUTIES) -> None:
    """Do every duty until the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await asyncio.gather(*(keep_doing(make(worker), stop) for make in duties))


async def keep_doing(duty: Duty, stop: asyncio.Event) -> None:
    """Do one duty again and again; what goes wrong is logged by its kind and tried again."""
    failures = 0
    while not stop.is_set():
        try:
            with DUTY_SECONDS.labels(duty=duty.name).time():
                found = await duty.work()
            failures = 0
            pause = 0.0 if found else duty.pause
        except Exception as error:
            failures += 1
            DUTY_FAILURES.labels(duty=duty.name).inc()
            pause = min(duty.pause * 2**failures, _LONGEST_PAUSE)
            log.error("duty_failed", duty=duty.name, error=type(error).__name__, failures=failures)
        if pause:
            try:
                async with asyncio.timeout(pause):
                    await stop.wait()
            except TimeoutError:
                pass


def open_worker(settings: Settings) -> Worker:
    """Open everything that the duties need; SettingsError, DatabaseUnavailableError or KeysError say why not."""
    check_alerting(settings)
    database = open_database(settings.database_url)
    database.upgrade()
    return Worker(
        settings=settings,
        database=database,
        records=Records(database),
        assistant=Assistant(settings.assistant_url, internal_token()),
        provider=MeasuredProvider(open_provider(settings)),
        owner=f"worker:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}",
        clock=clock_of(settings),
    )


def main() -> int:
    """Run until stopped; 2 and one line on standard error when the worker can't start."""
    log_as_json()
    try:
        worker = open_worker(load_settings())
        shown_at = worker_address()
        start_tracing("worker")
    except (SettingsError, DatabaseUnavailableError, KeysError) as error:
        print(error, file=sys.stderr)
        return MENDABLE
    read_report("warm up", now=worker.clock(), zone="UTC")  # loads spaCy now, not for the first patient
    show_figures(shown_at)
    log.info("worker_started", provider=worker.provider.name)
    starting.ready()
    asyncio.run(run(worker))
    return 0


def _in_thread(work: Callable[[], int]) -> Callable[[], Awaitable[int]]:
    """A duty's own thread: one that waits keeps no other waiting."""
    thread = ThreadPoolExecutor(1)

    async def run_it() -> int:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

    return run_it


if __name__ == "__main__":
    sys.exit(main())
