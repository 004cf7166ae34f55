"""Templates and what they say things with: local times, masked names, words shown as they are."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.settings import Clinic

_TEMPLATES = Path(__file__).parent / "templates"
# Marks that turn text around could make a transcript say what it does not (sms-and-privacy.md D.6).
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]")
TIERS = {"emergency": "Emergency", "same_day": "Same day", "routine": "Routine", "none": "None"}
SIDES = {"patient": "Patient", "assistant": "Assistant", "staff": "Staff", "system": "System"}
ROLE_NAMES = {
    "front_desk": "Front desk",
    "clinician": "Clinician",
    "admin": "Administrator",
    "auditor": "Auditor",
}


def environment(clinic: Clinic) -> Environment:
    """The templates, everything escaped, with the clinic's zone for times."""
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    zone = ZoneInfo(clinic.time_zone)
    pages.globals.update(
        clinic=clinic, TIERS=TIERS, SIDES=SIDES, ROLE_NAMES=ROLE_NAMES, one_day=timedelta(days=1)
    )
    pages.filters.update(
        said=said,
        masked_name=masked_name,
        masked_phone=masked_phone,
        readable=readable,
        percent=percent,
        when=lambda moment: local(moment, zone),
        day=lambda moment: "" if moment is None else f"{moment.astimezone(zone):%a %-d %b %Y}",
        isoday=lambda moment: f"{moment.astimezone(zone):%Y-%m-%d}",
        clock=lambda moment: "" if moment is None else f"{moment.astimezone(zone):%H:%M}",
        iso=lambda moment: "" if moment is None else moment.isoformat(timespec="seconds"),
        ago=ago,
        span=span,
    )
    return pages


def said(text: str | None) -> str:
    """A person's words for the screen: nothing turns them around, hidden characters become visible."""
    return _HIDDEN.sub("\u2423", _DIRECTION.sub("", text or ""))


def masked_name(name: str | None) -> str:
    """A name as initials: "Ann Example" is "A. E."; "No name" when there is none."""
    initials = [f"{word[0].upper()}." for word in said(name).split() if word[0].isalnum()]
    return " ".join(initials[:3]) or "No name"


def masked_phone(phone: str | None) -> str:
    """A number's last two digits."""
    return f"number ending {phone[-2:]}" if phone else "no number"


def readable(name: str | None) -> str:
    """A programme's name in words: "faq/soreness_normal" is "Soreness normal"."""
    bare = (name or "").removeprefix("utter_").removeprefix("faq/").replace("_", " ").strip()
    return bare[:1].upper() + bare[1:]


def percent(share: float | None) -> str:
    """A share from 0 to 1 as a percentage."""
    return "-" if share is None else f"{share * 100:.0f} %"


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment in the clinic's zone: "Fri 20 Nov, 14:05"."""
    return "" if moment is None else f"{moment.astimezone(zone):%a %-d %b, %H:%M}"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: "4 min", "3 h", "2 days"."""
    if moment is None:
        return ""
    return span(now - moment)


def span(time: timedelta) -> str:
    """A length of time in one unit."""
    minutes = int(abs(time).total_seconds()) // 60
    for size, unit in ((1440, "day"), (60, "h"), (1, "min")):
        if minutes >= size:
            many = minutes // size
            return f"{many} {unit}{'s' if unit == 'day' and many > 1 else ''}"
    return "under 1 min"
