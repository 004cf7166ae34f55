"""Stage `serve`: both engines as servers, one after the other: time to ready, memory, replies to 1 and to 8 clients.

Rasa's default is plain `rasa run` with its `rest` channel and conversations in memory. Ours is the assistant process
as `bot up` starts it: internal channel, warning signs on every message, custom actions, conversations encrypted in
SQLite. So ours does more for each message.
"""

from __future__ import annotations

import secrets
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.conversing import Door, RestDoor, TurnDoor, answers, load
from benchmarks.places import DEFAULT_ENV, ROOT, WORK
from benchmarks.processes import Say, Server, serving
from benchmarks.training import default_model, own_models
from bot.processes import LARGE_PAGES
from tests.ports import free_port

WARM_UP = 40
ONE_CLIENT = 250
MANY_CLIENTS = 400
CLIENTS = 8


def measure(
    say: Say, texts: Sequence[str], small: bool, which: tuple[str, ...], rounds: int
) -> dict[str, Any]:
    """Serve the engines of `which` in turns, so often, and return the best round's figures of each."""
    shutil.rmtree(WORK / "var", ignore_errors=True)
    engines = [name for name in ("default", "ours") if name in which]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    for number in range(1, rounds + 1):
        for name in engines:
            say(f"serving {name}, round {number} ...")
            with default_server() if name == "default" else own_server() as (server, door):
                figures = _figures(server, door, texts, 10 if small else 1)
            say(
                f"{name}: ready {figures['ready_wall_s']:.1f} s, {figures['resident_mb']:.0f} MB, "
                f"p50 {figures['p50_ms']:.1f} ms, {figures['requests_s']:.0f}/s at {CLIENTS} clients"
            )
            found[name].append(figures)
    return {name: _best(figures) | {"rounds": figures} for name, figures in found.items()}


@contextmanager
def default_server() -> Iterator[tuple[Server, Door]]:
    """Serve Rasa's default."""
    port = free_port()
    door = RestDoor(port)
    command: list[str | Path] = [
        DEFAULT_ENV / "bin" / "rasa",
        "run",
        "--model",
        default_model(),
        "--port",
        str(port),
    ]
    with serving(command, WORK / "default", WORK / "serve-default.log", lambda: answers(door)) as server:
        yield server, door


@contextmanager
def own_server() -> Iterator[tuple[Server, Door]]:
    """Serve ours, trained on all examples, with a database of its own that is kept: the first start makes it."""
    port, token = free_port(), secrets.token_urlsafe(16)
    door = TurnDoor(port, token)
    environment = {
        "BOT_VAR": str(WORK / "var"),
        "BOT_MODELS": str(own_models("all", fresh=False)),
        "BOT_INTERNAL_TOKEN": token,
        "BOT_ASSISTANT_URL": f"http://127.0.0.1:{port}",
        **LARGE_PAGES,
    }
    command: list[str | Path] = [sys.executable, "-m", "bot.dialogue.serve"]
    with serving(command, ROOT, WORK / "serve-own.log", lambda: answers(door), environment) as server:
        yield server, door


def _figures(server: Server, door: Door, texts: Sequence[str], divisor: int) -> dict[str, Any]:
    load(door, texts, 1, WARM_UP // divisor)
    used = server.cpu_s()
    one = load(door, texts, 1, ONE_CLIENT // divisor)
    many = load(door, texts, CLIENTS, MANY_CLIENTS // divisor)
    messages = len(one.ms) + len(many.ms)
    return {
        "ready_wall_s": server.ready_wall_s,
        "ready_cpu_s": server.ready_cpu_s,
        "resident_mb": server.resident_mb(),
        "p50_ms": statistics.median(one.ms),
        "p99_ms": _p99(one.ms),
        "p50_ms_8": statistics.median(many.ms),
        "p99_ms_8": _p99(many.ms),
        "requests_s": len(many.ms) / many.seconds,
        "cpu_ms_a_message": (server.cpu_s() - used) * 1000 / messages,
        "silent": one.silent + many.silent,
        "failed": one.failed + many.failed,
        "messages": messages,
    }


def _best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the best of each figure over rounds; silent and failed replies are summed."""
    best: dict[str, Any] = {}
    for name in rounds[0]:
        values = [found[name] for found in rounds]
        if name in ("silent", "failed", "messages"):
            best[name] = sum(values)
        else:
            best[name] = max(values) if name == "requests_s" else min(values)
    return best


def _p99(ms: Sequence[float]) -> float:
    return sorted(ms)[min(len(ms) - 1, int(len(ms) * 0.99))]
