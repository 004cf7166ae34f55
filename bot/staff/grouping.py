"""Questions of similar wording together: "14 patients asked about swimming". Plain arithmetic on words and
letters; the sentence encoder lives in the assistant only, which the staff site never loads.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.records.search import stems

ALIKE = 0.3  # cosine with the group's sum; found on made-up questions, see tests/staff/test_grouping.py
_COMMON = 0.34  # a word in more than this share of the questions says nothing about which they are
_ALONE = 0.4  # a word that one question alone has can't tell which others are alike
_LETTERS = 4

Item = TypeVar("Item")
Vector = dict[str, float]
_SMALL_WORDS = stems(
    "a an and are at be been being can could do does did for from get go had has have how i if in is it its me my of"
    " on or so some somebody that the there they this to was we what when where which who will with would you your"
    " after before dry needling needle needles session treatment today tomorrow tonight ok okay please any about"
)


@dataclass
class Group(Generic[Item]):
    """Questions of similar wording, the most typical first."""

    items: list[Item] = field(default_factory=list)
    total: Vector = field(default_factory=dict)


def groups_of(items: Sequence[Item], words: Callable[[Item], str]) -> list[Group[Item]]:
    """Put items together whose words are alike, the largest group first."""
    vectors = _vectors([words(item) for item in items])
    groups: list[Group[Item]] = []
    members: list[list[tuple[Vector, Item]]] = []
    for item, vector in zip(items, vectors, strict=True):
        alike = [_cosine(vector, group.total) for group in groups]
        best = max(range(len(groups)), key=alike.__getitem__, default=-1)
        if best < 0 or alike[best] < ALIKE:
            groups.append(Group())
            members.append([])
            best = len(groups) - 1
        members[best].append((vector, item))
        for name, weight in vector.items():
            groups[best].total[name] = groups[best].total.get(name, 0.0) + weight
    for group, inside in zip(groups, members, strict=True):
        inside.sort(key=lambda pair: -_cosine(pair[0], group.total))
        group.items = [item for _, item in inside]
    return sorted(groups, key=lambda group: -len(group.items))


def _vectors(texts: list[str]) -> list[Vector]:
    features = [_features(text) for text in texts]
    seen = Counter(name for one in features for name in one)
    most = max(10.0, _COMMON * len(texts))
    return [
        {
            name: weight * math.log(1 + len(texts) / seen[name]) * (1.0 if seen[name] > 1 else _ALONE)
            for name, weight in one.items()
            if seen[name] <= most
        }
        or one
        for one in features
    ]


def _features(text: str) -> Vector:
    """A text's stems, and pieces of its longer words so that a misspelt one still meets its kin."""
    words = stems(text) - _SMALL_WORDS or stems(text)
    found: Vector = dict.fromkeys(words, 1.0)
    for word in words:
        if len(word) > _LETTERS:
            pieces = [word[at : at + _LETTERS] for at in range(len(word) - _LETTERS + 1)]
            found |= {f"~{piece}": 0.5 / len(pieces) ** 0.5 for piece in pieces}
    return found


def _cosine(one: Vector, other: Vector) -> float:
    dot = sum(weight * other[name] for name, weight in one.items() if name in other)
    if not dot:
        return 0.0
    return dot / (math.hypot(*one.values()) * math.hypot(*other.values()))
