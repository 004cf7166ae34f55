"""Stage `install`: both environments made by uv from locked or published versions, and how large they are.

Rasa's default is compiled when it is installed, as ours is by `make setup`: neither compiles at a start.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.places import DEFAULT, DEFAULT_ENV, OWN_ENV, ROOT, WORK
from benchmarks.processes import Say, run


def measure(say: Say) -> dict[str, Any]:
    """Make both environments and return their sizes in MB, caches of compiled code left out."""
    make_default(say)
    say("installing ours, without what only tests need ...")
    run(
        [_uv(), "sync", "--frozen", "--no-default-groups", "--group", "assistant", "--no-install-project"],
        ROOT,
        WORK / "install-own.log",
        say,
        {"UV_PROJECT_ENVIRONMENT": str(OWN_ENV)},
    )
    return {
        "default": {"mb": size_mb(DEFAULT_ENV), "packages": packages(DEFAULT_ENV)},
        "ours": {"mb": size_mb(OWN_ENV), "packages": packages(OWN_ENV)},
    }


def make_default(say: Say) -> None:
    """Install Rasa with TensorFlow as published (about 2 GB to download the first time)."""
    say("installing Rasa's default (2 GB the first time) ...")
    run(
        [_uv(), "sync", "--python", "3.11"],
        DEFAULT,
        WORK / "install-default.log",
        say,
        {"UV_PROJECT_ENVIRONMENT": str(DEFAULT_ENV), "UV_COMPILE_BYTECODE": "1"},
    )


def size_mb(folder: Path) -> float:
    """Return what a folder's files take, without compiled caches, which come and go."""
    files = (Path(where, name) for where, _, names in os.walk(folder) for name in names)
    return sum(file.lstat().st_size for file in files if file.suffix != ".pyc") / 2**20


def packages(folder: Path) -> int:
    """Count the packages of an environment."""
    return len(list(folder.glob("lib/python*/site-packages/*.dist-info")))


def _uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    return found or str(ROOT / ".tools" / "bin" / "uv")
