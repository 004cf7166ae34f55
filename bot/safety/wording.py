"""The fixed words for a patient: what to do and the number first, at most two sentences, reading grade 5.

One text a group of signs, in `wording.yml`. It never says that somebody is watching.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import phonenumbers
import yaml

from bot.safety.assessment import Assessment, Channel, Tier
from bot.safety.judge import rules

if TYPE_CHECKING:
    from bot.settings import Clinic

WORDING = Path(__file__).with_name("wording.yml")


@cache
def wording(path: Path = WORDING) -> Mapping[str, str]:
    """The text of every group, in the order in which they answer."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {group: str(entry["text"]) for group, entry in data["groups"].items()}


def group_of(assessment: Assessment) -> str:
    """Name the group of words that answers an assessment; raise ValueError when it found no sign."""
    if assessment.tier is Tier.NONE:
        raise ValueError("no sign was found: there is nothing urgent to say")
    groups = {sign.name: sign.words for sign in rules()[1]}
    found = {groups[sign.sign] for sign in assessment.signs if sign.tier is assessment.tier}
    if {"self_harm", "overdose"} <= found:
        return "overdose_on_purpose"
    return min(found, key=list(wording()).index)


def urgent_text(assessment: Assessment, channel: Channel, clinic: Clinic, now: datetime | None = None) -> str:
    """Return the fixed words for a patient: Markdown with `tel:` links on the web, GSM-7 by SMS.

    `now` (with a zone) lets the text say that the clinic is closed; without it the text says "if".
    Raises ValueError when the assessment found no sign.
    """

    def shown(number: str) -> str:
        readable = _readable(number, clinic.country)
        return f"[{readable}](tel:{number})" if channel == "web" else readable

    emergency = clinic.emergency
    return wording()[group_of(assessment)].format(
        emergency=shown(emergency.number),
        crisis=shown(emergency.crisis_line),
        poison=shown(emergency.poison_line),
        clinic=shown(clinic.phone),
        Call="Call or text" if emergency.crisis_line_takes_texts else "Call",
        Closed="We are closed now, so" if now and not is_open(clinic, now) else "If we are closed,",
    )


def is_open(clinic: Clinic, now: datetime) -> bool:
    """True when `now` (with a zone) lies within the clinic's hours of that day, in the clinic's zone."""
    local = now.astimezone(ZoneInfo(clinic.time_zone))
    hours = clinic.hours.get(f"{local:%A}".lower(), "")
    opens, dash, closes = hours.partition("-")
    return bool(dash) and opens.strip() <= f"{local:%H:%M}" < closes.strip()


def _readable(number: str, country: str) -> str:
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number)
    home = phonenumbers.region_code_for_number(parsed) in (country, None)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
