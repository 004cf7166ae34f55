"""Taking personal data out of a phrase before it can become training data (sms-and-privacy.md D.4).

A filter, never a proof: a person looks at every phrase and confirms it before it leaves the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_PHRASE = 200

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mail address", re.compile(r"\S+@\S+\.\w+")),
    ("web address", re.compile(r"(?:https?://|www\.)\S+", re.I)),
    ("date", re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b")),
    (
        "date",
        re.compile(
            r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
            r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?"
            r"(?:,?\s+\d{4})?\b",
            re.I,
        ),
    ),
    ("number", re.compile(r"\+?\(?\d(?:[\s().-]?\d){5,}")),
    (
        "street",
        re.compile(
            r"\b\d+\s+(?:[A-Z]\w+\s+){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Ln|Lane|Dr|Drive|Blvd|Way)\b\.?"
        ),
    ),
    (
        "record number",
        re.compile(r"\b(?:mrn|dob|ssn|id|patient number|policy)\s*[:#]?\s*[\w-]*\d[\w-]*", re.I),
    ),
    (
        "name",
        re.compile(
            r"\b(?:my name is|name's|i am called|this is|call me|ask for|signed)\s+"
            r"(?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?",
            re.I,
        ),
    ),
    (
        "name",
        re.compile(r"\b(?:mr|mrs|ms|miss|dr|doctor|nurse)\.?\s+(?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?", re.I),
    ),
)
_MARKUP = re.compile(r"[\[\]{}`|<>]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Stripped:
    """A phrase without what was found, and the kinds of things that were."""

    phrase: str
    found: tuple[str, ...]


def strip(text: str, names: Iterable[str] = ()) -> Stripped:
    """Take out what looks personal, and the names given (the clinic's own patients and staff)."""
    found: list[str] = []
    for kind, pattern in _PATTERNS:
        text, count = pattern.subn(" ", text)
        found += [kind] * count
    known = {part for name in names for part in name.split() if len(part) > 2}
    if known:
        listed = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
        text, count = re.subn(rf"\b(?:{listed})\b", " ", text, flags=re.I)
        found += ["known name"] * count
    return Stripped(plain(text), tuple(dict.fromkeys(found)))


def plain(text: str) -> str:
    """A phrase that training data can hold: one line, no markup of Rasa's, not too long."""
    line = _SPACES.sub(" ", _MARKUP.sub(" ", text)).strip(" -,/:;")
    return line[:LONGEST_PHRASE].strip()
