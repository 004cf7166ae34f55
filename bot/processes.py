"""The processes of an installation as a profile wants them: what starts each, and where it listens."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass, field
from itertools import zip_longest
from urllib.parse import urlsplit

from bot.profiles import Profile, addresses_of
from bot.settings import Settings, SettingsError

_BACKLOG = 2048
# Niceness of assistants and workers: what comes in is stored and judged first, then answered.
BEHIND_THE_DOOR = 10

# glibc asks for pages of 2 MB, where Linux leaves that to programs ("madvise"). Every message walks through 20 MB of
# weights: a turn costs 4 to 12 % less, and no more memory is taken.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@dataclass
class Process:
    """One process to keep running.

    `kind` is assistant, web or worker; `ready_url` answers 200 when it can work, "" when only itself can say so;
    `address` is where people find it. `listener` is a socket that it takes over: connections wait there while it
    is away, and several processes take them from the same queue.
    """

    name: str
    kind: str
    module: str
    ready_url: str = ""
    address: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    nice: int = 0
    listener: socket.socket | None = field(default=None, repr=False)
    running: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    is_ready: bool = False
    crashes: list[float] = field(default_factory=list)
    start_again_at: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs now."""
        return self.running is not None and self.running.poll() is None


def processes_of(settings: Settings, profile: Profile | None = None) -> list[Process]:
    """Return the processes of this machine, in the order in which they start and restart."""
    profile = profile or Profile()
    urls = addresses_of(settings, profile)
    everywhere = {"BOT_ASSISTANT_URL": ",".join(urls)}
    door = f"http://{settings.host}:{settings.port}"
    assistants = [
        Process(
            name,
            "assistant",
            "bot.dialogue.serve",
            f"{url}/status",
            "",
            {"BOT_ASSISTANT_URL": url, **LARGE_PAGES},
        )
        for name, url in zip(_named("assistant", profile.assistants), urls, strict=False)
    ]
    webs = [
        Process(name, "web", "bot.web", f"{door}/health/live", door, dict(everywhere))
        for name in _named("web", profile.webs)
    ]
    workers = [
        Process(name, "worker", "bot.worker", environment=dict(everywhere))
        for name in _named("worker", profile.workers)
    ]
    if profile.name == "production":
        for number, (web, worker) in enumerate(zip_longest(webs, workers)):
            _show_figures(web, "BOT_WEB_METRICS", 5200 + number)
            _show_figures(worker, "BOT_WORKER_METRICS", 5300 + number)
        for process in (*assistants, *workers):
            process.nice = BEHIND_THE_DOOR
    return [*assistants, *webs, *workers]


def listen(settings: Settings, processes: list[Process]) -> None:
    """Open the door's address for all its processes; raise SettingsError when an address is taken."""
    for process in processes:
        if process.kind == "assistant":
            own = urlsplit(process.ready_url)
            _bound(own.hostname or "127.0.0.1", own.port or 5005, "BOT_ASSISTANT_URL").close()
    doors = [process for process in processes if process.kind == "web"]
    if doors:
        listener = _bound(settings.host, settings.port, "BOT_PORT")
        listener.listen(_BACKLOG)
        for process in doors:
            process.listener = listener


def _show_figures(process: Process | None, variable: str, port: int) -> None:
    """Give one of several a port of its own for its figures, unless the environment says where they are shown."""
    if process is not None and variable not in os.environ:
        process.environment[variable] = f"127.0.0.1:{port}"


def _bound(host: str, port: int, name: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(f"port {port} is in use; stop what uses it or set {name}") from error
    return listener


def _named(kind: str, count: int) -> list[str]:
    return [kind] if count == 1 else [f"{kind}-{number}" for number in range(1, count + 1)]
