"""A start: the collector rests until the process is ready, and leaves alone what was there by then."""

from __future__ import annotations

import subprocess
import sys


def test_the_collector_rests_from_the_beginning_until_the_process_is_ready() -> None:
    code = (
        "import gc\nfrom bot import starting\n"
        "starting.begin(); print(gc.isenabled())\n"
        "starting.ready(); print(gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
