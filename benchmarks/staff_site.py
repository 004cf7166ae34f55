"""How fast the staff site is on a full database: `uv run python benchmarks/staff_site.py --conversations 100000`.

Makes the conversations (ten messages each, kept in benchmarks/.work for the next time), then measures as a reviewer
would: list, filters, search, and from "reviewed" to the next transcript, once over ASGI without a network and once
by pressing the key in a real Chromium. The plans of all statements are checked for full scans of large tables.
Beside the wall clock it counts the processor's time, of the database's server too: on a busy machine the bars are
judged by that, and the result says so.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
import structlog
from sqlalchemy import event, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.staff_data import LINES_EACH, RARE, fill
from bot.records.conversations import ConversationRow
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from bot.staff import routes
from tests.postgres import postgres_server
from tests.staff.browsing import chromium, served, watched
from tests.staff.site import PASSWORD, settings_for

WORK = Path(__file__).resolve().parent / ".work" / "staff"
LISTS = "/staff/conversations"
VERSION = 2  # of the data: a database of another version is made anew
LARGE, MIDDLING = 5000, 500  # rows; PostgreSQL rightly reads a small table whole, although it has an index
BARS = {"list": 150, "search": 200, "filter": 150}  # ms, 95th percentile, by the name's first word
NEXT_BAR = 100  # ms, median
BUSY = 0.75 * (os.cpu_count() or 1)  # load before we begin


def measure(database: Database, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of what a reviewer does, at the server."""
    client = _signed_in(database)
    chance = random.Random(2)
    day = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%d}"

    def rare() -> str:
        return chance.choice(RARE)

    asked: dict[str, Callable[[], str]] = {
        "list of new ones": lambda: "q=is:new",
        "list of all": lambda: "",
        "list of reviewed ones": lambda: "q=is:reviewed",
        "search, rare word": lambda: f"q={rare()}",
        "search, common word": lambda: "q=" + chance.choice(("your", "needling", "pain", "after", "doctor")),
        "search, middling word": lambda: (
            "q=" + chance.choice(("swim", "infection", "blood", "bruise", "coffee"))
        ),
        "search, rare and common": lambda: f"q={rare()}+needling",
        "search, three words": lambda: "q=muscle+sore+" + chance.choice(("ice", "heat", "run", "work")),
        "search, word and filters": lambda: (
            "q=is:new+channel:sms+" + chance.choice(("swim", "needling", "ice"))
        ),
        "filter confidence": lambda: "q=conf:%3C0.25",
        "filter new, confidence": lambda: f"q=is:new+conf:%3C0.{chance.randint(21, 60)}",
        "filter topic, channel": lambda: "q=topic:insurance+channel:sms",
        "filter day": lambda: f"q=before:{day}+channel:web",
        "filter alert": lambda: "q=has:alert",
        "filter new, alert": lambda: "q=is:new+has:alert",
        "filter report, topic": lambda: "q=has:report+topic:soreness_normal",
        "filter tag, new": lambda: f"q=is:new+tag:tag{chance.randint(0, 11)}",
        "filter nothing matches": lambda: "q=topic:nothing+is:new+conf:%3C0.1",
    }
    found = {}
    servers = _postgres(database)

    def times(count: int, address: Callable[[], str]) -> dict[str, float]:
        client.get(address())
        watch = Stopwatch(servers)
        for _ in range(count):
            with watch.one():
                answer = client.get(address())
            assert answer.status_code == 200, answer.status_code
        return watch.figures()

    for name, ask in asked.items():
        found[name] = times(rounds, lambda ask=ask: f"{LISTS}?{ask()}")  # type: ignore[misc]
    found["queues"] = times(rounds, lambda: "/staff")
    found["unanswered"] = times(5, lambda: "/staff/unanswered")
    found["numbers"] = times(5, lambda: "/staff/numbers")
    for name, query, scripted in (
        ("next of new", "is:new", True),
        ("next of a search", "is:new needling", True),
        ("next of new, no script", "is:new", False),
    ):
        found[name] = _review(client, query, rounds, Stopwatch(servers), scripted=scripted)
    return found


def _review(
    client: TestClient, query: str, rounds: int, watch: Stopwatch, *, scripted: bool
) -> dict[str, float]:
    """As the site's script asks: one answer reviews and brings the next; or as a plain form, which is sent on."""
    path, headers = _first(client, query), {"prefer": "return=representation"} if scripted else {}
    for _ in range(rounds):
        with watch.one():
            answer = client.post(f"{path.partition('?')[0]}/reviewed", data={"q": query}, headers=headers)
            path = answer.headers["content-location" if scripted else "location"]
            assert (answer if scripted else client.get(path)).status_code == 200
        assert path.startswith(f"{LISTS}/"), "no conversations are left to review"
    return watch.figures()


