"""STOP comes while texts of the number are queued, claimed and in flight: is anything submitted after it?

    uv run python benchmarks/stop_races.py --database sqlite|postgresql --tries N [--seed S] [--json]

A try is one number that has agreed and one question for it. Senders take the questions in their order, others say
STOP for the numbers in about the same order, at the same time, so that the two meet; after a STOP one more question
is queued for every tenth number. A submission whose transaction began after the STOP was committed is counted.
Exit code 1 when there was one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.drilling import clinic_without_limits, server
from bot.followups.gate import gate_for
from bot.records import outbox
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from bot.records.outbox import OutboxRow
from bot.settings import Clinic
from bot.sms import consent
from bot.sms.provider import (
    Accepted,
    BadRequestError,
    Capabilities,
    Inbound,
    OutboundText,
    RawRequest,
    SendResult,
    Status,
)
from bot.sms.sending import Result, Sender

NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)  # in New York: the hours allow questions
_FIRST = 2_000_000  # number of all
_AHEAD = 24  # numbers whose STOP comes about when their question goes
_LEAD = 4  # numbers that senders are ahead of the STOPs: with half of _AHEAD all questions would be gone


@dataclass
class Races:
    """What came of the tries."""

    database: str
    tries: int
    sent_before_stop: int = 0
    cancelled_by_stop: int = 0
    submitted_after_stop: int = 0
    left: int = 0
    seconds: float = 0.0


def main() -> int:
    """Race and print; 1 when something was submitted after a STOP."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--tries", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="stop") as folder, server(given.database, Path(folder)) as under:
        database = open_database(under.url, open_vault(Path(folder) / "keys"))
        database.upgrade()
        found = race(database, given.tries, given.seed)
        database.close()
    shown = asdict(found)
    print(json.dumps(shown) if given.json else "\n".join(f"{name}: {value}" for name, value in shown.items()))
    return 1 if found.submitted_after_stop or found.left else 0


def race(database: Database, tries: int, seed: int = 1, crew: int = 2) -> Races:
    """Let senders and those who say STOP run against each other, so many of each."""
    clinic, chance = clinic_without_limits(), random.Random(seed)
    phones = [f"+1202{_FIRST + number:07d}" for number in range(tries)]
    _agree_and_queue(database, clinic, phones)
    stopping_order = sorted(range(tries), key=lambda place: place + chance.uniform(0, _AHEAD))
    running = _Running(database, clinic)
    begun = time.monotonic()
    with ThreadPoolExecutor(2 * crew) as threads:
        senders = [threads.submit(running.send, f"race:{number}") for number in range(crew)]
        parts = [[phones[place] for place in stopping_order[part::crew]] for part in range(crew)]
        try:
            for stopper in [threads.submit(running.stop, part) for part in parts]:
                stopper.result()
            while _count(database, "queued") and not any(sender.done() for sender in senders):
                time.sleep(0.02)
        finally:
            running.over.set()
        for sender in senders:
            sender.result()
    return Races(
        database.engine.dialect.name, tries, _count(database, "accepted"), _count(database, "cancelled"),
        len(running.broken), _count(database, "queued") + _count(database, "submitting"),
        round(time.monotonic() - begun, 1),
    )  # fmt: skip


@dataclass
class _Running:
    """Who runs in a race; senders are a few numbers ahead of the STOPs, and no more."""

    database: Database
    clinic: Clinic
    furthest: int = 0  # number that senders have come to
    stopped: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, name: str) -> None:
        sender = Sender(self.database, _Taker(), self.clinic, gate_for(self.clinic), name, lambda: NOON)
        done: list[Result] = []
        while not self.over.is_set():
            most = 4 if self.furthest - len(self.stopped) < _LEAD else 0
            already = set(self.stopped)
            intents = sender._commit(done, most)
            self.broken += [intent.text.phone for intent in intents if intent.text.phone in already]
            self.furthest = max([self.furthest, *(_number(intent.text.phone) for intent in intents)])
            done = [(intent, sender._call(intent)) for intent in intents]
            if not intents:
                time.sleep(0.002)
        sender._commit(done)
        sender.close()

    def stop(self, phones: list[str]) -> None:
        for number, phone in enumerate(phones):
            with self.database.transaction() as session:
                consent.withdraw(session, phone, self.clinic, evidence="STOP", actor="patient", now=NOON)
            self.stopped.add(phone)
            if number % 10 == 0:
                with self.database.transaction() as session:
                    _question(session, phone, "again")


def _number(phone: str) -> int:
    return int(phone.removeprefix("+1202")) - _FIRST


class _Taker:
    """A carrier that takes everything at once."""

    name = "taker"
    capabilities = Capabilities(lookup=True, validity=True, stops=True)

    def send(self, text: OutboundText) -> SendResult:
        """Take it."""
        return Accepted(f"SM{text.ref}", "queued")

    def find(self, text: OutboundText) -> tuple[str, ...]:
        """Nothing is ever unknown."""
        return ()

    def verify(self, request: RawRequest) -> None:
        """Nothing comes in."""

    def parse(self, request: RawRequest) -> Inbound | Status:
        """Nothing comes in."""
        raise BadRequestError


def _agree_and_queue(database: Database, clinic: Clinic, phones: list[str]) -> None:
    for begin in range(0, len(phones), 500):
        with database.transaction() as session:
            for phone in phones[begin : begin + 500]:
                consent.grant(session, phone, clinic, evidence="paper", actor="drill", now=NOON)
                _question(session, phone, "first")


def _question(session: Session, phone: str, key: str) -> None:
    outbox.enqueue(session, f"{key}:{phone}", phone, "How sore are you?", kind="prompt", priority=2, now=NOON)


def _count(database: Database, state: str) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).where(OutboxRow.state == state)) or 0)


if __name__ == "__main__":
    sys.exit(main())
