"""The shape of every evaluation's result: figures overall, by tag, by field or topic, and each miss in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Miss:
    """One item that did not pass."""

    id: str
    text: str
    expected: str
    got: str


@dataclass(frozen=True)
class Score:
    """How many of `items` passed, 0-1."""

    passed: float
    items: int


@dataclass(frozen=True)
class Result:
    """What an evaluation found; `overall` is 0-1."""

    name: str
    overall: float
    figures: dict[str, Any] = field(default_factory=dict)
    per_tag: dict[str, Score] = field(default_factory=dict)
    per_field: dict[str, Score] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return one object for `--json`."""
        return asdict(self)


def score_table(passes: Mapping[str, list[bool]], prefix: str) -> dict[str, Score]:
    """Return the scores of the keys that start with `prefix`, worst first."""
    table = {
        key.removeprefix(prefix): Score(sum(found) / len(found), len(found))
        for key, found in passes.items()
        if key.startswith(prefix)
    }
    return dict(sorted(table.items(), key=lambda pair: (pair[1].passed, -pair[1].items)))
