"""Kill workers at random while a failing carrier takes their texts: is any text lost, or sent twice?

    uv run python benchmarks/kill_drill.py --database sqlite|postgresql --texts N [--seed S] [--json]

Real worker processes send through the fake carrier (a process of its own: 3 % taken and answered too late, 3 % taken
and answered 503, 1 % taken and cut off, 2 % throttled, 2 % failed), a real front door takes its callbacks (60 % are
lost, the others shuffled, a tenth doubled), half of the numbers get three texts, some with the same words. Until the
share of troubles is used up, one of these happens every half second or so:

  kill      a worker, or more rarely the front door, is ended with signal 9 and started anew
  pause     a worker is stopped (SIGSTOP) for longer than it may act on an intent
  clock     the clock of all processes is set an hour ahead, an hour back, or right
  disk      for a second nothing can be written: files of the database can't grow
  restart   PostgreSQL is crashed and started again, every five seconds

The carrier's list shows what it took only after --lag seconds: later than the first look of the reconciler. The
carrier's own memory at the end is the verdict. Urgent words count apart: after one look they are sent again, two
being better than none. Beside it, in the same trouble: plain "send, then commit".

Exit code 1 when the protocol lost or doubled anything.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from sqlalchemy import func, insert, select

from benchmarks.drilling import (
    Place,
    Server,
    carrier,
    clock_at,
    kill,
    open_at,
    provider_of,
    send_texts,
    serve_hooks,
    server,
    set_clock,
    start,
    wait_for,
)
from bot.records import submissions
from bot.records.database import Database, DatabaseUnavailableError, open_database
from bot.records.encryption import open_vault
from bot.records.outbox import OutboxRow
from bot.records.rows import sealed_values
from bot.sms.carrier.network import Network
from bot.sms.provider import Accepted, OutboundText
from tests.ports import free_port

RESTART_EVERY = 5.0
_EARLIER = timedelta(hours=2)  # due whatever the clock says

Wanted = dict[tuple[str, str], int]


@dataclass
class Outcome:
    """What one way of sending did."""

    way: str
    database: str
    texts: int
    workers: int
    kills: int = 0
    pauses: int = 0
    clocks: int = 0
    disks: int = 0
    restarts: int = 0
    taken: int = 0
    doubled: int = 0
    lost: int = 0
    unexpected: int = 0
    urgent_twice: int = 0
    seconds: float = 0.0
    settled: dict[str, int] = field(default_factory=dict)


def main() -> int:
    """Run both ways and print the table; 1 when the protocol lost or doubled anything."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--texts", type=int, default=10_000)
    options.add_argument(
        "--plain-texts", type=int, default=None, help="texts of the plain way (texts, at most 1000)"
    )
    options.add_argument("--workers", type=int, default=None, help="2 on SQLite, 4 on PostgreSQL")
    options.add_argument(
        "--troubles", type=int, default=None, help="how many (a hundredth of the texts, at least 8)"
    )
    options.add_argument("--grace", type=float, default=6.0, help="seconds until the reconciler looks, twice")
    options.add_argument("--lag", type=float, default=None, help="seconds (a little more than the grace)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    drill = Drill(
        given.database, given.workers or (2 if given.database == "sqlite" else 4), given.seed, given.grace,
        given.grace * 1.05 if given.lag is None else given.lag, given.troubles,
    )  # fmt: skip
    plain_texts = given.plain_texts if given.plain_texts is not None else min(given.texts, 1000)
    outcomes = [drill.run("outbox", given.texts)]
    if not given.json:
        print(table(outcomes), flush=True)
    if plain_texts:
        outcomes.append(drill.run("plain", plain_texts))
        if not given.json:
            print(table(outcomes[1:], with_head=False))
    if given.json:
        print(json.dumps([asdict(one) for one in outcomes], indent=2))
    ours = outcomes[0]
    return 1 if ours.doubled or ours.lost or ours.unexpected else 0


