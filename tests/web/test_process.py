"""The door as a process of its own: what it imports, how soon it answers, how much it takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from bot.settings import ROOT
from tests.ports import free_port
from tests.web.assistant import FakeAssistant

FORBIDDEN = (
    "rasa",
    "rasa_sdk",
    "tensorflow",
    "sanic",
    "sklearn",
    "onnxruntime",
    "torch",
    "bot.nlu",
    "bot.dialogue",
)
# Half a second and 50 MB in all, each for something that most doors never do.
LATER = ("spacy", "dateparser", "numpy", "weasyprint", "matplotlib", "authlib", "joserfc", "ruamel", "typer")


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return {**kept, "BOT_VAR": str(folder), "PYTHONPATH": str(ROOT), **more}


def imported(folder: Path, names: tuple[str, ...], module: str = "bot.web.__main__") -> str:
    """Which of the names a door has imported by the time that it answers; `module` is imported beside."""
    code = (
        f"import sys, {module}\n"
        "from bot.settings import load_settings\n"
        "from bot.web.app import create_app\n"
        "create_app(load_settings())\n"
        f"print([name for name in {names!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(folder), capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["bot.web.__main__", "bot.web.delivery", "bot.web.forgetting"])
def test_neither_rasa_nor_tensorflow_is_imported(tmp_path: Path, module: str) -> None:
    assert imported(tmp_path, FORBIDDEN, module) == "[]"


def test_what_few_requests_need_is_not_imported_at_a_start(tmp_path: Path) -> None:
    assert imported(tmp_path, LATER) == "[]"


@contextmanager
def running_door(folder: Path, assistant: FakeAssistant) -> Iterator[tuple[psutil.Process, str]]:
    """`python -m bot.web`, from the moment it answers: the process and its URL."""
    port = free_port()
    env = environment(folder, BOT_PORT=str(port), BOT_ASSISTANT_URL=assistant.url)
    door = subprocess.Popen([sys.executable, "-m", "bot.web"], env=env, cwd=folder, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(f"{url}/health/live")
                break
            except httpx.ConnectError:
                assert door.poll() is None
                time.sleep(0.05)
        yield psutil.Process(door.pid), url
    finally:
        door.send_signal(signal.SIGTERM)
        assert door.wait(timeout=20) in (0, -signal.SIGTERM)


def test_the_door_takes_less_than_200_mb_with_the_rules_loaded_and_a_warning_answered(
    tmp_path: Path, assistant: FakeAssistant
) -> None:
    with running_door(tmp_path, assistant) as (door, url):
        token = httpx.post(f"{url}/chat/session", json={}).json()["token"]
        said = {"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "cant get a proper breath"}
        reply = httpx.post(
            f"{url}/chat/messages", json=said, headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        assert '"kind": "urgent"' in reply.text
        assert door.memory_info().rss < 200 * 2**20


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("BOT_PORT", "many", "BOT_PORT"),
        ("BOT_CLINIC", "/nowhere/clinic.yml", "clinic.yml"),
        ("BOT_DATABASE_URL", "mysql://x/y", "sqlite or postgresql"),
        ("BOT_DATABASE_URL", "postgresql://bot@127.0.0.1:1/none", "127.0.0.1:1"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_the_door_stays_shut(
    tmp_path: Path, variable: str, value: str, named: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.web"], env=environment(tmp_path, **{variable: value}),
        capture_output=True, text=True, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert named in line
