"""The kill drill in its short form: nothing lost, nothing doubled (benchmarks/kill_drill.py is the long one)."""

from __future__ import annotations

import json
import subprocess
import sys

from bot.settings import ROOT


def test_workers_killed_at_random_lose_and_double_nothing() -> None:
    short = ["--texts", "150", "--plain-texts", "0", "--troubles", "5", "--grace", "2.5", "--lag", "0.3"]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "kill_drill.py", *short, "--json"],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (outcome,) = json.loads(done.stdout)
    assert outcome["kills"] > 0
    assert (outcome["lost"], outcome["doubled"], outcome["unexpected"]) == (0, 0, 0)
