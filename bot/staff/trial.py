"""Trying a change of the training data: a copy of the assistant is trained and asked the same questions.

Runs `bot train` and `bot eval questions` in processes of their own, in a copy of the folders that a model
depends on, so that nothing of the running assistant is touched and Rasa is never loaded here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.records.corrections import Correction
from bot.settings import ROOT, SettingsError
from bot.staff.teaching import change_for, write

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
_RUN = "from bot.cli import app; app()"


@dataclass(frozen=True)
class Phrase:
    """A taught phrase, and whether it is answered now and with the change."""

    text: str
    before: bool
    after: bool


@dataclass(frozen=True)
class Trial:
    """What a change would do: the diff, the share answered right, what is gained and lost."""

    diff: str
    before: float
    after: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    phrases: tuple[Phrase, ...]


def try_out(confirmed: Sequence[Correction], data: Path, questions: Path) -> Trial:
    """Train with the change in a copy and compare. Raises SettingsError when training or measuring fails."""
    with tempfile.TemporaryDirectory(prefix="trial") as folder:
        house = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, house / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.is_file():
                shutil.copy(source, house / name)
        change = change_for(confirmed, house / "data" / "nlu")
        write(change)
        taught = house / "taught.yml"
        items: list[dict[str, Any]] = [
            {"id": f"taught{number}", "text": one.phrase, "topic": one.topic, "tags": []}
            for number, one in enumerate(change.taught)
        ]
        taught.write_text(yaml.safe_dump({"items": items}), encoding="utf-8")
        asked = [questions.resolve(), taught]
        _run(ROOT, "train")
        before = [_measure(ROOT, file) for file in asked]
        _run(house, "train")
        after = [_measure(house, file) for file in asked]
    missed_before, missed_after = _missed(before[0]), _missed(after[0])
    return Trial(
        diff=change.diff,
        before=before[0]["overall"],
        after=after[0]["overall"],
        gained=tuple(text for key, text in missed_before.items() if key not in missed_after),
        lost=tuple(text for key, text in missed_after.items() if key not in missed_before),
        phrases=tuple(
            Phrase(one["text"], one["id"] not in _missed(before[1]), one["id"] not in _missed(after[1]))
            for one in items
        ),
    )


def _measure(house: Path, questions: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run(house, "eval", "questions", str(questions), "--json"))
    return found


def _run(house: Path, *command: str) -> str:
    """Run our command line in a house; give what it printed."""
    around = os.environ | {"PYTHONPATH": str(house), "PYTHONWARNINGS": "ignore"}
    if house != ROOT:
        around |= {"BOT_MODELS": str(house / "models")}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *command],
        cwd=house,
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise SettingsError(f"`bot {' '.join(command[:2])}` failed in the trial: {last}")
    return done.stdout


def _missed(result: dict[str, Any]) -> dict[str, str]:
    return {str(miss["id"]): str(miss["text"]) for miss in result["misses"]}
