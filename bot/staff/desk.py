"""What every page of the staff site shares: settings, database, clock, templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from jinja2 import Environment

from bot.records.database import Database
from bot.settings import Settings

Clock = Callable[[], datetime]
ABSOLUTE = timedelta(hours=10)  # a session ends then (sms-and-privacy.md D.1: 8-12 h)
IDLE = timedelta(minutes=15)
GLASS = timedelta(hours=1)  # how long emergency access lasts


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """One staff site; made once a process."""

    settings: Settings
    database: Database
    pages: Environment
    clock: Clock = utc_now
    allows_demo: bool = False
    tries: dict[str, list[float]] = field(default_factory=dict)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by HTTPS: then cookies are Secure and bound to the host."""
        return self.settings.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name."""
        return "__Host-staff" if self.is_https else "staff"
