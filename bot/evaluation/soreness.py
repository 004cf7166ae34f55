"""`bot eval soreness`: how well soreness reports are read, field by field, with every error in words.

Fields and what counts as right: `tests/eval/README.md`. A silent wrong score is a score given that is not an
accepted one; no score (the patient is asked again) is an error, but never a silent one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation import results
from bot.reading import Area, Reading, When, read_report
from bot.reading.body_parts import part_named, same_place
from bot.reading.calendar_days import resolve
from bot.reading.symptoms import symptom_named
from bot.reading.time_phrases import find_time_phrases

# A Friday noon; the sets name days only relative to the message.
NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
ZONE = "America/New_York"
# Shares that must be reached (issue "Soreness reports").
BARS = {
    "score": 0.97,
    "body_parts": 0.92,
    "other_symptoms": 0.90,
    "negated_symptoms": 0.90,
    "when": 0.85,
}

Item = dict[str, Any]


@dataclass(frozen=True)
class FieldResult:
    """One field over the set: `right` of `items` exactly, and for lists the F1 over their members."""

    items: int
    right: int
    exact: float
    f1: float | None = None


@dataclass(frozen=True)
class Miss:
    """One error: the message, the field, what was expected and what was read."""

    id: str
    text: str
    context: str | None
    field: str
    expected: Any
    read: Any
    tags: tuple[str, ...]

    def in_words(self) -> str:
        """Say the error in one line."""
        asked = f" (asked: {self.context})" if self.context else ""
        return f"{self.id} {self.text!r}{asked}: {self.field} should be {self.expected!r}, read {self.read!r}"


@dataclass(frozen=True)
class Result:
    """The outcome over a set; `print(result)` gives the table and the errors, `as_json()` plain data."""

    overall: dict[str, Any]
    per_field: dict[str, FieldResult]
    per_tag: dict[str, float]
    misses: tuple[Miss, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return {overall, per_field, per_tag, misses} as plain data."""
        return asdict(self)

    def in_common_form(self) -> results.Result:
        """Return the outcome as every `bot eval` command prints it; `overall` is the share read without any error."""
        return results.Result(
            name="soreness",
            overall=self.overall["all_right"],
            figures={name: value for name, value in self.overall.items() if name != "all_right"}
            | {f"{name}_f1": one.f1 for name, one in self.per_field.items() if one.f1 is not None},
            per_tag={name: results.Score(share, 0) for name, share in self.per_tag.items()},
            per_field={name: results.Score(one.exact, one.items) for name, one in self.per_field.items()},
            misses=[
                results.Miss(miss.id, miss.text, f"{miss.field} {miss.expected!r}", repr(miss.read))
                for miss in self.misses
            ],
        )

    def __str__(self) -> str:
        lines = [f"{self.overall['items']} messages, {self.overall['all_right']:.1%} read without any error"]
        lines.append(f"silent wrong scores: {self.overall['silent_wrong_scores']}")
        for name, one in self.per_field.items():
            bar = f"  (bar {BARS[name]:.0%})" if name in BARS else ""
            members = f"  F1 {one.f1:.3f}" if one.f1 is not None else ""
            lines.append(f"  {name:18} {one.right:3}/{one.items:<3} {one.exact:6.1%}{members}{bar}")
        lines += [f"  - {miss.in_words()}" for miss in self.misses]
        lines.append("every bar reached" if self.overall["bars_reached"] else "a bar was missed")
        return "\n".join(lines)


def evaluate_soreness(path: Path | str, now: datetime = NOW, zone: str = ZONE) -> Result:
    """Read every message of a set and compare; OSError when the file cannot be read."""
    items: list[Item] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["items"]
    readings = [(item, read_report(item["text"], item.get("context"), now=now, zone=zone)) for item in items]
    return _result(readings, now, zone)


def _result(readings: list[tuple[Item, Reading]], now: datetime, zone: str) -> Result:
    misses: list[Miss] = []
    counts: dict[str, list[bool]] = defaultdict(list)
    members: dict[str, Counter[str]] = defaultdict(Counter)
    silent = 0
    for item, reading in readings:
        expected = item["expected"]
        for name, right, wanted, read in _compared(item, reading, now, zone):
            counts[name].append(right)
            if not right:
                misses.append(
                    Miss(
                        item["id"],
                        item["text"],
                        item.get("context"),
                        name,
                        wanted,
                        read,
                        tuple(item.get("tags") or ()),
                    )
                )
        for name in ("body_parts", "other_symptoms", "negated_symptoms"):
            members[name].update(_member_counts(name, item, reading))
        silent += reading.score is not None and reading.score not in _accepted_scores(expected)
    per_field = {
        name: FieldResult(len(hits), sum(hits), _share(hits), _f1(members[name]) if name in members else None)
        for name, hits in counts.items()
    }
    failed = {miss.id for miss in misses}
    overall = {
        "items": len(readings),
        "all_right": 1 - len(failed) / max(1, len(readings)),
        "silent_wrong_scores": silent,
        "bars_reached": silent == 0 and all(_reached(per_field, name) for name in BARS),
    }
    return Result(overall, per_field, _per_tag(readings, failed), tuple(misses))


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits) if hits else 1.0


