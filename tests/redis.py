"""A real Redis for tests: in memory only, on a free port."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis, RedisError

from tests.ports import free_port

_PATIENCE_S = 60


class RedisMissing(Exception):
    """Redis is not installed; the message says what to install."""


@contextmanager
def redis_server() -> Iterator[str]:
    """Start a server and give its URL; stop it at the end."""
    program = shutil.which("redis-server")
    if program is None:
        raise RedisMissing("these tests need Redis: apt-get install redis-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(server, port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    with Redis(port=port) as client:
        while True:
            try:
                client.ping()
                return
            except RedisError:
                assert server.poll() is None and time.monotonic() < until, "redis-server did not start"
                time.sleep(0.02)
