"""Every answer of data/nlu with its questions, read from the files: for checks, the reviewer's sheet and staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

FOLDER = ROOT / "data" / "nlu"


@dataclass(frozen=True)
class Answer:
    """One topic: how patients ask it and what we say. `topic` has no `faq/`; `label` is the training label."""

    topic: str
    label: str
    theme: str
    web: str
    sms: str
    title: str
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reviewed: str = ""
    more: str = ""
    more_sms: str = ""  # where `more` is too long for two texts
    buttons: tuple[tuple[str, str], ...] = ()  # title, payload
    questions: tuple[str, ...] = field(default=(), repr=False)


@lru_cache(maxsize=1)
def all_answers() -> tuple[Answer, ...]:
    """Return every answer, by theme and in the order of the files."""
    return tuple(answer for file in sorted(FOLDER.glob("*.yml")) for answer in _answers_of(file))


@lru_cache(maxsize=1)
def all_questions() -> tuple[tuple[str, str], ...]:
    """Return every training example with its label."""
    return tuple(pair for file in sorted(FOLDER.glob("*.yml")) for pair in _questions_of(_load(file)))


def _load(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8")) or {}


def _questions_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for block in data.get("nlu", []):
        lines = (line.strip() for line in block.get("examples", "").splitlines())
        pairs += [
            (line[2:].strip(), block["intent"])
            for line in lines
            if line.startswith("- ") and "intent" in block
        ]
    return pairs


def _answers_of(file: Path) -> list[Answer]:
    data = _load(file)
    asked: dict[str, list[str]] = {}
    for text, label in _questions_of(data):
        asked.setdefault(label, []).append(text)
    answers = []
    for name, variations in (data.get("responses") or {}).items():
        label = name.removeprefix("utter_")
        web: dict[str, Any] = next((v for v in variations if not v.get("channel")), {})
        sms: dict[str, Any] = next((v for v in variations if v.get("channel") == "sms"), {})
        about = web.get("metadata") or {}
        answers.append(
            Answer(
                topic=label.removeprefix("faq/"),
                label=label,
                theme=file.stem,
                web=web.get("text", ""),
                sms=sms.get("text", ""),
                title=about.get("title", ""),
                facts=tuple(about.get("facts") or ()),
                sources=tuple(about.get("sources") or ()),
                reviewed=about.get("reviewed") or "",
                more=about.get("more") or "",
                more_sms=about.get("more_sms") or "",
                buttons=tuple((b["title"], b["payload"]) for b in web.get("buttons") or ()),
                questions=tuple(asked.get(label, ())),
            )
        )
    return answers
