"""Says in one line what the tests need from the system: `python -m tests.needs`. Nothing is skipped."""

from __future__ import annotations

import shutil
import sys
from ctypes.util import find_library
from pathlib import Path


def missing() -> list[str]:
    """Return the Debian packages to install."""
    wanted = []
    if not shutil.which("chromium"):
        wanted.append("chromium")
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")) and not shutil.which("postgres"):
        wanted.append("postgresql")
    if not shutil.which("redis-server"):
        wanted.append("redis-server")
    if not shutil.which("systemd-analyze"):
        wanted.append("systemd")
    if not find_library("pangoft2-1.0"):
        wanted += ["libpango-1.0-0", "libpangoft2-1.0-0"]
    return wanted


if __name__ == "__main__":
    packages = missing()
    if packages:
        print(f"The tests need: apt-get install {' '.join(packages)}", file=sys.stderr)
        sys.exit(1)