def _reached(per_field: dict[str, FieldResult], name: str) -> bool:
    if name not in per_field:
        return True
    one = per_field[name]
    measured = one.f1 if name.endswith("symptoms") and one.f1 is not None else one.exact
    return measured >= BARS[name]


def _per_tag(readings: list[tuple[Item, Reading]], failed: set[str]) -> dict[str, float]:
    by_tag: dict[str, list[bool]] = defaultdict(list)
    for item, _ in readings:
        for tag in item.get("tags") or ["untagged"]:
            by_tag[tag].append(item["id"] not in failed)
    return {tag: _share(hits) for tag, hits in sorted(by_tag.items())}


def _f1(counts: Counter[str]) -> float:
    wrong = counts["missed"] + counts["extra"]
    return 2 * counts["hit"] / (2 * counts["hit"] + wrong) if counts["hit"] or wrong else 1.0


def _compared(item: Item, reading: Reading, now: datetime, zone: str) -> Iterable[tuple[str, bool, Any, Any]]:
    """Yield (field, right, expected,
    read) for every field that the item or the reading says something about."""
    expected = item["expected"]
    yield "score", _score_right(expected, reading), expected.get("score"), reading.score
    if expected.get("out_of_range") or reading.out_of_range:
        wanted = bool(expected.get("out_of_range"))
        yield "out_of_range", wanted == reading.out_of_range, wanted, reading.out_of_range
    if "previous_score" in expected:
        was = expected["previous_score"]
        yield "previous_score", reading.previous_score == was, was, reading.previous_score
    if "severity_word" in expected:
        word = reading.severity_word.value if reading.severity_word else None
        yield "severity_word", word == expected["severity_word"], expected["severity_word"], word
    wanted_parts, read_parts = expected.get("body_parts") or [], _areas(item, reading)
    if wanted_parts or read_parts:
        shown = [(area.part, area.side, area.score) for area in read_parts]
        yield "body_parts", _parts_right(item, wanted_parts, read_parts), wanted_parts, shown
    if expected.get("when") or reading.session or reading.onset:
        yield (
            "when",
            _when_right(expected.get("when"), reading, now, zone),
            expected.get("when"),
            reading.when,
        )
    length = reading.duration.value if reading.duration else None
    if expected.get("duration") or length:
        yield "duration", _duration_right(expected.get("duration"), reading), expected.get("duration"), length
    trend = reading.trend.value if reading.trend else None
    if expected.get("trend") or trend:
        yield "trend", _direction(expected.get("trend")) == trend, expected.get("trend"), trend
    for name, found in (
        ("other_symptoms", reading.other_symptoms),
        ("negated_symptoms", reading.negated_symptoms),
    ):
        wanted_names, names = _names(expected.get(name)), {one.value for one in found}
        if wanted_names or names:
            yield name, wanted_names == names, sorted(wanted_names), sorted(names)


def _accepted_scores(expected: Item) -> set[float | None]:
    return {expected.get("score"), *(expected.get("accept_scores") or ())}


def _score_right(expected: Item, reading: Reading) -> bool:
    if expected.get("score") is None and not expected.get("accept_scores"):
        return reading.score is None
    return reading.score in _accepted_scores(expected)


def _names(symptoms: list[str] | None) -> set[str]:
    return {symptom_named(str(one)) for one in symptoms or ()}


def _direction(trend: str | None) -> str | None:
    words = {"improving": "better", "worsening": "worse", "unchanged": "same", "stable": "same"}
    return words.get(trend, trend) if trend else None


def _areas(item: Item, reading: Reading) -> list[Area]:
    """Leave out a side without a part, unless the item asks for it."""
    sides_wanted = any(part.get("part") is None for part in item["expected"].get("body_parts") or ())
    return [area for area in reading.areas if area.part or sides_wanted]


def _part_right(item: Item, wanted: Item, area: Area, strict: bool = True) -> bool:
    name = wanted.get("part")
    listed = part_named(name) if name else None
    also = (item.get("note") or "").lower().partition("also accepted")[2]
    accepted = same_place(listed or name, area.part) or (area.part or "?") in also
    side = _side(wanted.get("side")) == area.side
    score = not strict or wanted.get("score") is None or wanted["score"] == area.score
    return accepted and side and score


def _side(side: str | None) -> str | None:
    return "both" if side in {"bilateral", "both sides"} else side


