"""Turns a time phrase into a moment in the patient's zone: the latest one that is not in the future.

Weekdays,
"2 days ago" and parts of the day are plain arithmetic on the wall clock; calendar dates go to dateparser.
A phrase without a clock time gives the middle of its part of the day, and `precision` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.reading.clock import clock_in
from bot.reading.numerals import value_of
from bot.reading.time_phrases import ORDINALS, TimePhrase

# Middle of each part of the day, on the wall clock.
_HOURS = {
    "early": 6, "morning": 9, "mornin": 9, "manana": 9, "am": 9, "noon": 12, "midday": 12, "lunch": 12,
    "breakfast": 8, "tea": 17, "supper": 19, "afternoon": 15, "arvo": 15, "avo": 15, "tarde": 15, "pm": 15,
    "evening": 19, "eve": 19, "dinner": 19, "tonight": 21, "night": 21, "nite": 21, "noche": 21,
    "anoche": 21, "bedtime": 22, "midnight": 23,
}  # fmt: skip
_NOON = 12
_WEEKDAYS = {
    "mon": 0,
    "lun": 0,
    "tue": 1,
    "tus": 1,
    "mar": 1,
    "wed": 2,
    "wen": 2,
    "mie": 2,
    "thu": 3,
    "thr": 3,
    "jue": 3,
    "fri": 4,
    "vie": 4,
    "sat": 5,
    "sab": 5,
    "sun": 6,
    "dom": 6,
}
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "n": timedelta(days=1),
    "e": timedelta(days=1),
    "w": timedelta(weeks=1),
    "s": timedelta(weeks=1),
    "f": timedelta(weeks=2),
}


@dataclass(frozen=True)
class Moment:
    """A time with its precision: "hour", "part" of a day, or "day"."""

    at: datetime
    precision: str


def resolve(
    phrase: TimePhrase, now: datetime, zone: str, session_at: datetime | None = None
) -> Moment | None:
    """Resolve a phrase; None when it cannot be known. "The next morning" counts from `session_at`."""
    here = now.astimezone(ZoneInfo(zone))
    words = phrase.words
    if phrase.kind == "now":
        return Moment(here, "hour")
    if phrase.kind in {"after_session", "sequence", "session_event"}:
        return _from_session(words, here, session_at)
    day = _day(phrase, here, zone)
    if day is None:
        return None
    clock = clock_in(words)
    if clock is not None:
        moment = _at(day, clock, here)
        return Moment(moment, "hour")
    if isinstance(day, _Exact):
        return Moment(day.at, "hour")
    part = next((hour for word, hour in _HOURS.items() if re.search(rf"\b{word}", words)), None)
    return Moment(
        _at(day, time(part if part is not None else _NOON), here), "part" if part is not None else "day"
    )


@dataclass(frozen=True)
class _Exact:
    """A day known to the hour ("3 hours ago")."""

    at: datetime


def _at(day: datetime | _Exact, clock: time, here: datetime) -> datetime:
    base = day.at if isinstance(day, _Exact) else day
    moment = base.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    # The middle of "this evening" may lie ahead; a report speaks of what has been.
    return min(moment, here) if moment.date() == here.date() else moment


def _day(phrase: TimePhrase, here: datetime, zone: str) -> datetime | _Exact | None:
    words = phrase.words
    if phrase.kind == "ago":
        return _ago(words, here)
    if phrase.kind == "day_before":
        return here - timedelta(days=2)
    if phrase.kind == "weekday":
        return _weekday(words, here)
    if phrase.kind == "monthday":
        return _monthday(words, here)
    if phrase.kind in {"date", "slashed"}:
        return _date(words, here, zone)
    if phrase.kind in {"clock", "waking"}:
        clock = clock_in(words)
        late = clock is not None and clock > here.time()
        return here - timedelta(days=1) if late or "yesterday" in words or "last" in words else here
    return _relative(words, here)


def _relative(words: str, here: datetime) -> datetime | None:
    if re.search(r"last week\b", words):
        return here - timedelta(days=7)
    if "weekend" in words:
        return here - timedelta(days=(here.weekday() - 5) % 7 or 7)
    if "last month" in words:
        return here - timedelta(days=30)
    if re.search(r"last (?:night|nite|evening|afternoon|morning)|y(?:est|day|'day|st)|ayer|anoche", words):
        return here - timedelta(days=1)
    if re.search(r"today|tonight|this|2day|2nite|hoy|esta", words) and "week" not in words:
        return here
    return None


def _length(words: str) -> timedelta | None:
    found = re.search(
        r"(?:(?P<low>\d+)\s*(?:-|to|or)\s*)?(?P<count>\d+(?:\.\d+)?|half an?|couple|few|several|an?|"
        r"un[ao]?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|dos|tres)"
        r"(?:\s+of)?(?P<or>\s+or (?:so|two|three))?\s*(?P<unit>min|m\b|h|d|night|n|w|evening|e|semana|s|fortnight)",
        words,
    )  # fmt: skip
    if not found:
        return None
    counts = {
        "couple": 2.0,
        "few": 3.0,
        "several": 3.0,
        "a": 1.0,
        "an": 1.0,
        "un": 1.0,
        "half a": 0.5,
        "half an": 0.5,
    }
    count = counts[found["count"]] if found["count"] in counts else value_of(found["count"])
    if re.search(r"and a half", words):
        count += 0.5
    return count * _UNITS[found["unit"][0]]


def _ago(words: str, here: datetime) -> datetime | _Exact | None:
    if words.startswith("fortnight"):
        return here - timedelta(weeks=2)
    if "other" in words:
        return here - timedelta(days=2)
    length = _length(words)
    if length is None:
        return here - timedelta(days=1) if "day or" in words else None
    moment = here - length
    return _Exact(moment) if length < timedelta(hours=24) or re.search(r"\d\s*h|hour|hr", words) else moment


def _weekday(words: str, here: datetime) -> datetime | None:
    found = re.search(r"\b(mon|lun|tue|tus|mar|wed|wen|mie|thu|thr|jue|fri|vie|sat|sab|sun|dom)", words)
    if not found:
        return None
    back = (here.weekday() - _WEEKDAYS[found[1]]) % 7
    if back == 0 and re.search(r"\blast\b|pasado|gone|past", words):
        back = 7
    if "before last" in words:
        return here - timedelta(days=(back or 7) + 7)
    if re.search(r"last week|week (?:ago|last|before)", words):
        back = back + 7 if back <= here.weekday() else back
    return here - timedelta(days=back)


def _monthday(words: str, here: datetime) -> datetime | None:
    found = re.search(r"(\d{1,2})(?:st|nd|rd|th)?\b", words)
    if not found or not 1 <= int(found[1]) <= 31:
        return None
    month = here.replace(day=1)
    for _ in range(4):
        try:
            day = month.replace(day=int(found[1]))
        except ValueError:
            day = None
        if day is not None and day <= here:
            return day
        month = (month - timedelta(days=1)).replace(day=1)
    return None


def _date(words: str, here: datetime, zone: str) -> datetime | None:
    """Read a calendar date with dateparser; day-month order follows the zone,
    and an impossible order is turned round."""
    import dateparser  # half a second to import: only when a date is written out

    plain = re.sub(rf"\b(?:{'|'.join(_FILLERS)})\b", " ", words).replace(
        ".", "/" if re.search(r"\d\.\d", words) else " "
    )
    plain = re.sub(r"\b\d{1,2}(?::\d{2})?\s*[ap]m\b|\b\d{1,2}:\d{2}\b", " ", plain)
    for number, word in enumerate(ORDINALS, 1):
        plain = re.sub(rf"\b{word}\b", str(number), plain)
    order = (
        "DMY"
        if re.search(r"\d\.\d", words)
        else "MDY"
        if zone.startswith(("America/", "US/", "Pacific/Honolulu"))
        else "DMY"
    )
    for tried in (order, "DMY" if order == "MDY" else "MDY"):
        if re.search(r"\d{4}-", plain):
            tried = "YMD"
        found = dateparser.parse(
            plain.strip(),
            languages=["en"],
            settings={
                "DATE_ORDER": tried,
                "PREFER_DATES_FROM": "past",
                "RELATIVE_BASE": here.replace(tzinfo=None),
                "REQUIRE_PARTS": ["day", "month"],
                "STRICT_PARSING": False,
            },
        )
        if found is not None:
            moment = here.replace(year=found.year, month=found.month, day=found.day)
            return moment if moment <= here else None
    return None


_FILLERS = ("since", "from", "on", "the", "of", "starting", "as of", "early", "late", "about", "around",
    "desde", "ever",
            "mon(?:day)?", "tue(?:s|sday)?", "wed(?:s|nesday)?", "thu(?:rs?|rsday)?", "fri(?:day)?",
            "sat(?:urday)?", "sun(?:day)?",
            "morning", "afternoon", "evening", "night", "noon", "at", "just", "until", "till", "til", "by",
            "mid")  # fmt: skip


def _from_session(words: str, here: datetime, session_at: datetime | None) -> Moment | None:
    if session_at is None:
        return None
    start = session_at.astimezone(here.tzinfo)
    length = (
        _length(words)
        if re.search(r"\d|couple|few|several|hour|hr|min|\bone\b|\btwo\b|three|four", words)
        and "day after" not in words
        else None
    )
    if re.search(r"\bday (?:\d|one|two|three|four|five)", words):
        length = (value_of(re.search(r"day (\d|\w+)", words)[1]) or 0) * timedelta(days=1)  # type: ignore[index]
    if length is not None:
        moment, precision = start + length, "hour" if length < timedelta(days=1) else "day"
    elif re.search(r"next|following|day after|morning after|overnight|siguiente", words):
        part = next(
            (hour for word, hour in _HOURS.items() if re.search(rf"\b{word}", words)),
            3 if "overnight" in words else _NOON,
        )
        moment = (start + timedelta(days=1)).replace(hour=part, minute=0, second=0, microsecond=0)
        precision = "part" if part != _NOON else "day"
    elif re.search(r"that|same|of ", words):
        part = next((hour for word, hour in _HOURS.items() if re.search(rf"\b{word}", words)), start.hour)
        moment, precision = start.replace(hour=max(part, start.hour)), "part"
    else:
        moment, precision = start, "hour"
    return Moment(moment, precision) if moment <= here else None
