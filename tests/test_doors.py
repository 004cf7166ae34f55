"""Doors that stay shut between rooms (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("rasa", "rasa_sdk", "tensorflow", "keras", "torch")
WITHOUT_RASA = (
    "web",
    "sms",
    "staff",
    "followups",
    "alerting",
    "records",
    "backup",
    "watching",
    "fhir",
    "reading",
    "safety",
    "answering",
)
PURE = ("reading", "safety")


def imports_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every module named in an import anywhere in the folder, lazily imported ones too."""
    files = folder.rglob("*.py") if folder.is_dir() else [folder]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield file, node.module
                yield from ((file, f"{node.module}.{alias.name}") for alias in node.names)


def named(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("room", WITHOUT_RASA)
def test_a_room_without_rasa_names_neither_it_nor_the_rooms_that_need_it(room: str) -> None:
    found = [
        (f.name, m)
        for f, m in imports_of(ROOT / "bot" / room)
        if named(m, *HEAVY, "bot.nlu", "bot.dialogue", "actions")
    ]
    assert found == []


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_knows_no_database(room: str) -> None:
    found = [(f.name, m) for f, m in imports_of(ROOT / "bot" / room) if named(m, "sqlalchemy", "bot.records")]
    assert found == []


def test_nothing_imports_the_command_line() -> None:
    for room in (ROOT / "bot").iterdir():
        if room.name not in ("cli", "__main__.py") and (room.is_dir() or room.suffix == ".py"):
            assert [(f.name, m) for f, m in imports_of(room) if named(m, "bot.cli")] == []


@pytest.mark.parametrize("process", ["bot.web.app", "bot.worker", "bot.staff"])
def test_a_public_process_really_runs_without_rasa(process: str) -> None:
    code = f"import sys, {process}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_front_door_starts_without_reading_words() -> None:
    code = "import sys, bot.web.app; print([m for m in sys.modules if m.startswith('bot.reading')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
