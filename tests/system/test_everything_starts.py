"""`bot up` as somebody who tries the project meets it: everything starts, answers, survives a crash and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 240


@dataclass
class House:
    """A running installation."""

    process: subprocess.Popen[str]
    door: str
    output: Path

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until(self, words: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.2)

    def child(self, module: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next(child for child in children if module in child.cmdline())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var = tmp_path_factory.mktemp("var")
    port = free_port()
    environment = {
        **os.environ,
        "BOT_VAR": str(var),
        "BOT_PORT": str(port),
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BOT_ASSISTANT_URL": f"http://127.0.0.1:{free_port()}",
        "PYTHONUNBUFFERED": "1",
    }
    output = var / "output"
    with output.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=stream,
            text=True,
        )
    house = House(process, f"http://127.0.0.1:{port}", output)
    try:
        house.wait_until("Ctrl-C stops everything")
        yield house
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def ask(house: House, text: str) -> list[dict[str, object]]:
    """Say something as a new visitor; what was only taken in (the assistant is away) is waited for."""
    with httpx.Client(base_url=house.door, timeout=60) as client:
        token = client.post("/chat/session", json={}).json()["token"]
        mine = {"Authorization": f"Bearer {token}"}
        sent = client.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": text}, headers=mine)
        assert sent.status_code == 200, sent.text
        lines = [json.loads(line) for line in sent.text.splitlines()]
        until = time.monotonic() + PATIENCE_S
        while not (said := [line for line in lines if line.get("role") == "bot"]):
            assert time.monotonic() < until
            time.sleep(0.5)
            lines = client.get("/chat/messages", params={"after": 0}, headers=mine).json()["messages"]
        return said


def test_a_question_is_answered_over_http(house: House) -> None:
    (answer,) = ask(house, "does it hurt?")
    assert "small prick" in str(answer["text"])
    assert answer["sources"] and answer["buttons"]


def test_a_warning_sign_is_answered_with_the_emergency_number(house: House) -> None:
    first = ask(house, "since the session i cant breathe properly and my chest hurts")[0]
    assert (first["kind"], first["tier"]) == ("urgent", "emergency")
    assert "tel:911" in str(first["text"])


def test_the_pages_are_there(house: House) -> None:
    for path in ("/", "/chat", "/widget.js", "/health/live", "/health/ready", "/staff", "/phone"):
        assert httpx.get(f"{house.door}{path}", follow_redirects=True, timeout=30).status_code == 200, path


def test_a_process_that_is_killed_is_started_again_and_nothing_is_lost(house: House) -> None:
    house.child("bot.dialogue.serve").kill()
    house.wait_until("assistant stopped with code -9; starting it again")
    until = time.monotonic() + PATIENCE_S
    while httpx.get(f"{house.door}/health/ready", timeout=30).status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.5)
    assert ask(house, "how long does a session take?")


def test_a_second_start_on_the_same_port_is_refused_in_one_line(house: House) -> None:
    environment = {
        **os.environ,
        "BOT_PORT": house.door.rpartition(":")[2],
        "BOT_VAR": str(house.output.parent / "second"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", "up"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert "is in use" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_ctrl_c_stops_everything(house: House) -> None:
    children = psutil.Process(house.process.pid).children(recursive=True)
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(60) == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == [] and "Stopped." in house.said()
