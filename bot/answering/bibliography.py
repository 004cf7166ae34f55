"""The bibliography `data/sources.bib`: what answers cite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.settings import ROOT

FILE = ROOT / "data" / "sources.bib"

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Source:
    """One work: `label` is how a patient reads it, `url` may be empty."""

    key: str
    label: str
    url: str


@lru_cache(maxsize=1)
def load_bibliography() -> dict[str, Source]:
    """Return every work by its key."""
    found = {}
    for key, body in _ENTRY.findall(FILE.read_text(encoding="utf-8")):
        fields = {name.lower(): _clean(value) for name, value in _FIELD.findall(body)}
        found[key] = Source(key, _label(fields), fields.get("url", ""))
    return found


def _label(fields: dict[str, str]) -> str:
    author = fields.get("author", "").split(" and ")[0].split(",")[0]
    several = " et al." if " and " in fields.get("author", "") else ""
    who = f"{author}{several}" if author else ""
    parts = [who, fields.get("year", ""), fields.get("title", "")]
    return ", ".join(part for part in parts if part)


def _clean(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
