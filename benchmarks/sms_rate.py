"""How fast texts go out through the whole protocol, as a ratio to bare committed inserts in the same run.

    uv run python benchmarks/sms_rate.py --database sqlite|postgresql --texts N [--workers W] [--json]

Intent, call and result of every text are committed; the calls go to the fake carrier, a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kill_drill import Drill, _carrier, _database, _queue, _start, _unsettled

from bot.records import outbox
from bot.records.database import Database, open_database
from bot.records.encryption import open_vault


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--texts", type=int, default=3000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="rate") as folder, _database(given.database, Path(folder)) as url:
        home = Path(folder)
        database = open_database(url, open_vault(home / "keys"))
        database.upgrade()
        bare = _bare_inserts(database)
        _queue(database, given.texts, 1)
        with _carrier(home, 1, faults="calm", lag=0.0) as port:
            drill = Drill(url, home / "keys", port, home / "carrier.db", given.texts, 1, given.workers)
            rate = _drain(database, drill, given.texts)
        database.close()
    found = {
        "database": given.database, "workers": given.workers, "texts": given.texts,
        "texts_a_second": round(rate, 1), "bare_inserts_a_second": round(bare, 1), "ratio": round(rate / bare, 3),
    }  # fmt: skip
    print(json.dumps(found) if given.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
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


def _drain(database: Database, drill: Drill, texts: int) -> float:
    """Texts a second from the first that goes to the last."""
    workers: list[subprocess.Popen[bytes]] = [_start(drill, "outbox") for _ in range(drill.workers)]
    try:
        while (left := _unsettled(database)) == texts:
            time.sleep(0.02)
        begun, first = time.monotonic(), left
        while _unsettled(database):
            time.sleep(0.05)
        return first / (time.monotonic() - begun)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


if __name__ == "__main__":
    sys.exit(main())
