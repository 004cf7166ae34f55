"""How hard a text is to read: two school-grade formulas (docs/clinical-facts.md, part 23).

Words that nobody can avoid here ("dry needling", "acupuncture", "physical therapist") are replaced by short ones
first: they raise the grade without making a text harder for somebody who asked about them. One formula counts
syllables, the other letters. SMOG is not used: it is defined on thirty sentences, and an answer has five.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import textstat

_UNAVOIDABLE = (
    (re.compile(r"\bdry needling\b", re.IGNORECASE), "it"),
    (re.compile(r"\b(?:medical |traditional )?acupunctur(?:e|ists?)\b", re.IGNORECASE), "it"),
    (re.compile(r"\bphysical therap(?:y|ists?)\b|\btherapists?\b", re.IGNORECASE), "they"),
)
_MARKDOWN = re.compile(r"\*\*|\[([^\]]+)\]\([^)]*\)")
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+(.+?)[.:;]?\s*$", re.MULTILINE)
_TABLE = re.compile(r"^\|.*\|$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


@dataclass(frozen=True)
class Grade:
    """School grades of the same text by two formulas."""

    flesch_kincaid: float
    readability_index: float


def grade(text: str) -> Grade:
    """Return the grades of an answer as a patient reads it."""
    words = spoken(text)
    return Grade(textstat.flesch_kincaid_grade(words), textstat.automated_readability_index(words))


def spoken(text: str) -> str:
    """Return the words alone: no Markdown, no table, list items as sentences, numbers for placeholders."""
    text = _TABLE.sub("", text)
    text = _MARKDOWN.sub(lambda match: match.group(1) or "", text)
    text = _ITEM.sub(r"\1.", text)
    text = _PLACEHOLDER.sub("911", text)
    for pattern, short in _UNAVOIDABLE:
        text = pattern.sub(short, text)
    return " ".join(text.split())
