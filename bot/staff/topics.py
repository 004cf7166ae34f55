"""The topics that the assistant answers, from data/nlu: name, title, file. Read again when a file changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.settings import ROOT

DATA = ROOT / "data" / "nlu"
_FAQ = "faq/"


@dataclass(frozen=True)
class Topic:
    """A topic: `name` without "faq/", its `title` for people, the theme file it stands in."""

    name: str
    title: str
    theme: str


def topics(folder: Path = DATA) -> tuple[Topic, ...]:
    """Every topic with questions, by title."""
    files = sorted(folder.glob("*.yml"))
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


def named_topic(typed: str) -> str | None:
    """The topic with a name or title; None when there is none."""
    wanted = typed.strip().casefold()
    return next((one.name for one in topics() if wanted in (one.name, one.title.casefold())), None)


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> tuple[Topic, ...]:
    found: dict[str, Topic] = {}
    for file, _ in files:
        with file.open(encoding="utf-8") as text:
            data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}  # noqa: S506
        answers = data.get("responses") or {}
        for entry in data.get("nlu") or []:
            intent = str(entry.get("intent", ""))
            if not intent.startswith(_FAQ):
                continue
            name = intent.removeprefix(_FAQ)
            first = (answers.get(f"utter_{intent}") or [{}])[0]
            title = (first.get("metadata") or {}).get("title") or name.replace("_", " ").capitalize()
            found.setdefault(name, Topic(name, str(title), file.stem))
    return tuple(sorted(found.values(), key=lambda topic: topic.title.lower()))
