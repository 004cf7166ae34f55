"""Workers' figures on loopback ports, from `BOT_WORKER_METRICS` on: 127.0.0.1:5006 unless it says otherwise."""

from __future__ import annotations

import os

import structlog
from prometheus_client import start_http_server

from bot.settings import SettingsError

DEFAULT = "127.0.0.1:5006"
WORKERS = 10  # on one machine, each on the next port
log = structlog.get_logger("worker")


def worker_address() -> tuple[str, int] | None:
    """Where a worker shows its figures; None when BOT_WORKER_METRICS is empty. Raises SettingsError."""
    return address_in("BOT_WORKER_METRICS", DEFAULT)


def address_in(variable: str, default: str = "") -> tuple[str, int] | None:
    """The address that a variable names; None when it is empty. Raises SettingsError."""
    given = os.environ.get(variable, default).strip()
    if not given:
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"{variable}: must be an address such as {DEFAULT}, or empty")
    return host, int(port)


def show_figures(address: tuple[str, int] | None) -> bool:
    """Answer Prometheus at an address, in a thread; False when it can't be: the worker's work goes first.

    A port that is taken is another worker's: the next ones are tried.
    """
    if address is None:
        return False
    host, first = address
    for port in range(first, first + WORKERS):
        try:
            start_http_server(port, addr=host)
        except OSError:
            continue
        log.info("metrics_shown", port=port)
        return True
    log.warning("metrics_not_shown", port=first)
    return False
