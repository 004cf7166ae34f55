"""Phone numbers as people and providers write them, as E.164."""

from __future__ import annotations

import phonenumbers


def e164(number: str, country: str) -> str | None:
    """The number in E.164; None when it can't be called. In North America it must be a valid one there.

    `0044...` read in the US gives nonsense that only "valid" catches (sms-and-privacy.md F.1).
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number(parsed) and not parsed.extension
    if not possible or (parsed.country_code == 1 and not _north_american(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _north_american(parsed: phonenumbers.PhoneNumber) -> bool:
    """Area code and exchange start with 2-9. Numbers kept for examples (555-01xx) pass: they reach nobody."""
    digits = str(parsed.national_number)
    return len(digits) == 10 and digits[0] in "23456789" and digits[3] in "23456789"
