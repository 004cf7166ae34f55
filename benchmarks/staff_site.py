"""How fast the staff site is on a full database: `uv run python benchmarks/staff_site.py --conversations 100000`.

Makes the conversations (ten messages each) in a fresh database, then measures as a reviewer would: list, filters,
search, and from "reviewed" to the next transcript. Times are the server's, from request to whole response, over
ASGI without a network. On SQLite and PostgreSQL the plans of the statements are checked for full scans.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import structlog
from sqlalchemy import event, insert, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.records import search, staff
from bot.records.conversations import ConversationRow, ConversationTopicRow
from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Vault
from bot.records.inbox import InboxRow
from bot.records.messages import MessageRow
from bot.records.rows import new_id, sealed_values
from bot.records.search import SearchPlaceRow, SearchWordRow
from bot.records.turns import TurnRow
from bot.settings import ROOT, Settings, load_clinic
from bot.staff import routes
from bot.staff.signing_in import hash_password

MESSAGES_EACH = 10
BATCH = 500
NOW = datetime.now(UTC)
_WORDS = (  # noqa: SIM905
    "is it normal that my calf shoulder neck back hurts sore after dry needling session today yesterday can i go"
    " run swim gym work drive take ibuprofen ice heat bruise swelling tingling numb how long does this last why"
    " needle deep muscle trigger point therapist appointment cost insurance price booking cancel"
).split()
_RARE = [f"word{number}" for number in range(5000)]
_TOPICS = ("soreness_normal", "does_it_hurt", "aftercare_exercise", "insurance", "cost", "risks", "frequency")
PASSWORD = "benchmark-of-the-staff-site"


def fill(database: Database, conversations: int) -> None:
    """Make the conversations, a batch a transaction."""
    chance = random.Random(1)
    marks: dict[str, int] = {}
    newest = ""
    for begin in range(0, conversations, BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {
            table: []
            for table in (ConversationRow, InboxRow, MessageRow, TurnRow, SearchWordRow, ConversationTopicRow)
        }
        with database.transaction() as session:
            for number in range(begin, min(begin + BATCH, conversations)):
                thread, at = f"bench-{number:07}", NOW - timedelta(minutes=conversations - number)
                confidence = round(chance.uniform(0.2, 1.0), 3)
                is_new = number > conversations - 5000 or number % 10 == 0
                rows[ConversationRow].append(
                    {
                        "id": thread, "channel": "sms" if number % 3 == 0 else "web", "created_at": at, "last_seen": at,
                        "messages": MESSAGES_EACH, "lowest_confidence": confidence,
                        "reviewed_at": None if is_new else at, "reviewed_by": None if is_new else "ann",
                    }
                )  # fmt: skip
                rows[ConversationTopicRow].append(
                    {"conversation_id": thread, "topic": chance.choice(_TOPICS)}
                )
                for position in range(1, MESSAGES_EACH + 1):
                    words = " ".join([*chance.choices(_WORDS, k=8), chance.choice(_RARE)])
                    newest, side = new_id(), "patient" if position % 2 else "assistant"
                    heard = None
                    if side == "patient":
                        heard = new_id()
                        rows[InboxRow].append(
                            sealed_values(session, InboxRow, {
                                "id": heard, "channel": "web", "external_id": newest, "conversation_id": thread,
                                "body": words, "received_at": at, "state": "answered", "attempts": 1,
                            })
                        )  # fmt: skip
                        rows[TurnRow].append(
                            sealed_values(session, TurnRow, {
                                "conversation_id": thread, "message_id": heard, "text": words, "intent": "faq/x",
                                "confidence": confidence, "topics": [], "ranking": [{"name": "x", "confidence": 0.4}],
                                "actions": [], "answers": [], "at": at,
                            })
                        )  # fmt: skip
                    rows[MessageRow].append(
                        sealed_values(session, MessageRow, {
                            "id": newest, "conversation_id": thread, "position": position, "side": side,
                            "channel": "web", "text": words, "at": at, "inbox_id": heard,
                        })
                    )  # fmt: skip
                    for stem in search.stems(words):
                        if stem not in marks:
                            marks[stem] = search._mark(session, stem)
                        rows[SearchWordRow].append(
                            {"mark": marks[stem], "conversation_id": thread, "message_id": newest}
                        )
            for table, values in rows.items():
                session.execute(insert(table), values)
    with database.transaction() as session:
        session.add(SearchPlaceRow(id=1, message_id=newest))
        staff.create(session, "ann", "Ann", "admin", now=NOW, password_hash=hash_password(PASSWORD))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))


def measure(database: Database, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of what a reviewer does."""
    os.environ["BOT_DEMO"] = "1"
    settings = Settings(
        clinic=load_clinic(ROOT / "clinic.yml"), var=Path("/nonexistent"), host="127.0.0.1", port=1,
        public_url="https://bench.example.org", assistant_url="http://127.0.0.1:9", database_url="unused",
    )  # fmt: skip
    client = TestClient(Starlette(routes=routes(settings, database)), base_url=settings.public_url)
    client.headers["sec-fetch-site"] = "same-origin"
    client.follow_redirects = False
    # A demo site takes an account without a second factor.
    assert client.post("/staff/sign-in", data={"login": "ann", "password": PASSWORD}).status_code == 303
    chance = random.Random(2)
    lists = "/staff/conversations"
    found = {
        "list": _times(rounds, lambda _: client.get(f"{lists}?q=is:new")),
        "list of all": _times(rounds, lambda _: client.get(lists)),
        "search, rare word": _times(rounds, lambda _: client.get(f"{lists}?q={chance.choice(_RARE)}")),
        "search, two words": _times(
            rounds, lambda _: client.get(f"{lists}?q={chance.choice(_RARE)}+{chance.choice(_WORDS)}")
        ),
        "search, common word": _times(rounds, lambda _: client.get(f"{lists}?q=swelling")),
        "filter confidence": _times(rounds, lambda _: client.get(f"{lists}?q=is:new+conf:%3C0.25")),
        "filter topic": _times(rounds, lambda _: client.get(f"{lists}?q=topic:insurance+channel:sms")),
        "filter days": _times(
            rounds, lambda _: client.get(f"{lists}?q=before:{NOW - timedelta(days=3):%Y-%m-%d}+channel:web")
        ),
    }
    here = client.get(f"{lists}?q=is:new").text.partition(f'href="{lists}/')[2].partition("?")[0]
    path = f"{lists}/{here}?q=is:new"
    steps = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = client.post(f"{path.partition('?')[0]}/reviewed", data={"q": "is:new"})
        path = answer.headers["location"]
        assert client.get(path).status_code == 200
        steps.append((time.perf_counter() - begun) * 1000)
    found["reviewed and next"] = steps
    return {name: _summary(times) for name, times in found.items()}