@dataclass(frozen=True)
class Drill:
    """How a drill goes; `run` goes from an empty database to the verdict."""

    kind: str
    workers: int
    seed: int
    grace: float
    lag: float
    troubles: int | None = None

    def run(self, way: str, texts: int) -> Outcome:
        """One way of sending so many texts."""
        outcome = Outcome(way, self.kind, texts, self.workers)
        with tempfile.TemporaryDirectory(prefix="drill") as folder, server(self.kind, Path(folder)) as under:
            place = Place(under.url, Path(folder), free_port(), free_port(), self.grace)
            opened = open_database(place.url, open_vault(place.keys))
            opened.upgrade()
            wanted = queue(opened, texts, self.seed)
            hooks = f"http://127.0.0.1:{place.door_port}/sms/fake"
            with carrier(
                place.home,
                place.carrier_port,
                hooks,
                seed=self.seed,
                lag=self.lag,
                hooks=True,
                lost_callbacks=0.6,
            ):
                begun = time.monotonic()
                most = self.troubles if self.troubles is not None else max(8, texts // 100)
                _Trouble(place, under, opened, outcome, random.Random(self.seed + 1), most).run()
                outcome.seconds = round(time.monotonic() - begun, 1)
                time.sleep(2.0)  # late answers of the carrier
            _judge(opened, Network(place.home / "carrier.db"), wanted, outcome)
            opened.close()
        return outcome


def queue(database: Database, texts: int, seed: int) -> Wanted:
    """Queue the texts: half of the numbers get one, the others three, some with the same words."""
    wanted: Wanted = {}
    chance, due, rows = random.Random(seed), datetime.now(UTC) - _EARLIER, []
    while len(rows) < texts:
        phone, urgent = f"+1{2000000000 + len(rows):010d}", len(rows) % 50 == 0
        for count in range(min(1 if chance.random() < 0.5 else 3, texts - len(rows))):
            number = len(rows)
            body = "the same words" if count and chance.random() < 0.5 else f"text {number}"
            body = f"urgent {number}" if urgent else body
            wanted[phone, body] = wanted.get((phone, body), 0) + 1
            rows.append({
                "dedup_key": f"drill:{number}", "phone": phone, "body": body, "priority": number % 3,
                "kind": "urgent" if urgent else "notice", "not_before": due, "created_at": due,
                "phone_hash": database.vault.phone_hash(phone), "ref": secrets.token_hex(16),
            })  # fmt: skip
    for begin in range(0, texts, 1000):
        with database.transaction() as session:
            sealed = [sealed_values(session, OutboxRow, row) for row in rows[begin : begin + 1000]]
            session.execute(insert(OutboxRow), sealed)
    return wanted


def unsettled(database: Database) -> int:
    """How many texts nobody has brought to an end yet; -1 when the database does not answer."""
    try:
        with database.reading() as session:
            open_states = OutboxRow.state.in_(("queued", "submitting"))
            return int(session.scalar(select(func.count()).where(open_states)) or 0)
    except DatabaseUnavailableError:
        return -1


def table(outcomes: list[Outcome], *, with_head: bool = True) -> str:
    """The outcomes, as a table in Markdown."""
    head = (
        "way", "database", "workers", "texts", "kills", "pauses", "clocks", "disks", "restarts", "taken",
        "doubled", "lost", "other", "urgent twice", "s", "texts/s",
    )  # fmt: skip
    lines = [head, ("---",) * len(head)]
    for one in outcomes:
        rate = round(one.texts / one.seconds, 1) if one.seconds else 0
        lines.append((
            one.way, one.database, one.workers, one.texts, one.kills, one.pauses, one.clocks, one.disks,
            one.restarts, one.taken, one.doubled, one.lost, one.unexpected, one.urgent_twice, one.seconds, rate,
        ))  # fmt: skip
    shown = ["| " + " | ".join(map(str, line)) + " |" for line in (lines if with_head else lines[2:])]
    for one in outcomes:
        ends = ", ".join(f"{how} {count}" for how, count in sorted(one.settled.items()))
        shown.append(f"{one.way}: {ends}")
    return "\n".join(shown)


@dataclass
class _Trouble:
    """Workers, a front door and what happens to them, until every text has come to an end."""

    place: Place
    under: Server
    database: Database
    outcome: Outcome
    chance: random.Random
    most: int

    def run(self) -> None:
        work = send_texts if self.outcome.way == "outbox" else send_plainly
        crew = [start(work, self.place) for _ in range(self.outcome.workers)]
        door = start(serve_hooks, self.place)
        wait_for(self.place.door_port)
        restarted = time.monotonic()
        try:
            for number in range(self.most):
                time.sleep(self.chance.uniform(0.2, 0.8))
                if number and unsettled(self.database) == 0:
                    break
                if self.under.data and time.monotonic() - restarted > RESTART_EVERY:
                    self.under.restart()
                    self.outcome.restarts += 1
                    restarted = time.monotonic()
                place = self.chance.randrange(len(crew))
                kinds, shares = ("kill", "kill door", "pause", "clock", "disk"), (60, 8, 12, 12, 8)
                match self.chance.choices(kinds, shares)[0] if number else "kill":
                    case "kill":
                        kill(crew[place])
                        crew[place] = start(work, self.place)
                        self.outcome.kills += 1
                    case "kill door":
                        kill(door)
                        door = start(serve_hooks, self.place)
                        self.outcome.kills += 1
                    case "pause":
                        self._pause(crew[place].pid)
                    case "clock":
                        set_clock(self.place.home, self.chance.choice((-1.0, 0.0, 1.0)))
                        self.outcome.clocks += 1
                    case "disk":
                        self._fill_disk([one.pid or 0 for one in (*crew, door)])
            set_clock(self.place.home, 2.0)  # what was put off by a wrong clock is due now
            while unsettled(self.database):
                time.sleep(0.3)
                if self.under.data and unsettled(self.database) < 0:
                    self.under.restart()
        finally:
            for process in (*crew, door):
                kill(process)

    def _pause(self, pid: int | None) -> None:
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.chance.uniform(1.3 * self.place.fresh, 0.5 * self.place.grace))
        os.kill(pid, signal.SIGCONT)
        self.outcome.pauses += 1

    def _fill_disk(self, clients: list[int]) -> None:
        self.under.fill_disk(clients)
        time.sleep(self.chance.uniform(0.3, 1.0))
        self.under.free_disk(clients)
        self.outcome.disks += 1


