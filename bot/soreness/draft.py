"""A soreness report in the making: what the patient has said so far, and what is still to be asked.

A draft travels between messages as plain data (`as_plain`, `from_plain`), in a slot of the conversation.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from bot.reading.body_parts import body_parts

SCORE, WHERE, WHEN, ANYTHING_ELSE = "score", "where", "when", "anything_else"
SLOTS = (SCORE, WHERE, WHEN, ANYTHING_ELSE)  # in the order asked
SKIPPED = "skipped"


@dataclass(frozen=True)
class Spot:
    """A sore place: a name of data/body_parts.yml, side "left", "right", "both" or None, a score of its own."""

    part: str
    side: str | None = None
    score: int | None = None
    snomed: str | None = None


@dataclass(frozen=True)
class Draft:
    """What is known of a report. Scores 0-10; times are ISO 8601 with zone; `onset` and `session` as the patient
    said them.

    `settled`: questions that need no asking again (answered with nothing, skipped, or given up). `tries`: how often
    a question was asked back. `why`: what to ask back for. `unread`: answers that nobody could read, for staff.
    `offered`: a bare number that the patient has not yet said to be a score. `report`: the stored report's id,
    `message`: the last message taken in, `tasks`: what staff were told of already.
    """

    score: int | None = None
    score_low: int | None = None
    score_high: int | None = None
    previous_score: int | None = None
    severity_word: str | None = None
    spots: tuple[Spot, ...] = ()
    symptoms: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    session: str | None = None
    session_at: str | None = None
    onset: str | None = None
    onset_at: str | None = None
    duration_hours: float | None = None
    trend: str | None = None
    words: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    tries: dict[str, int] = field(default_factory=dict)
    why: str | None = None
    unread: tuple[str, ...] = ()
    offered: int | None = None
    report: str | None = None
    message: str | None = None
    tasks: tuple[str, ...] = ()
    changed_at: str | None = None
    complete: bool = False

    @property
    def says_something(self) -> bool:
        """Whether there is anything worth keeping."""
        return bool(
            self.score is not None or self.severity_word or self.spots or self.symptoms or self.denied
            or self.onset or self.session or self.unread
        )  # fmt: skip

    @property
    def counted_from(self) -> datetime | None:
        """The session's time; without one the onset's, as soreness starts within hours (clinical-facts.md 13.4)."""
        told = self.session_at or self.onset_at
        return datetime.fromisoformat(told) if told else None

    @property
    def side_is_missing(self) -> bool:
        """Whether one sore place is named that has a left and a right, and no side was given."""
        if len(self.spots) != 1 or self.spots[0].side is not None:
            return False
        return is_paired(self.spots[0].part) and "side" not in self.settled

    def has(self, slot: str) -> bool:
        """Whether a question is answered or needs no answer."""
        if slot in self.settled:
            return True
        if slot == SCORE:
            return self.score is not None
        if slot == WHERE:
            return self.score == 0 or (bool(self.spots) and not self.side_is_missing)
        if slot == WHEN:
            return self.score == 0 or self.counted_from is not None
        return bool(self.symptoms or self.denied)

    @property
    def missing(self) -> tuple[str, ...]:
        """The questions still to be asked, in order."""
        return tuple(slot for slot in SLOTS if not self.has(slot))

    def slots(self) -> dict[str, str | None]:
        """Every question with its answer in a word or two; None for what is still to be asked."""
        said = {
            SCORE: None if self.score is None else str(self.score),
            WHERE: ", ".join(f"{spot.side or ''} {spot.part}".strip() for spot in self.spots) or None,
            WHEN: self.session or self.onset or self.session_at,
            ANYTHING_ELSE: ", ".join(self.symptoms) or None,
        }
        return {slot: (said[slot] or SKIPPED) if self.has(slot) else None for slot in SLOTS}

    def settle(self, *slots: str) -> Draft:
        """Return the draft with questions that need no asking any more."""
        return replace(self, settled=tuple(dict.fromkeys((*self.settled, *slots))), why=None)

    def ask_back(self, slot: str, why: str) -> Draft:
        """Return the draft with one more try at a question, and the reason for it."""
        return replace(self, tries={**self.tries, slot: self.tries.get(slot, 0) + 1}, why=why)


def is_paired(part: str) -> bool:
    """Whether a body part has a left and a right."""
    known = body_parts().get(part)
    return known is not None and known.paired


def as_plain(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON takes it, without what is empty."""
    return {name: value for name, value in asdict(draft).items() if value or type(value) is int}


def from_plain(plain: dict[str, Any] | None) -> Draft:
    """Return the draft that `as_plain` gave; fields of an older version are left out."""
    plain = plain or {}
    known: dict[str, Any] = {}
    for one in fields(Draft):
        if one.name in plain:
            value = plain[one.name]
            known[one.name] = tuple(value) if isinstance(value, list) else value
    known["spots"] = tuple(Spot(**spot) for spot in known.get("spots", ()))
    return Draft(**known)