def _times(rounds: int, ask: Callable[[int], Any]) -> list[float]:
    ask(0)
    took = []
    for number in range(rounds):
        begun = time.perf_counter()
        answer = ask(number)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    return took


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(p95, 1),
        "max_ms": round(max(times), 1),
    }


@contextmanager
def plans(database: Database) -> Iterator[dict[str, str]]:
    """The plans of every select while the block runs, by statement."""
    found: dict[str, str] = {}
    explain = "explain query plan " if database.engine.dialect.name == "sqlite" else "explain "

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().lower().startswith("select") and statement not in found:
            found[statement] = ""
            cursor.execute(explain + statement, parameters)
            found[statement] = "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


#: Small tables that are read whole on purpose: accounts, saved searches, tags in use, one-row tables.
_SMALL = (
    "staff",
    "saved_filters",
    "tags",
    "search_place",
    "audit_head",
    "installation",
    "alerts",
    "unanswered",
)


def full_scans(found: dict[str, str]) -> list[str]:
    """The lines of plans that read a large table without an index."""
    return sorted(
        {
            line
            for plan in found.values()
            for line in plan.splitlines()
            if ("SCAN " in line or "Seq Scan" in line)
            and "USING" not in line
            and not any(f" {name}" in line for name in _SMALL)
            and "CONSTANT" not in line
            and "anon_" not in line
            and "SCAN (" not in line  # a part of the statement itself, read from an index
        }
    )


def main() -> int:
    """Make, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--conversations", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=40)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder, _url(given.database, folder) as url:
        database = open_database(url, Vault(Keys.generate()))
        database.upgrade()
        begun = time.perf_counter()
        fill(database, given.conversations)
        filled = time.perf_counter() - begun
        figures = measure(database, given.rounds)
        with plans(database) as found:
            measure(database, 2)
        scans = full_scans(found)
        database.close()
    result = {
        "database": given.database, "conversations": given.conversations,
        "messages": given.conversations * MESSAGES_EACH, "fill_seconds": round(filled, 1), "figures": figures,
        "full_scans": scans,
    }  # fmt: skip
    if given.json:
        print(json.dumps(result, indent=1))
        return 0
    print(
        f"{given.database}: {given.conversations:,} conversations, {result['messages']:,} messages ({filled:.0f} s)"
    )
    for name, one in figures.items():
        print(
            f"  {name:22} median {one['median_ms']:7.1f} ms   p95 {one['p95_ms']:7.1f} ms   max {one['max_ms']:7.1f} ms"
        )
    print("  full scans: " + ("; ".join(scans) or "none"))
    return 0


@contextmanager
def _url(kind: str, folder: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.db"
        return
    from tests.postgres import postgres_server

    with postgres_server() as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