def press_keys(database: Database, rounds: int) -> dict[str, dict[str, float]]:
    """From a key to the next transcript on the screen, in a real browser; its processors' time counts too."""
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        served(database, Path(folder)) as address,
        watched(browser, address) as seen,
    ):
        page = seen.sign_in().visit(f"{LISTS}?q=is:new").page
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/conversations/*")
        found = {}
        for name, key in (("key to next transcript", "e"), ("key to leave it, next", "j")):
            watch = Stopwatch([*_postgres(database), *psutil.Process().children()])
            for _ in range(rounds):
                before = page.url
                with watch.one():
                    page.keyboard.press(key)
                    page.wait_for_url(lambda now, was=before: now != was, wait_until="domcontentloaded")
            found[name] = watch.figures()
        return found


def _signed_in(database: Database) -> TestClient:
    settings = settings_for(Path("/nonexistent"))
    client = TestClient(Starlette(routes=routes(settings, database)), base_url=settings.public_url)
    client.headers["sec-fetch-site"] = "same-origin"
    client.follow_redirects = False
    assert client.post("/staff/sign-in", data={"login": "demo", "password": PASSWORD}).status_code == 303
    return client


def _first(client: TestClient, query: str) -> str:
    page = client.get(LISTS, params={"q": query}).text
    return f"{LISTS}/" + page.partition(f'<td><a href="{LISTS}/')[2].partition("?")[0]


@dataclass
class Stopwatch:
    """Milliseconds on the wall, and of processors: ours, and the database server's as a mean."""

    servers: list[psutil.Process]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = self._server()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Time what is done inside."""
        begun, worked = time.perf_counter(), time.process_time()
        yield
        self.wall.append((time.perf_counter() - begun) * 1000)
        self.cpu.append((time.process_time() - worked) * 1000)

    def figures(self) -> dict[str, float]:
        """Medians and 95th percentiles."""
        beside = (self._server() - self._before) * 1000 / len(self.wall)
        cpu = [own + beside for own in self.cpu]
        return {
            "median_ms": round(statistics.median(self.wall), 1), "p95_ms": _p95(self.wall),
            "cpu_median_ms": round(statistics.median(cpu), 1), "cpu_p95_ms": _p95(cpu),
        }  # fmt: skip

    def _server(self) -> float:
        found = [one for server in self.servers for one in (server, *server.children(recursive=True))]
        return sum(sum(one.cpu_times()[:2]) for one in found)


def _p95(times: list[float]) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1)


def _postgres(database: Database) -> list[psutil.Process]:
    """The server's process, whose children work for us."""
    if database.engine.dialect.name == "sqlite":
        return []
    with database.engine.connect() as connection:
        worker = connection.execute(text("select pg_backend_pid()")).scalar_one()
    server = psutil.Process(worker).parent()
    assert server is not None
    return [server]


def missed(figures: dict[str, dict[str, float]], clock: str) -> list[str]:
    """The bars that were not met, by a clock: "" the wall, "cpu_" the processors."""
    found = [
        f"{name}: p95 {one[f'{clock}p95_ms']} ms, bar {BARS[kind]} ms"
        for name, one in figures.items()
        if (kind := name.split()[0].rstrip(",")) in BARS and one[f"{clock}p95_ms"] >= BARS[kind]
    ]
    return found + [
        f"{name}: median {one[f'{clock}median_ms']} ms, bar {NEXT_BAR} ms"
        for name, one in figures.items()
        if "next" in name and one[f"{clock}median_ms"] >= NEXT_BAR
    ]


@contextmanager
def plans(database: Database) -> Iterator[dict[str, Plan]]:
    """The plans of every select while the block runs, by statement."""
    found: dict[str, Plan] = {}
    is_sqlite = database.engine.dialect.name == "sqlite"

    def explained(cursor: Any, statement: str, parameters: Any) -> str:
        cursor.execute(("explain query plan " if is_sqlite else "explain ") + statement, parameters)
        return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().lower().startswith(("select", "with")) and statement not in found:
            plan = avoiding = explained(cursor, statement, parameters)
            if not is_sqlite:
                cursor.execute("show enable_seqscan")
                ((usual,),) = cursor.fetchall()
                cursor.execute("set local enable_seqscan = off")
                avoiding = explained(cursor, statement, parameters)
                cursor.execute(f"set local enable_seqscan = {usual}")
            found[statement] = Plan(plan, avoiding)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def full_scans(database: Database, found: dict[str, Plan]) -> list[str]:
    """Plans' lines that read a large table from end to end, or a middling one that no index could serve."""
    with database.engine.connect() as connection:

        def has(name: str, rows: int) -> bool:
            some = text(f"select count(*) from (select 1 from {name} limit {rows}) as few")
            return bool(connection.execute(some).scalar_one() == rows)

        names = list(connection.scalars(text(_TABLES[database.engine.dialect.name])))
        large = [name for name in names if has(name, LARGE)]
        middling = [name for name in names if has(name, MIDDLING)]
    return sorted(
        {
            line.strip()
            for plan in found.values()
            for lines, tables in ((plan.chosen, large), (plan.avoiding, middling))
            for line in lines.splitlines()
            for name in tables
            if f"Seq Scan on {name} " in line or (f"SCAN {name} " in f"{line} " and " USING " not in line)
        }
    )


@dataclass(frozen=True)
class Plan:
    """How a statement is carried out, and how it would be if reading tables whole were to be avoided."""

    chosen: str
    avoiding: str


_TABLES = {
    "sqlite": "select name from sqlite_master where type = 'table' and name not like 'sqlite%'",
    "postgresql": "select tablename from pg_tables where schemaname = 'public'",
}


def main() -> int:
    """Make, measure, print; 1 when a bar was missed or a large table is scanned."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--conversations", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=40)
    asked.add_argument("--no-browser", action="store_true", help="leave the real browser out")
    asked.add_argument("--plans", type=Path, help="write every statement with its plan there")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    os.environ["BOT_DEMO"] = "1"  # an account without a second factor
    load = os.getloadavg()[0]
    with _filled(given.database, given.conversations) as (database, filled):
        figures = measure(database, given.rounds)
        if not given.no_browser:
            figures |= press_keys(database, given.rounds)
        with plans(database) as found:
            measure(database, 2)
        scans = full_scans(database, found)
    if given.plans:
        given.plans.write_text(
            "\n\n".join(f"{statement}\n{plan.chosen}" for statement, plan in found.items())
        )
    clock = "cpu_" if load > BUSY else ""
    result = {
        "database": given.database, "conversations": given.conversations,
        "messages": given.conversations * LINES_EACH, "fill_seconds": filled, "figures": figures,
        "load": round(load, 1), "judged_by": "processor time" if clock else "wall clock",
        "missed": missed(figures, clock), "full_scans": scans,
    }  # fmt: skip
    print(json.dumps(result, indent=1) if given.json else _shown(result))
    return 1 if result["missed"] or scans else 0


def _shown(result: dict[str, Any]) -> str:
    made = f"made in {result['fill_seconds']:.0f} s" if result["fill_seconds"] else "made earlier"
    counts = f"{result['conversations']:,} conversations, {result['messages']:,} messages"
    lines = [f"{result['database']}: {counts}, {made}"]
    lines += [
        f"  {name:26} median {one['median_ms']:7.1f} ms  p95 {one['p95_ms']:7.1f} ms"
        f"   processor: median {one['cpu_median_ms']:6.1f} ms  p95 {one['cpu_p95_ms']:6.1f} ms"
        for name, one in result["figures"].items()
    ]
    lines.append(f"  load before: {result['load']}; bars judged by {result['judged_by']}")
    lines.append("  bars missed: " + ("; ".join(result["missed"]) or "none"))
    lines.append("  full scans: " + ("; ".join(result["full_scans"]) or "none"))
    return "\n".join(lines)


@contextmanager
def _filled(kind: str, conversations: int) -> Iterator[tuple[Database, float]]:
    """The database with its conversations, and how long they took to make (0: they were there)."""
    folder = WORK / f"{kind}-{conversations}-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    with _url(kind, folder) as url:
        database = open_database(url, open_vault(folder / "keys"))
        database.upgrade()
        begun = time.perf_counter()
        with database.reading() as session:
            is_made = session.query(ConversationRow.id).first() is not None
        if not is_made:
            fill(database, conversations, datetime.now(UTC))
        yield database, 0.0 if is_made else round(time.perf_counter() - begun, 1)
        database.close()


@contextmanager
def _url(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.db"
        return
    with postgres_server(durable=True, kept=folder / "cluster") as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
