"""Starts our processes, says when each is ready, restarts one that dies, and stops all of them cleanly.

SIGUSR1 (`bot restart`) restarts them one at a time, each only when the one before works again. Small on purpose:
one machine. Larger houses use systemd or Kubernetes (deploy/).
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.notify import ready_pid, tell_ready
from bot.processes import Process
from bot.settings import ROOT, SettingsError

READY_WITHIN_S = 240.0  # six processes on two busy cores take a minute
STOP_WITHIN_S = 20.0
LOOK_EVERY_S = 0.2
RESTART_PAUSES_S = (0.5, 1, 2, 5, 10)  # after each crash within a minute of the last one
MENDABLE = 2  # exit code of our processes for a mistake that a restart can't cure


class Supervisor:
    """Runs processes until it is told to stop."""

    def __init__(self, processes: Sequence[Process], logs: Path, say: Callable[[str], None] = print) -> None:
        self._processes = list(processes)
        self._logs = logs  # what a process prints goes here; what it complains of goes to the terminal
        self._print = say
        self._stopping = False
        self._restart_asked = False
        self._folder = tempfile.TemporaryDirectory(prefix="bot-")
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)  # here they say that they are ready
        self._told.bind(f"{self._folder.name}/ready")
        self._told.setblocking(False)

    def run(self, started: float | None = None) -> None:
        """Start all, say when they are ready, watch them, stop them. Raises SettingsError when one can't start."""
        began = time.perf_counter() if started is None else started
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup stays in force
            signal.signal(signal.SIGHUP, self._stop)  # the terminal was closed
        signal.signal(signal.SIGUSR1, self._ask_restart)
        try:
            for process in self._processes:
                self._start(process)
            self._wait_until_ready()
            if not self._stopping:
                self._welcome(time.perf_counter() - began)
            while not self._stopping:
                if self._restart_asked:
                    self._restart_asked = False
                    self._restart_all()
                self._look()
        finally:
            self._stop_all()
            self._told.close()
            self._folder.cleanup()

    def _say(self, line: str) -> None:
        with suppress(OSError):  # nobody reads any more; the processes matter
            self._print(line)

    def _welcome(self, seconds: float) -> None:
        self._say(f"Ready after {seconds:.0f} s.")
        for kind, address in {(p.kind, p.address): None for p in self._processes if p.address}:
            self._say(f"  {kind}: {address}")
        self._say("Ctrl-C stops everything.")
        tell_ready()  # systemd, when it has started us

    def _start(self, process: Process) -> None:
        environment = {
            **os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", **process.environment,
            "NOTIFY_SOCKET": f"{self._folder.name}/ready",
        }  # fmt: skip
        passed: tuple[int, ...] = ()
        if process.listener is not None:
            passed = (process.listener.fileno(),)
            environment["BOT_LISTEN_FD"] = str(passed[0])
        process.is_ready, process.start_again_at = False, None
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{process.name}.log").open("ab") as log:
            process.running = subprocess.Popen(
                [sys.executable, "-m", process.module],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                pass_fds=passed,
                # Ctrl-C reaches us only, and we stop our processes in order. They stay in our session: Linux may share
                # the processors out by session, and niceness would count for nothing between sessions.
                process_group=0,
            )
        if process.nice:
            os.setpriority(os.PRIO_PROCESS, process.running.pid, process.nice)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while not self._stopping and (waiting := [p for p in self._processes if not p.is_ready]):
            for process in waiting:
                if not process.is_alive:
                    raise SettingsError(f"{process.name} could not start (its message is above)")
            if time.monotonic() > until:
                names = ", ".join(process.name for process in waiting)
                raise SettingsError(
                    f"{names} did not get ready within {READY_WITHIN_S:.0f} s; try `bot doctor`"
                )
            self._hear()

    def _restart_all(self) -> None:
        """Restart one process after another; stop at the first that does not come back, so that the others go on."""
        self._say("Restarting one process after another.")
        for process in self._processes:
            self._restart(process)
            if self._stopping:
                return
            if not process.is_ready:
                self._say(f"{process.name} did not get ready again; the others are left as they are")
                return
        self._say("Restarted all.")

    def _restart(self, process: Process) -> None:
        old, process.running, process.is_ready = process.running, None, False  # its end is no crash
        if old is not None:
            self._end(process.name, old)
        if self._stopping:
            return
        self._start(process)
        self._look_until(lambda: process.is_ready or not process.is_alive, READY_WITHIN_S)
        if process.is_ready:
            self._say(f"{process.name} is restarted")

    def _end(self, name: str, running: subprocess.Popen[bytes]) -> None:
        """Stop one process while the others are looked after."""
        running.send_signal(signal.SIGTERM)
        self._look_until(lambda: running.poll() is not None, STOP_WITHIN_S)
        if running.poll() is None:
            self._say(f"{name} did not stop; ending it")
            running.kill()
            running.wait()

    def _look_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not is_done() and time.monotonic() < until and not self._stopping:
            self._look()

    def _look(self) -> None:
        """Hear who is ready, for a moment, and see to what has ended."""
        self._hear()
        now = time.monotonic()
        for process in self._processes:
            if process.start_again_at is not None:
                if now >= process.start_again_at:
                    self._start(process)
            elif process.running is not None and (code := process.running.poll()) is not None:
                self._see_to_end(process, code, now)

    def _see_to_end(self, process: Process, code: int, now: float) -> None:
        if code == MENDABLE:
            self._say(f"{process.name} stopped (its message is above); stopping everything")
            self._stopping = True
            return
        process.is_ready = False
        process.crashes = [at for at in process.crashes if now - at < 60] + [now]
        pause = RESTART_PAUSES_S[min(len(process.crashes), len(RESTART_PAUSES_S)) - 1]
        self._say(f"{process.name} stopped with code {code}; starting it again in {pause} s")
        process.start_again_at = now + pause

    def _hear(self) -> None:
        """Wait a moment for processes that say they are ready."""
        if not select.select([self._told], [], [], LOOK_EVERY_S)[0]:
            return
        pid = ready_pid(self._told.recv(4096))
        for process in self._processes:
            if process.running is not None and process.running.pid == pid:
                process.is_ready = True
                self._say(f"{process.name} is ready")

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _ask_restart(self, number: int, frame: object) -> None:
        self._restart_asked = True

    def _stop_all(self) -> None:
        """Stop doors and workers, then the assistants, which both need to end what they are at."""
        alive = [process for process in self._processes if process.is_alive]
        for group in (("web", "worker"), ("assistant",)):
            self._stop_each([process for process in alive if process.kind in group])
        if alive:
            self._say("Stopped.")

    def _stop_each(self, processes: Sequence[Process]) -> None:
        running = [(process.name, process.running) for process in processes if process.running is not None]
        for _, one in running:
            one.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_WITHIN_S
        for name, one in running:
            try:
                one.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{name} did not stop; ending it")
                one.kill()
                one.wait()
