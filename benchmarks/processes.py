"""Runs and watches processes: processor time, memory, time until ready."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

Say = Callable[[str], None]
Command = Sequence[str | Path]
EVERY_S = 15
START_LIMIT_S = 420


@dataclass(frozen=True)
class Ran:
    """What a finished process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


class Failed(Exception):
    """A process did not do its work; the message names its log."""


def run(command: Command, folder: Path, log: Path, say: Say, environment: Mapping[str, str] = {}) -> Ran:
    """Run to the end, telling every 15 s how far it is; raise Failed when it fails."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=_environment(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        told = started
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() - told > EVERY_S:
                told = time.monotonic()
                say(f"  {told - started:.0f} s, {_cpu(process.pid):.0f} CPU-s  {_last_line(log)}")
            time.sleep(0.2)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{command[0]} ended with {process.returncode}; see {log}")
    return Ran(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    process: psutil.Process
    ready_wall_s: float
    ready_cpu_s: float

    def cpu_s(self) -> float:
        """Return the processor seconds that it has used."""
        times = [one.cpu_times() for one in self._all()]
        return sum(one.user + one.system for one in times)

    def resident_mb(self) -> float:
        """Return its resident memory now, children counted."""
        return sum(one.memory_info().rss for one in self._all()) / 2**20

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def serving(
    command: Command,
    folder: Path,
    log: Path,
    answers: Callable[[], bool],
    environment: Mapping[str, str] = {},
) -> Iterator[Server]:
    """Start a server, wait until `answers`, and stop it afterwards; raise Failed when it never does."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=_environment(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    watched = psutil.Process(process.pid)
    try:
        while not answers():
            if process.poll() is not None or time.monotonic() - started > START_LIMIT_S:
                raise Failed(f"{command[0]} never answered; see {log}")
            time.sleep(0.05)
        ready = time.monotonic() - started
        times = watched.cpu_times()
        yield Server(watched, ready, times.user + times.system)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return kept | {"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"} | dict(more)


def _cpu(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def _last_line(log: Path) -> str:
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 400))
        lines = stream.read().decode(errors="replace").replace("\r", "\n").splitlines()
    return lines[-1].strip()[-100:] if lines else ""
