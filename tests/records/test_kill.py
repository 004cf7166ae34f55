"""kill -9 in the middle of the work: what was confirmed is there, whole; what was not is not there at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.records import audit
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from tests.postgres import postgres_server

_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.records import alerts, audit, inbox, messages, reports
from bot.records.database import open_database
from bot.records.encryption import open_vault

database = open_database(sys.argv[1], open_vault(Path(sys.argv[2])))
number = int(sys.argv[3])
while True:
    now = datetime.now(UTC)
    with database.transaction() as session:
        message, _ = inbox.receive(session, "web", str(number), f"thread{number % 3}", "words " * 50, now=now)
        messages.append(session, message.conversation_id, "patient", "words", now=now, inbox=message.id)
        alerts.open_alert(session, "sign", "routine", now=now, inbox=message.id, words="words")
        reports.record_report(session, message.id, reports.Details(score=3), channel="web", now=now)
        audit.append(session, "assistant", "received", message.id, now=now)
    print(number, flush=True)
    number += 1
"""
_TABLES = ("inbox", "messages", "alerts", "alert_events", "soreness_reports", "audit")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kill_9_leaves_nothing_half_and_loses_nothing_confirmed(kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        _drill(f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "keys")
    else:
        with postgres_server(durable=True) as url:
            _drill(url, tmp_path / "keys")


def _drill(url: str, keys: Path, kills: int = 5) -> None:
    database = open_database(url, open_vault(keys))
    database.upgrade()
    chance, confirmed = random.Random(1), -1
    for _ in range(kills):
        last = _write_until_killed(url, keys, confirmed + 1, chance.uniform(0.05, 0.4))
        confirmed = max(confirmed, last)
        counts = _counts(database)
        assert len(set(counts)) == 1, dict(zip(_TABLES, counts, strict=True))
        assert counts[0] >= confirmed + 1
        with database.reading() as session:
            assert audit.verify(session) == ()
        confirmed = counts[0] - 1
    assert confirmed > kills, "the drill must have written something"
    database.close()


def _write_until_killed(url: str, keys: Path, start: int, seconds: float) -> int:
    """Let a process write, kill it some time after its first line; give the last number confirmed."""
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, url, str(keys), str(start)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    said = [writer.stdout.readline()]
    time.sleep(seconds)
    os.kill(writer.pid, signal.SIGKILL)
    said += writer.stdout.read().splitlines(keepends=True)
    writer.wait()
    return max(int(line) for line in said if line.endswith("\n"))


def _counts(database: Database) -> list[int]:
    """Rows of each table, once what the killed process had asked to commit is committed or not."""
    with database.transaction() as session:
        # The server outlives who asked it: wait for its writers.
        if database.engine.dialect.name == "postgresql":
            session.execute(text("lock table inbox in share mode"))
        return [
            int(session.execute(text(f"select count(*) from {table}")).scalar() or 0) for table in _TABLES
        ]
