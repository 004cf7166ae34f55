"""A real PostgreSQL for tests: a fresh cluster in a temporary folder, on a free port, as an ordinary user."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresMissing(Exception):
    """PostgreSQL's programs are not installed; the message says what to install."""


@contextmanager
def postgres_server(*, durable: bool = False, kept: Path | None = None) -> Iterator[str]:
    """Start a cluster and give the URL of its database `postgres`; stop and remove it at the end.

    `durable` keeps fsync on, for tests that kill the server. A cluster `kept` in a folder is there the next time.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        home = Path(folder)
        as_user = _ordinary_user(home)
        data, port = (kept or home) / "data", _free_port()
        if kept is not None and not kept.exists():
            kept.mkdir(parents=True)
            _ordinary_user(kept)
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=200"
        if not durable:
            options += " -c fsync=off"
        if not (data / "PG_VERSION").exists():
            _run(
                as_user,
                programs / "initdb",
                "-D",
                data,
                "-U",
                "bot",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            )
        _run(as_user, programs / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")
        try:
            yield f"postgresql://bot@127.0.0.1:{port}/postgres"
        finally:
            how = "immediate" if kept is None else "fast"
            _run(as_user, programs / "pg_ctl", "-D", data, "-w", "-m", how, "stop")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    if not found and not named:
        raise PostgresMissing("these tests need PostgreSQL's server programs: apt-get install postgresql")
    return (found[-1] if found else Path(named or "")).parent


def _ordinary_user(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then the folder and the commands go to `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(home, name)
    home.chmod(0o755)
    return ["runuser", "-u", name, "--"]


def _run(as_user: list[str], *command: object) -> None:
    done = subprocess.run(
        [*as_user, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} as {as_user[2:3] or getpass.getuser()}: {done.stdout[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
