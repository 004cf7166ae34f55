"""What leaves the building about an alert: a tier and a link. Never a name, a number or a patient's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.records.alerts import Alert
from bot.settings import Settings

_TIERS = {"emergency": "EMERGENCY", "same_day": "Same day", "routine": "Routine"}


@dataclass(frozen=True)
class Letter:
    """A message to people about one alert."""

    tier: str
    subject: str
    text: str
    link: str


def letter_about(alert: Alert, settings: Settings, *, now: datetime, again: bool) -> Letter:
    """The letter about an alert; `again` says that others were told before and nobody has acknowledged."""
    tier = _TIERS.get(alert.tier, "Routine")
    link = f"{settings.public_url}/staff/alerts/{alert.id}"
    at = alert.opened_at.astimezone(ZoneInfo(settings.clinic.time_zone))
    minutes = int((now - alert.opened_at).total_seconds() // 60)
    waiting = f" Nobody has acknowledged it for {minutes} minutes." if again else ""
    text = (
        f"{tier}: something needs a person at {settings.clinic.name}.{waiting}\n"
        f"Opened {at:%A %-d %B, %H:%M} ({settings.clinic.time_zone}).\n\n"
        f"Read it and say that you take care of it:\n{link}\n\n"
        "This mail holds nothing about the patient. Please do not answer it.\n"
    )
    return Letter(alert.tier, f"[{settings.clinic.name}] {tier}: please look", text, link)