def _parts_right(item: Item, wanted: list[Item], areas: list[Area]) -> bool:
    return len(wanted) == len(areas) and len(_pairs(item, wanted, areas)) == len(wanted)


def _pairs(item: Item, wanted: list[Item], areas: list[Area]) -> list[tuple[int, int]]:
    """Pair expected parts with read ones, each once; plain names before near ones."""
    pairs: list[tuple[int, int]] = []
    for exact in (True, False):
        for i, one in enumerate(wanted):
            for j, area in enumerate(areas):
                free = i not in {a for a, _ in pairs} and j not in {b for _, b in pairs}
                if (
                    free
                    and _part_right(item, one, area)
                    and (not exact or part_named(one.get("part") or "") == area.part)
                ):
                    pairs.append((i, j))
                    break
    return pairs


def _member_counts(name: str, item: Item, reading: Reading) -> dict[str, int]:
    expected = item["expected"]
    if name == "body_parts":
        wanted, areas = expected.get("body_parts") or [], _areas(item, reading)
        hits = len(_pairs(item, wanted, areas))
        return {"hit": hits, "missed": len(wanted) - hits, "extra": len(areas) - hits}
    wanted_names = _names(expected.get(name))
    names = {one.value for one in getattr(reading, name)}
    hits = len(wanted_names & names)
    return {"hit": hits, "missed": len(wanted_names) - hits, "extra": len(names) - hits}


# Words that change nothing about which time or length is meant.
_SMALL = {
    "on", "since", "the", "at", "about", "a", "an", "around", "for", "in", "my", "of", "session", "onset",
    "started", "soreness", "last", "lasted", "from", "past", "like", "approx", "roughly", "it",
    "was", "is", "ago's", "began", "start", "sore", "and", "then", "to", "just", "only", "visit",
    "appointment", "treatment", "~", "-", ",", "so", "or", "some", "maybe", "ever", "almost", "nearly",
    "been", "now",
}  # fmt: skip
_SAME = {
    "hrs": "hour", "hours": "hour", "hr": "hour", "h": "hour", "days": "day", "tues": "tue",
    "tuesday": "tue", "mon": "mon", "monday": "mon", "wednesday": "wed",
    "weds": "wed", "thurs": "thu", "thur": "thu", "thursday": "thu", "friday": "fri", "saturday": "sat",
    "sunday": "sun", "til": "until", "till": "until", "nite": "night",
    "yday": "yesterday", "yest": "yesterday", "wks": "week", "weeks": "week", "wk": "week",
    "mins": "minute", "minutes": "minute", "two": "2", "three": "3", "one": "1",
    "four": "4", "five": "5", "later": "after", "afterwards": "after", "couple": "2", "arvo": "afternoon",
    "2day": "today", "2nite": "tonight",
}  # fmt: skip


def _content(words: str) -> set[str]:
    tokens = re.findall(r"\d+(?:[:./]\d+)*|[a-z']+", words.lower())
    plain = {_SAME.get(token, token) for token in tokens if token not in _SMALL}
    return plain or set(tokens)


def _same_words(one: str, other: str) -> bool:
    """Same phrase but for small words, or the shorter one wholly inside the longer."""
    first, second = _content(one), _content(other)
    return first <= second or second <= first


def _when_right(expected: str | None, reading: Reading, now: datetime, zone: str) -> bool:
    told = [one for one in (reading.session, reading.onset) if one]
    if not expected:
        return not told
    chunks = [chunk.strip() for chunk in re.split(r";|, (?=onset|session|sore)", expected) if chunk.strip()]
    everything = [*told, *reading.other_times]
    if len(chunks) == 1 and reading.duration and not everything:
        return _same_words(chunks[0], reading.duration.value)
    every_chunk = all(
        any(_same_time(chunk, one, now, zone) for one in _of_role(chunk, reading, everything))
        for chunk in chunks
    )
    nothing_else = all(any(_same_time(chunk, one, now, zone) for chunk in chunks) for one in told)
    return every_chunk and nothing_else


def _of_role(chunk: str, reading: Reading, everything: list[When]) -> list[When]:
    if chunk.startswith("session "):
        return [reading.session] if reading.session else []
    if chunk.startswith(("onset ", "started ")):
        return [reading.onset] if reading.onset else []
    return everything


def _same_time(chunk: str, told: When, now: datetime, zone: str) -> bool:
    if _same_words(chunk, told.words):
        return True
    phrases = find_time_phrases(chunk.lower())
    moment = resolve(phrases[0], now, zone) if phrases else None
    return bool(
        moment and told.at and moment.at.date() == told.at.date() and moment.precision == told.precision
    )


def _duration_right(expected: str | None, reading: Reading) -> bool:
    told = [reading.duration.value] if reading.duration else []
    if not expected:
        return not told
    told += [one.words for one in (reading.onset,) if one]
    return any(_same_words(expected, one) for one in told)
