"""What grows with the data: `uv run python -m benchmarks.data_growth [--most 100000]`. Needs no model.

Conversations 10^2 to 10^5 (ten lines each, with their tracker events): the tracker store's part of a turn, the
worker's looks for work, the figures that Prometheus asks for, backup and restore, disk. And one conversation of 10
to 5,000 messages: the tracker store's part of its next turn, when the conversation is at hand and when it is not.
Processor time, so that a busy machine does not matter; wall time beside it where disks decide.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bot.dialogue  # noqa: F401  isort:skip

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from sqlalchemy import insert, select

from benchmarks.places import RESULTS
from benchmarks.staff_data import fill
from benchmarks.summary import data_tables
from bot.backup.archive import read_manifest
from bot.backup.making import back_up
from bot.backup.restoring import restore
from bot.dialogue.tracker_store import RecordsTrackerStore
from bot.records import conversations, followups, inbox, submissions
from bot.records.conversations import ConversationRow
from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Sealed, Vault
from bot.records.standing import standing
from bot.records.tracker import TrackerEventRow
from bot.settings import ROOT

LENGTHS = (10, 100, 500, 1000, 2000, 5000)
TURNS = 5  # that ten lines make
ROUNDS = 40
RESULT = RESULTS / "data_growth.json"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--most", type=int, default=100_000, help="conversations")
    options.add_argument("--longest", type=int, default=5000, help="messages of one conversation")
    given = options.parse_args()
    domain = Domain.load(str(ROOT / "domain.yml"))
    found: dict[str, Any] = {
        "load_before": os.getloadavg()[0],
        "lengths": lengths(domain, [length for length in LENGTHS if length <= given.longest]),
        "conversations": [],
    }
    size = 100
    while size <= given.most:
        found["conversations"].append(one_size(domain, size))
        print(found["conversations"][-1], flush=True)
        size *= 10
    found["load_after"] = os.getloadavg()[0]
    RESULTS.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print("\n".join(data_tables(found)))


def lengths(domain: Domain, wanted: list[int]) -> list[dict[str, float]]:
    """The tracker store's part of the next turn of a conversation that has some messages."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        database, _ = _database(Path(folder))
        warm = RecordsTrackerStore(domain, database=database)
        asyncio.run(_turns(warm, "other", 20))
        done = 0
        for length in wanted:
            asyncio.run(_turns(warm, "long", length - done - ROUNDS // 2))
            kept = asyncio.run(_turns(warm, "long", ROUNDS // 2))
            cold = []
            for _ in range(ROUNDS // 2):
                cold += asyncio.run(_turns(RecordsTrackerStore(domain, database=database), "long", 1))
            done = length + ROUNDS // 2
            rows.append({"messages": length, "at_hand_ms": _median(kept), "read_ms": _median(cold)})
            print(rows[-1], flush=True)
        database.close()
    return rows


def one_size(domain: Domain, size: int) -> dict[str, float]:
    """Everything of a database with some conversations."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        database, vault = _database(Path(folder))
        fill(database, size, now)
        _add_events(database, now)
        store = RecordsTrackerStore(domain, database=database)
        asyncio.run(_turns(store, "other", 5))
        fresh = [ms for n in range(ROUNDS) for ms in asyncio.run(_turns(store, f"new{n}", 1))]
        row: dict[str, float] = {
            "conversations": size,
            "new_conversation_ms": _median(fresh),
            "texts_ready_ms": _look(database, lambda session: submissions.ready(session, now=now, limit=16)),
            "messages_ready_ms": _look(
                database,
                lambda session: inbox.claim(
                    session, "me", now=now, lease=timedelta(seconds=1), channel="sms"
                ),
            ),
            "questions_due_ms": _look(database, lambda session: followups.due(session, now=now)),
            "figures_ms": _look(database, lambda session: standing(session, now=now)),
        }
        backup = Path(folder) / "backup"
        row["backup_cpu_s"], row["backup_s"] = _timed(
            lambda: back_up(database, backup, actor="bench", now=now)
        )
        row["backup_mb"] = backup.stat().st_size / 1e6
        row["database_mb"] = read_manifest(backup).size / 1e6
        target = f"sqlite:///{folder}/restored.db"
        row["restore_cpu_s"], row["restore_s"] = _timed(
            lambda: restore(backup, target, vault, actor="bench", now=now)
        )
        database.close()
    return row


async def _turns(store: RecordsTrackerStore, conversation: str, count: int) -> list[float]:
    """Some turns of a conversation as Rasa's processor stores them; processor milliseconds of each."""
    spent = []
    for _ in range(count):
        began = time.process_time()
        tracker = await store.get_or_create_tracker(conversation)
        read = time.process_time()
        intent = {"name": "faq", "confidence": 0.9}
        said = UserUttered(
            "does it hurt?", intent, parse_data={"intent": intent, "entities": [], "text": "does it hurt?"},
            message_id=uuid.uuid4().hex, input_channel="web",
        )  # fmt: skip
        for event in (
            said,
            ActionExecuted("action_answer", policy="RulePolicy", confidence=1.0),
            BotUttered("A small prick, for most people.", metadata={"utter_action": "utter_faq/pain"}),
            ActionExecuted("action_listen", policy="RulePolicy", confidence=1.0),
        ):
            tracker.update(event, store.domain)
        write = time.process_time()
        await store.save(tracker)
        spent.append(1000 * (read - began + time.process_time() - write))
    return spent


def _database(folder: Path) -> tuple[Database, Vault]:
    vault = Vault(Keys.generate())
    database = open_database(f"sqlite:///{folder / 'bot.db'}", vault)
    database.upgrade()
    with database.transaction() as session:
        conversations.ensure(session, "long", "web", now=datetime.now(UTC))
    return database, vault


def _add_events(database: Database, now: datetime) -> None:
    """Tracker events of every conversation, a row a turn of the usual size; nobody reads these."""
    body = Sealed(database.vault.keys.current.encode() + os.urandom(1800))
    with database.transaction() as session:
        threads = session.scalars(select(ConversationRow.id)).all()
        for begin in range(0, len(threads), 1000):
            session.execute(
                insert(TrackerEventRow),
                [
                    {"conversation_id": thread, "sequence": number, "type": "turn", "data": body, "at": now}
                    for thread in threads[begin : begin + 1000]
                    for number in range(5, 6 * TURNS, 6)
                ],
            )


def _look(database: Database, work: Callable[[Any], object]) -> float:
    """Processor milliseconds of a look that finds nothing, the median of many."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        with database.transaction() as session:
            work(session)
        spent.append(1000 * (time.process_time() - began))
    return _median(spent)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of wall clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)


if __name__ == "__main__":
    main()
