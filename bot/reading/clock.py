"""The hour that a time phrase names: "3pm", "15:00", "half 5", "noon"."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from bot.reading.numerals import value_of
from bot.reading.time_phrases import HOUR_WORD

_SPOKEN = re.compile(rf"\b(?P<part>half past|half|quarter to|quarter past) (?P<hour>{HOUR_WORD})$")
_MINUTES = {"quarter to": -15, "quarter past": 15}
_EVENING = re.compile(r"\b(?:night|nite|evening|eve|tonight)\b")


def clock_in(words: str) -> time | None:
    """Return the hour; without am or pm it is read as in a clinic's day (7 to 18), or as of the evening named."""
    spoken = _SPOKEN.search(words)
    if spoken:
        hour = _of_day(int(value_of(spoken["hour"])), words)
        begun = datetime(2000, 1, 1, hour) + timedelta(minutes=_MINUTES.get(spoken["part"], 30))
        return begun.time()
    found = (
        re.search(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?(?:m\b|\b)", words)
        or re.search(r"(\d{1,2}):(\d{2})()", words)
        or re.search(r"\b(\d{1,2})()()(?:\s*o'?clock|ish)", words)
        or re.search(r"(?:at|around|about|@)\s*(\d{1,2})()()$", words)
    )
    if not found:
        return time(12) if re.search(r"\b(?:noon|midday)\b", words) else None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    elif not half:
        hour = _of_day(hour, words)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _of_day(hour: int, words: str) -> int:
    """An hour said without am or pm, on a clock of 24."""
    later = 1 <= hour < 7 or (hour < 12 and _EVENING.search(words))
    return hour + 12 if later else hour
