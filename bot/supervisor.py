"""Starts our processes, says when each is ready, restarts one that dies, and stops all of them cleanly.

Small on purpose: one machine, three processes. Larger houses use systemd or Kubernetes (deploy/).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import ROOT, Settings, SettingsError

READY_WITHIN_S = 120.0
STOP_WITHIN_S = 20.0
LOOK_EVERY_S = 0.2
RESTART_PAUSES_S = (0.5, 1, 2, 5, 10)  # after each crash within a minute of the last one
MENDABLE = 2  # exit code of our processes for a mistake that a restart can't cure


@dataclass
class Process:
    """One process to keep running; `ready_url` answers 200 when it can work, "" when starting is enough."""

    name: str
    module: str
    ready_url: str = ""
    address: str = ""
    running: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    crashes: list[float] = field(default_factory=list)
    start_again_at: float | None = None


def processes_of(settings: Settings) -> list[Process]:
    """Return the processes of a whole installation, in the order they start."""
    door = f"http://{settings.host}:{settings.port}"
    return [
        Process("assistant", "bot.dialogue.serve", f"{settings.assistant_url}/status"),
        Process("web", "bot.web", f"{door}/health/live", door),
        Process("worker", "bot.worker"),
    ]


def require_free_ports(settings: Settings) -> None:
    """Raise SettingsError when a port is taken, before anything starts."""
    assistant = urlsplit(settings.assistant_url)
    wanted = (
        (settings.host, settings.port, "BOT_PORT"),
        (assistant.hostname or "127.0.0.1", assistant.port or 5005, "BOT_ASSISTANT_URL"),
    )
    for host, port, name in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SettingsError(f"port {port} is in use; stop what uses it or set {name}") from error


class Supervisor:
    """Runs processes until it is told to stop."""

    def __init__(self, processes: Sequence[Process], logs: Path, say: Callable[[str], None] = print) -> None:
        self._processes = list(processes)
        self._logs = logs  # what a process prints goes here; what it complains of goes to the terminal
        self._say = say
        self._stopping = False

    def run(self, started: float | None = None) -> None:
        """Start all, say when they are ready, watch them, stop them. Raises SettingsError when one can't start."""
        began = time.perf_counter() if started is None else started
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for process in self._processes:
                self._start(process)
            self._wait_until_ready()
            if not self._stopping:
                self._say(f"Ready after {time.perf_counter() - began:.0f} s.")
                for process in self._processes:
                    if process.address:
                        self._say(f"  {process.name}: {process.address}")
                self._say("Ctrl-C stops everything.")
            while not self._stopping:
                self._watch()
                time.sleep(LOOK_EVERY_S)
        finally:
            self._stop_all()

    def _start(self, process: Process) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
        # A session of its own: Ctrl-C reaches us only, and we stop our processes in order.
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{process.name}.log").open("ab") as log:
            process.running = subprocess.Popen(
                [sys.executable, "-m", process.module],
                cwd=ROOT,
                env=environment,
                stdout=log,
                start_new_session=True,
            )
        process.start_again_at = None

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN_S
        waiting = [process for process in self._processes if process.ready_url]
        while waiting and not self._stopping:
            for process in list(waiting):
                if process.running is not None and process.running.poll() is not None:
                    raise SettingsError(f"{process.name} could not start (its message is above)")
                if _answers(process.ready_url):
                    self._say(f"{process.name} is ready")
                    waiting.remove(process)
            if time.monotonic() > until:
                names = ", ".join(process.name for process in waiting)
                raise SettingsError(
                    f"{names} did not get ready within {READY_WITHIN_S:.0f} s; try `bot doctor`"
                )
            time.sleep(LOOK_EVERY_S)

    def _watch(self) -> None:
        now = time.monotonic()
        for process in self._processes:
            if process.start_again_at is not None:
                if now >= process.start_again_at:
                    self._start(process)
                continue
            code = process.running.poll() if process.running else None
            if code is None:
                continue
            if code == MENDABLE:
                self._say(f"{process.name} stopped (its message is above); stopping everything")
                self._stopping = True
                return
            process.crashes = [at for at in process.crashes if now - at < 60] + [now]
            pause = RESTART_PAUSES_S[min(len(process.crashes), len(RESTART_PAUSES_S)) - 1]
            self._say(f"{process.name} stopped with code {code}; starting it again in {pause} s")
            process.start_again_at = now + pause

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _stop_all(self) -> None:
        alive = [p for p in reversed(self._processes) if p.running is not None and p.running.poll() is None]
        for process in alive:
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + STOP_WITHIN_S
        for process in alive:
            if process.running is None:
                continue
            try:
                process.running.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{process.name} did not stop; ending it")
                _signal(process, signal.SIGKILL)
                process.running.wait()
        if alive:
            self._say("Stopped.")


def _signal(process: Process, number: int) -> None:
    if process.running is not None:
        process.running.send_signal(number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 (our own address)
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
