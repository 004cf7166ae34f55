"""The time that the worker and the SMS rooms see: the real one, moved ahead on the phone simulator's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.web.door import Door


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """The clock; with the fake carrier it can be moved forward (`move`)."""
    if settings.clinic.sms.provider != "fake":
        return lambda: datetime.now(UTC)
    file = _file(settings)
    seen: dict[str, float] = {"at": -1.0, "ahead": 0.0}

    def now() -> datetime:
        try:
            changed = file.stat().st_mtime
        except OSError:
            changed = 0.0
        if changed != seen["at"]:
            seen["at"], seen["ahead"] = changed, ahead(settings).total_seconds()
        return datetime.now(UTC) + timedelta(seconds=seen["ahead"])

    return now


def clock_in(door: Door) -> Callable[[], datetime]:
    """The clock of the SMS rooms in a front door: the moved one, unless the door was given a clock of its own."""
    from bot.web.door import utc_now

    return clock_of(door.settings) if door.clock is utc_now else door.clock


def ahead(settings: Settings) -> timedelta:
    """How far the clock was moved."""
    try:
        return timedelta(seconds=float(_file(settings).read_text(encoding="ascii")))
    except (OSError, ValueError):
        return timedelta()


def move(settings: Settings, span: timedelta) -> None:
    """Move the clock further ahead; a demonstration's clock never goes back."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(str((ahead(settings) + max(span, timedelta())).total_seconds()), encoding="ascii")
    fresh.replace(file)


def _file(settings: Settings) -> Path:
    return settings.var / "clock"
