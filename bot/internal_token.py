"""The secret between our own processes: who may speak to the assistant. Made once, kept in `var/keys/internal`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from bot.settings import ROOT


def internal_token() -> str:
    """Return BOT_INTERNAL_TOKEN, else the installation's token, made on first use and readable by its owner only."""
    given = os.environ.get("BOT_INTERNAL_TOKEN")
    return given or kept_token(Path(os.environ.get("BOT_VAR", ROOT / "var")) / "keys" / "internal")


def kept_token(file: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """Return the token in `file`, made on first use and readable by its owner only; several processes agree on it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(make())
    return file.read_text(encoding="ascii").strip()
