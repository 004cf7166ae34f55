"""A demo account, so that somebody who tries the project can sign in at once; never beside real accounts."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.records import staff
from bot.records.database import Database
from bot.settings import ROOT, Settings
from bot.staff.signing_in import hash_password

LOGIN = "demo"


@dataclass(frozen=True)
class Credentials:
    """What to type into the sign-in form; a demo account asks for no code."""

    login: str
    password: str


def is_demo(settings: Settings) -> bool:
    """Whether this is a try-out: BOT_DEMO=1, or the built-in carrier and BOT_DEMO not 0, on this machine only."""
    wanted = os.environ.get("BOT_DEMO", "")
    if wanted:
        return wanted == "1"
    return settings.clinic.sms.provider == "fake" and settings.public_url.startswith(
        ("http://127.0.0.1", "http://localhost")
    )


def ensure_demo_account(database: Database) -> Credentials | None:
    """The demo account, made when the clinic has no staff; None when it has real staff.

    The password is kept in BOT_VAR/keys/demo, readable by the owner only, so that each start can show it.
    """
    kept = Path(os.environ.get("BOT_VAR", ROOT / "var")) / "keys" / "demo"
    with database.transaction() as session:
        accounts = staff.everybody(session)
        if any(one.login != LOGIN for one in accounts):
            return None
        if accounts and kept.is_file():
            return Credentials(LOGIN, kept.read_text(encoding="utf-8").strip())
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        hashed = hash_password(password)
        if accounts:
            staff.set_fields(
                session, accounts[0].id, password_hash=hashed, failed_logins=0, locked_until=None
            )
        else:
            staff.create(
                session, LOGIN, "Demo clinician", "admin", now=datetime.now(UTC), password_hash=hashed
            )
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.touch(mode=0o600)
        kept.write_text(password, encoding="utf-8")
    return Credentials(LOGIN, password)
