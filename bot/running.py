"""Which `bot up` runs in a data folder: one at a time, found by others through `var/up.pid`."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.settings import SettingsError


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Be the one `bot up` of a data folder for the block. Raises SettingsError when another is."""
    try:
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = (var / "up.pid").open("a+")
    except OSError as error:
        raise SettingsError(f"{var}: can't be written ({error.strerror}); set BOT_VAR") from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(f"`bot up` runs already on {var.name}/; stop it or set BOT_VAR") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def running_pid(var: Path) -> int | None:
    """The process of the `bot up` that runs on a data folder; None when none does."""
    try:
        with (var / "up.pid").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = file.read().strip()
                return int(pid) if pid.isdecimal() else None
            return None
    except FileNotFoundError:
        return None
