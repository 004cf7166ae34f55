"""Trying a change of the training data before it is adopted: what the assistant would understand otherwise.

Two looks at it. The same folds of all examples are learnt with and without the new phrases. Then a copy of the
assistant is trained with them, and both are asked the same realistic questions and the phrases themselves. All of
it runs in processes of its own, in a copy of the folders that a model depends on, so that nothing of the running
assistant is touched and Rasa is never loaded here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.records.corrections import Correction
from bot.settings import ROOT, SettingsError
from bot.staff.teaching import Change, change_for, write

_COPIED = (
    "bot",
    "actions",
    "data",
    "config.yml",
    "domain.yml",
    "endpoints.yml",
    "credentials.yml",
    "clinic.yml",
)
_KEPT = (
    "encoder",
    "spacy",
)  # what trainings share: vectors of examples, so that only new phrases are encoded
_BOT = ("-c", "from bot.cli import app; app()")
_TAUGHT = "taught-"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Shift:
    """Questions asked of both: how many, the shares answered right, and which came right or went wrong."""

    asked: int
    before: float
    after: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Phrase:
    """A taught phrase, and whether it is answered now and with the change."""

    text: str
    before: bool
    after: bool


@dataclass(frozen=True)
class Trial:
    """What a change would do. `questions` and `phrases` are empty when only the folds were asked for."""

    folds: Shift
    questions: Shift | None
    phrases: tuple[Phrase, ...]


def try_out(change: Change, questions: Path, *, folds: int, whole: bool, say: Say) -> Trial:
    """Learn with the change in a copy and compare; `say` hears of progress. Raises SettingsError."""
    with tempfile.TemporaryDirectory(prefix="trial") as folder:
        house = Path(folder)
        say(f"The same {folds} folds, with and without {len(change.taught)} phrases ...")
        across = _folds(change, house, folds)
        if not whole:
            return Trial(across, None, ())
        furnish(house, change.taught)
        file = _questions(house, questions, change.taught)
        say("Training the current model, if it is older than the data ...")
        _run(ROOT, *_BOT, "train")
        say("Training a copy with the change ...")
        _run(house, *_BOT, "train")
        say("Asking the current model ...")
        before = _measure(ROOT, file)
        say("Asking the copy ...")
        return _judged(across, change.taught, before, _measure(house, file))


def furnish(house: Path, taught: Sequence[Correction]) -> None:
    """Copy what a model depends on, with a change in it; share what trainings keep."""
    house.mkdir(exist_ok=True)
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, house / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, house / name)
    models = Path(os.environ.get("BOT_MODELS", ROOT / "models"))
    (house / "models").mkdir()
    for name in _KEPT:
        (models / name).mkdir(parents=True, exist_ok=True)
        (house / "models" / name).symlink_to(models / name)
    write(change_for(taught, house / "data" / "nlu"))


def _folds(change: Change, house: Path, folds: int) -> Shift:
    file = house / "phrases.json"
    phrases = [{"text": one.phrase, "topic": one.topic} for one in change.taught]
    file.write_text(json.dumps(phrases), encoding="utf-8")
    found = json.loads(_run(ROOT, "-m", "bot.evaluation.change", str(file), str(folds), is_heard=True))

    def shown(name: str) -> tuple[str, ...]:
        return tuple(f"{one['text']}  ({one['before']} -> {one['after']})" for one in found[name])

    return Shift(found["examples"], found["before"], found["after"], shown("gained"), shown("lost"))


def _questions(house: Path, questions: Path, taught: Sequence[Correction]) -> Path:
    """One file of the realistic questions and the phrases: a model is loaded once for both."""
    items: list[dict[str, Any]] = yaml.safe_load(questions.read_text(encoding="utf-8"))["items"]
    items += [
        {"id": f"{_TAUGHT}{number}", "text": one.phrase, "topic": one.topic, "tags": []}
        for number, one in enumerate(taught)
    ]
    file = house / "questions.yml"
    file.write_text(yaml.safe_dump({"items": items}, allow_unicode=True), encoding="utf-8")
    return file


def _judged(
    folds: Shift, taught: Sequence[Correction], before: dict[str, Any], after: dict[str, Any]
) -> Trial:
    missed = [{str(miss["id"]): str(miss["text"]) for miss in one["misses"]} for one in (before, after)]
    asked = before["figures"]["items"] - len(taught)
    realistic = [{key: text for key, text in one.items() if not key.startswith(_TAUGHT)} for one in missed]
    shift = Shift(
        asked=asked,
        before=1 - len(realistic[0]) / max(1, asked),
        after=1 - len(realistic[1]) / max(1, asked),
        gained=tuple(text for key, text in realistic[0].items() if key not in realistic[1]),
        lost=tuple(text for key, text in realistic[1].items() if key not in realistic[0]),
    )
    phrases = tuple(
        Phrase(one.phrase, f"{_TAUGHT}{number}" not in missed[0], f"{_TAUGHT}{number}" not in missed[1])
        for number, one in enumerate(taught)
    )
    return Trial(folds, shift, phrases)


def _measure(house: Path, questions: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run(house, *_BOT, "eval", "questions", str(questions), "--json"))
    return found


def _run(house: Path, *command: str, is_heard: bool = False) -> str:
    """Run Python in a house; give what it printed. With `is_heard` its progress goes to our own stderr."""
    around = os.environ | {"PYTHONPATH": str(house), "PYTHONWARNINGS": "ignore"}
    if house != ROOT:
        around |= {"BOT_MODELS": str(house / "models")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=house,
        env=around,
        stdout=subprocess.PIPE,
        stderr=None if is_heard else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = ((done.stderr or "").strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise SettingsError(f"`{' '.join(command[1:4])}` failed in the trial: {last}")
    return done.stdout