def _judge(database: Database, network: Network, wanted: Wanted, outcome: Outcome) -> None:
    taken = network.counts()
    outcome.taken = sum(taken.values())
    twice = {key: max(0, taken.get(key, 0) - count) for key, count in wanted.items()}
    outcome.urgent_twice = sum(count for (_, body), count in twice.items() if body.startswith("urgent"))
    outcome.doubled = sum(twice.values()) - outcome.urgent_twice
    outcome.lost = sum(max(0, count - taken.get(key, 0)) for key, count in wanted.items())
    outcome.unexpected = sum(count for key, count in taken.items() if key not in wanted)
    with database.reading() as session:
        rows = session.execute(
            select(OutboxRow.state, OutboxRow.last_error, func.count()).group_by(
                OutboxRow.state, OutboxRow.last_error
            )
        )
        outcome.settled = {f"{state} ({how})" if how else state: count for state, how, count in rows}


def send_plainly(place: Place) -> None:
    """What many do: take a text under a lease, send it, then write down that it was sent; else try again."""
    database, provider, clock = open_at(place), provider_of(place), clock_at(place.home)
    while True:
        try:
            now = clock()
            with database.transaction() as session:
                texts = submissions.ready(session, now=now, limit=1)
                for text in texts:
                    submissions.hold(session, text, now + timedelta(seconds=3))
            for text in texts:
                if isinstance(provider.send(OutboundText(text.phone, text.body, text.ref, now)), Accepted):
                    with database.transaction() as session:
                        submissions.drop(session, text, "accepted", "")
            if not texts:
                time.sleep(0.1)
        except DatabaseUnavailableError:
            time.sleep(0.1)


def _stop(_: int, __: FrameType | None) -> None:
    sys.exit(143)


if __name__ == "__main__":
    from benchmarks.kill_drill import main as drill  # other processes find its functions by this name

    sys.exit(drill())
