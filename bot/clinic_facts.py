"""The clinic's facts as the words that answers use: `{clinic_phone}`, `{clinic_hours}` and so on."""

from __future__ import annotations

from typing import Literal

import phonenumbers

from bot.settings import Clinic

Channel = Literal["web", "sms"]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def clinic_facts(clinic: Clinic, channel: Channel) -> dict[str, str]:
    """Return every placeholder that an answer may use, in words for `channel` (web gets links)."""
    web = channel == "web"
    return {
        "clinic_name": clinic.name if web else clinic.sms_name,
        "clinic_phone": phone(clinic.phone, clinic.country, link=web),
        "clinic_hours": hours_in_words(clinic.hours),
        "clinic_website": clinic.website,
        "booking_url": clinic.booking_url or clinic.website,
        "privacy_url": clinic.privacy_url or clinic.website,
        "emergency_number": phone(clinic.emergency.number, clinic.country, link=web),
        "crisis_line": phone(clinic.emergency.crisis_line, clinic.country, link=web),
        "poison_line": phone(clinic.emergency.poison_line, clinic.country, link=web),
    }


def phone(number: str, country: str, *, link: bool = False) -> str:
    """Return a number as people of `country` write it; with `link`, as a Markdown `tel:` link."""
    shown = number
    if number.startswith("+"):
        parsed = phonenumbers.parse(number)
        national = phonenumbers.region_code_for_number(parsed) == country or country == "US"
        style = (
            phonenumbers.PhoneNumberFormat.NATIONAL
            if national
            else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        shown = phonenumbers.format_number(parsed, style)
    return f"[{shown}](tel:{number})" if link else shown


def hours_in_words(hours: dict[str, str]) -> str:
    """Return opening hours in a few words, days with the same hours together: "Mon-Thu 8:00-18:00"."""
    runs: list[list[str]] = []
    for day in _DAYS:
        times = hours.get(day)
        if runs and times == runs[-1][2] and _DAYS.index(runs[-1][1]) == _DAYS.index(day) - 1:
            runs[-1][1] = day
        elif times:
            runs.append([day, day, times])
    parts = []
    for first, last, times in runs:
        days = first[:3].title() if first == last else f"{first[:3].title()}-{last[:3].title()}"
        parts.append(f"{days} {times.replace('-', ' to ')}")
    return ", ".join(parts) or "ask the clinic"
