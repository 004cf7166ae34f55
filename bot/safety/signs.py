"""The signs file (`signs.yml`): every warning sign, ready to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.assessment import Tier
from bot.safety.patterns import Pattern, parse

SIGNS = Path(__file__).with_name("signs.yml")
SCOPES = frozenset({"negated", "asked", "over", "history", "others"})  # what silences a sign that names none
ALL_SCOPES = SCOPES | {"long_ago"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A warning sign (docs/clinical-facts.md part 20).

    `silenced_by` names the ways of speaking that make it no sign, `idioms` the concept whose sayings do; `words`
    the group of fixed words that answers it; `examples` and `not_on` are sentences that tests hold it to.
    """

    name: str
    row: int
    cause: str
    tier: Tier
    words: str
    patterns: tuple[Pattern, ...]
    silenced_by: frozenset[str]
    idioms: str
    examples: tuple[str, ...]
    not_on: tuple[str, ...]


def load_signs(path: Path = SIGNS) -> tuple[Sign, ...]:
    """Read the signs file; raise ValueError naming the sign that cannot be used."""
    with path.open(encoding="utf-8") as file:
        data = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return tuple(_sign(name, entry) for name, entry in data["signs"].items())


def _sign(name: str, entry: Mapping[str, Any]) -> Sign:
    silenced = frozenset(entry.get("silenced_by", SCOPES))
    if not silenced <= ALL_SCOPES:
        raise ValueError(f"signs.yml: {name}: silenced_by knows {sorted(ALL_SCOPES)}")
    always_absent = str(entry.get("unless", ""))
    suffix = "".join(f" !{word}" for word in always_absent.split())
    return Sign(
        name=name,
        row=int(entry["row"]),
        cause=str(entry["cause"]),
        tier=Tier(entry["tier"]),
        words=str(entry["words"]),
        patterns=tuple(
            sorted(
                (parse(written + suffix) for written in entry["patterns"]),
                key=lambda pattern: -len(pattern.items),  # the fullest evidence first
            )
        ),
        silenced_by=silenced,
        idioms=str(entry.get("idioms", "IDIOM")),
        examples=tuple(entry.get("examples", ())),
        not_on=tuple(entry.get("not_on", ())),
    )
