"""Confirmed corrections become a reviewable change of data/nlu: questions appended to their topics.

ruamel writes the files, so that comments, order and quotes stay. A file that would change in any other way than
by new lines is refused. A new topic has no answer yet: it is written beside the training data, for an author.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.records.corrections import Correction
from bot.staff.personal_data import plain


class RoundTripError(Exception):
    """A file would change in other ways than by the new lines; nothing was written. The message names it."""


@dataclass(frozen=True)
class Change:
    """What would be written: the new text of each file, and the new topics that still need an answer."""

    files: dict[Path, str]
    diff: str
    taught: tuple[Correction, ...]
    known: tuple[Correction, ...]
    unwritten: dict[str, tuple[Correction, ...]]


def change_for(corrections: Iterable[Correction], folder: Path) -> Change:
    """Work out the change that corrections make in a folder of training data. Raises RoundTripError."""
    texts = {file: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yml"))}
    loaded = {file: _yaml().load(text) for file, text in texts.items()}
    entries = {
        str(entry["intent"]): (file, entry)
        for file, data in loaded.items()
        for entry in (data or {}).get("nlu") or []
        if "intent" in entry
    }
    known_phrases = {_key(line) for _, entry in entries.values() for line in _examples(entry)}
    taught, known, touched = [], [], set()
    unwritten: dict[str, tuple[Correction, ...]] = {}
    for one in corrections:
        place = entries.get(f"faq/{one.topic}") or entries.get(one.topic)
        phrase = plain(one.phrase)
        if place is None:
            unwritten[one.topic] = (*unwritten.get(one.topic, ()), one)
        elif not phrase or _key(phrase) in known_phrases:
            known.append(one)
        else:
            file, entry = place
            entry["examples"] = LiteralScalarString(str(entry["examples"]).rstrip("\n") + f"\n- {phrase}\n")
            known_phrases.add(_key(phrase))
            touched.add(file)
            taught.append(one)
    files = {file: _dumped(loaded[file]) for file in sorted(touched)}
    diff = "".join(_checked_diff(file, texts[file], text) for file, text in files.items())
    return Change(files, diff, tuple(taught), tuple(known), unwritten)


def write(change: Change) -> None:
    """Write the changed files."""
    for file, text in change.files.items():
        file.write_text(text, encoding="utf-8")


def new_topics_in_yaml(unwritten: dict[str, tuple[Correction, ...]]) -> str:
    """New topics with their questions, ready for an author: the answers are still to be written."""
    data = {
        "version": "3.1",
        "nlu": [
            {
                "intent": f"faq/{topic}",
                "examples": LiteralScalarString("".join(f"- {plain(one.phrase)}\n" for one in asked)),
            }
            for topic, asked in unwritten.items()
        ],
    }
    return _dumped(data)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=2, offset=0)
    return yaml


def _dumped(data: Any) -> str:
    text = io.StringIO()
    _yaml().dump(data, text)
    return text.getvalue()


def _checked_diff(file: Path, before: str, after: str) -> str:
    lines = list(
        difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/data/nlu/{file.name}",
            f"b/data/nlu/{file.name}",
            n=1,
        )
    )
    if any(line.startswith("-") and not line.startswith("---") for line in lines):
        raise RoundTripError(f"{file.name}: writing it would change more than the new lines")
    return "".join(lines)


def _examples(entry: Any) -> list[str]:
    return [line.removeprefix("- ") for line in str(entry.get("examples") or "").splitlines()]


def _key(phrase: str) -> str:
    return " ".join(phrase.casefold().split()).strip(" ?!.")
