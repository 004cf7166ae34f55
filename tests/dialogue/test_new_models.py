"""An assistant that runs takes a newer model when it is whole and works, and one assistant at a time does so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import new_models
from bot.dialogue.new_models import NewModels
from bot.settings import SettingsError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models with one in it."""
    monkeypatch.setenv("BOT_MODELS", str(tmp_path))
    add(tmp_path, "one", at=1)
    return tmp_path


def add(folder: Path, name: str, *, at: int) -> Path:
    model = folder / f"assistant-{name}.tar.gz"
    model.touch()
    os.utime(model, (at, at))
    return model


async def test_a_newer_model_is_taken_and_so_is_the_earlier_one_when_the_newer_is_removed(
    folder: Path, assistant: Any
) -> None:
    models = NewModels(folder / "assistant-one.tar.gz", lambda _: assistant)
    assert not await models.look()
    newer = add(folder, "two", at=2)
    assert await models.look() and models.model == newer
    newer.unlink()
    assert await models.look() and models.model.name == "assistant-one.tar.gz"


async def test_a_model_still_being_written_is_not_looked_at(folder: Path, assistant: Any) -> None:
    models = NewModels(folder / "assistant-one.tar.gz", lambda _: assistant)
    (folder / "unfinished-1-assistant-two.tar.gz").touch()
    assert not await models.look()


async def test_a_model_that_cannot_be_loaded_is_refused_once_and_the_old_one_stays(
    folder: Path, assistant: Any
) -> None:
    asked: list[str] = []

    def load(model: Path) -> Any:
        asked.append(model.name)
        if "bad" in model.name:
            raise SettingsError("not a model")
        return assistant

    models = NewModels(folder / "assistant-one.tar.gz", load)
    add(folder, "bad", at=2)
    assert not await models.look() and not await models.look()
    assert asked == ["assistant-one.tar.gz", "assistant-bad.tar.gz"]
    assert models.model.name == "assistant-one.tar.gz"


async def test_a_model_of_newer_code_waits_for_a_restart(
    folder: Path, assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = NewModels(folder / "assistant-one.tar.gz", lambda _: assistant)
    add(folder, "two", at=2)
    monkeypatch.setattr(new_models, "code_state", lambda: "other code")
    assert not await models.look()


async def test_while_another_assistant_loads_ours_waits(folder: Path, assistant: Any) -> None:
    models = NewModels(folder / "assistant-one.tar.gz", lambda _: assistant)
    add(folder, "two", at=2)
    with new_models._one_at_a_time(folder) as is_first:
        assert is_first and not await models.look()
    assert await models.look()
