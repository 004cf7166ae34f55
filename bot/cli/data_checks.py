"""What `bot doctor` finds in the data: keys, audit, backups, what waits too long, whom nobody tells."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.cli.check import AdviceError, Check

if TYPE_CHECKING:
    from bot.records.database import Database
    from bot.records.standing import Queue
    from bot.settings import Settings

LONGEST_AUDIT = 100_000  # rows that are checked here; `bot audit verify` checks any number
BACKUP_AGE = timedelta(hours=26)
_MINUTES = {
    "texts to send": 5, "texts of unknown outcome": 30, "chat messages in": 2, "texts in": 2, "questions due": 10,
}  # fmt: skip
_ALERTS = {"emergency": timedelta(minutes=15), "same_day": timedelta(hours=4), "routine": timedelta(days=3)}


def data_checks() -> list[Check]:
    """The checks; none when settings or database can't be used, which other checks say."""
    from bot.records.database import open_database
    from bot.settings import load_settings

    try:
        settings = load_settings()
        database = open_database(settings.database_url)
        if not database.is_current():
            return [Check("public address", lambda: public_address(settings))]
    except Exception:
        return []
    looks: dict[str, Callable[[], str]] = {
        "keys": partial(keys, database),
        "file": partial(file, database),
        "audit": partial(audit_chain, database),
        "backup": partial(backup, database, settings),
        "what waits": partial(waits, database, settings),
        "alerts": partial(alerts, database, settings),
        "telling people": partial(telling, settings),
        "public address": partial(public_address, settings),
        "clock": partial(clock, settings),
    }
    return [Check(name, look) for name, look in looks.items()]


def keys(database: Database) -> str:
    """Whether the keys in use are this database's, and no old ones are kept for nothing."""
    from bot.records import installation
    from bot.records.encryption import KeysError

    with database.reading() as session:
        try:
            installation.check_keys(session)
        except KeysError as error:
            raise RuntimeError(f"{error}; `bot restore --keys FILE` puts saved keys in place") from error
    old = len(database.vault.keys.data) - 1
    if old:
        raise AdviceError(f"{old} old keys are kept; `bot keys retire` once no backup needs them")
    return "they open this database"


def file(database: Database) -> str:
    """Whether an SQLite file is whole; PostgreSQL looks after itself."""
    from pathlib import Path

    from sqlalchemy import text

    if database.engine.dialect.name != "sqlite":
        return "kept by the server"
    size = Path(str(database.engine.url.database)).stat().st_size
    if size > 1e9:
        raise AdviceError(
            f"{size / 1e9:.1f} GB: too large to check here; time for PostgreSQL (docs/scaling.md)"
        )
    with database.reading() as session:
        found = session.scalar(text("pragma quick_check(1)"))
    if found != "ok":
        raise RuntimeError("the database is damaged: restore the last backup (docs/operations.md)")
    return f"{size / 1e6:.0f} MB, whole"


def audit_chain(database: Database) -> str:
    """Whether the audit's chain is whole, if it is not too long for here."""
    from bot.records import audit

    with database.reading() as session:
        newest = audit.newest(session, limit=1)
        rows = newest[0].sequence if newest else 0
        if rows > LONGEST_AUDIT:
            raise AdviceError(f"{rows} rows: `bot audit verify` checks them")
        faults = audit.verify(session)
    if faults:
        raise RuntimeError(
            f"row {faults[0].sequence}: {faults[0].problem}; `bot audit verify` names every one"
        )
    return f"{rows} rows, none altered"


def backup(database: Database, settings: Settings) -> str:
    """Whether the last backup is young enough."""
    from datetime import UTC, datetime

    from bot.records.standing import last_backup

    with database.reading() as session:
        made_at = last_backup(session)
    age = datetime.now(UTC) - made_at if made_at else None
    if age is not None and age <= BACKUP_AGE:
        return f"{_ago(age)} ago"
    what = f"the last is {_ago(age)} old" if age else "there is none"
    advice = f"{what}; run `bot backup FILE` every night (docs/operations.md)"
    raise AdviceError(advice) if settings.clinic.sms.provider == "fake" else RuntimeError(advice)


def waits(database: Database, settings: Settings) -> str:
    """Whether anything has waited longer than it should."""
    from bot.records.standing import standing
    from bot.sms.clock import clock_of

    with database.reading() as session:
        now = standing(session, now=clock_of(settings)())
    queues: dict[str, Queue] = {
        "texts to send": now.texts_waiting,
        "texts of unknown outcome": now.texts_unknown,
        "chat messages in": now.messages_waiting["web"],
        "texts in": now.messages_waiting["sms"],
        "questions due": now.followups_due,
    }
    late = [
        f"{queue.count} {name}, the first for {_ago(queue.oldest)}"
        for name, queue in queues.items()
        if queue.oldest > timedelta(minutes=_MINUTES[name])
    ]
    if late:
        raise RuntimeError(f"{'; '.join(late)}: is the worker running? docs/runbook.md")
    return f"{sum(queue.count for queue in queues.values())} messages and texts, none for long"


def alerts(database: Database, settings: Settings) -> str:
    """Whether a person has seen what a person must see."""
    from bot.records.standing import standing
    from bot.sms.clock import clock_of

    with database.reading() as session:
        found = standing(session, now=clock_of(settings)()).alerts
    late = [
        f"{queue.count} {tier}, the first for {_ago(queue.oldest)}"
        for tier, queue in found.items()
        if queue.oldest > _ALERTS.get(tier, timedelta(days=3))
    ]
    if late:
        raise RuntimeError(f"nobody has acknowledged {'; '.join(late)}: `bot alerts list`")
    return f"{sum(queue.count for queue in found.values())} not acknowledged, none for long"


def telling(settings: Settings) -> str:
    """Whether anybody is told of an alert."""
    ways = [name for name in ("BOT_SMTP_URL", "BOT_ALERT_WEBHOOK") if os.environ.get(name)]
    if not ways:
        raise AdviceError("nobody is told of alerts, they wait on the staff site: set BOT_SMTP_URL")
    return f"{len(settings.clinic.alerting.steps)} steps, by {' and '.join(ways)}"


def public_address(settings: Settings) -> str:
    """Whether patients and the provider can reach the door, and nobody listens in."""
    url, provider = settings.public_url, settings.clinic.sms.provider
    is_local = "://127.0.0.1" in url or "://localhost" in url
    if provider != "fake" and not url.startswith("https://"):
        raise RuntimeError(f"BOT_PUBLIC_URL is {url}, and {provider} signs the https address that it calls")
    if not is_local and not url.startswith("https://"):
        raise RuntimeError(f"BOT_PUBLIC_URL is {url}: patients need https (docs/operations.md)")
    if not is_local and provider == "fake":
        raise AdviceError(f"{url}, but texts go to the built-in fake carrier: sms.provider in clinic.yml")
    return url


def clock(settings: Settings) -> str:
    """Whether the demonstration's clock was moved."""
    from bot.sms.clock import ahead

    moved = ahead(settings)
    if moved and settings.clinic.sms.provider == "fake":
        raise AdviceError(f"moved ahead by {_ago(moved)} on the phone page; delete {settings.var.name}/clock")
    return "not moved"


def _ago(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
