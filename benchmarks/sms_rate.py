"""How fast texts go out through the whole protocol, as a ratio to bare committed inserts in the same run.

    uv run python benchmarks/sms_rate.py --database sqlite|postgresql --texts N [--workers W] [--json]

Intent, call and result of every text are committed; the calls go to the fake carrier, a process of its own. Bare
inserts are measured before and after, one row a transaction, on one connection.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.drilling import Place, carrier, kill, send_texts, server, start
from benchmarks.kill_drill import queue, unsettled
from bot.records import outbox
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from tests.ports import free_port


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--texts", type=int, default=3000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="rate") as folder, server(given.database, Path(folder)) as under:
        place = Place(under.url, Path(folder), free_port(), free_port(), grace=120.0)
        database = open_database(place.url, open_vault(place.keys))
        database.upgrade()
        before = _bare_inserts(database)
        queue(database, given.texts, 1)
        with carrier(place.home, place.carrier_port, "http://127.0.0.1:9/", faults="calm"):
            found = _drain(database, place, given.workers, given.texts)
        after = _bare_inserts(database)
        database.close()
    bare = (before + after) / 2
    rate = found["texts_a_second"]
    shown = {
        "database": given.database, "workers": given.workers, "texts": given.texts, **found,
        "bare_inserts_a_second": round(bare, 1), "ratio": round(rate / bare, 2),
    }  # fmt: skip
    print(json.dumps(shown) if given.json else "\n".join(f"{name}: {value}" for name, value in shown.items()))
    return 0


def _bare_inserts(database: Database, seconds: float = 3.0) -> float:
    """Rows a second, each in a transaction of its own, of texts that nobody will send."""
    begun, number, far = time.monotonic(), 0, datetime(2100, 1, 1, tzinfo=UTC)
    while time.monotonic() - begun < seconds:
        with database.transaction() as session:
            outbox.enqueue(
                session,
                f"bare:{number}",
                "+12025550143",
                "x",
                kind="notice",
                priority=2,
                now=far,
                not_before=far,
            )
        number += 1
    with database.transaction() as session:
        session.query(outbox.OutboxRow).delete()
    return number / (time.monotonic() - begun)


def _drain(database: Database, place: Place, crew: int, texts: int) -> dict[str, float]:
    """From the first text that goes to the last: texts a second, and what each costs (ms of processor time)."""
    workers = [start(send_texts, place) for _ in range(crew)]
    network = next(child for child in psutil.Process().children() if "bot.sms.carrier" in child.cmdline())
    processes = [psutil.Process(worker.pid) for worker in workers]
    try:
        while (left := unsettled(database)) == texts:
            time.sleep(0.02)
        begun, first = time.monotonic(), left
        ours, theirs = sum(map(_spent, processes)), _spent(network)
        while unsettled(database):
            time.sleep(0.1)
        seconds = time.monotonic() - begun
        return {
            "texts_a_second": round(first / seconds, 1),
            "worker_ms_a_text": round((sum(map(_spent, processes)) - ours) / first * 1000, 2),
            "carrier_ms_a_text": round((_spent(network) - theirs) / first * 1000, 2),
        }
    finally:
        for worker in workers:
            kill(worker)


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.exit(main())
