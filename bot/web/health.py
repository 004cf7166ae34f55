"""Whether the door lives, whether everything behind it works, and its figures."""

from __future__ import annotations

import asyncio
import hmac
import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.records.database import DatabaseUnavailableError
from bot.watching.waiting import registry_of
from bot.web.door import Door
from bot.web.refusals import RefusalError

_FRESH_SECONDS = 2.0  # asked more often, the last answer is given again: anybody may ask


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes."""
    health = Health(door)
    return [
        Route("/health/live", health.live, methods=["GET"]),
        Route("/health/ready", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    ]


class Health:
    """The handlers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._checked_at = float("-inf")
        self._found: dict[str, Any] = {}
        self._waiting = registry_of(door.records.database, door.clock)

    async def live(self, _: Request) -> Response:
        """`GET /health/live`: this process answers. It takes messages, whether or not the assistant runs."""
        return JSONResponse({"status": "live"})

    async def ready(self, _: Request) -> Response:
        """`GET /health/ready`: database, migrations and assistant; 503 while one is not as it should be."""
        if time.monotonic() - self._checked_at > _FRESH_SECONDS:
            self._found = await self._check()
            self._checked_at = time.monotonic()
        is_ready = all(found == "ok" for found in self._found.values())
        status = "ready" if is_ready else "not_ready"
        return JSONResponse({"status": status, **self._found}, 200 if is_ready else 503)

    async def _check(self) -> dict[str, str]:
        try:
            migrations = "ok" if await self._door.records.is_current() else "behind"
            database = "ok"
        except DatabaseUnavailableError:
            database, migrations = "down", "unknown"
        assistant = "ok" if await self._door.assistant.is_ready() else "down"
        return {"database": database, "migrations": migrations, "assistant": assistant}

    async def metrics(self, request: Request) -> Response:
        """`GET /metrics`, for this machine alone, or with the installation's internal token."""
        here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
        direct = "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
        sent = request.headers.get("authorization", "").encode()
        token = f"Bearer {self._door.internal_token}".encode()
        if not (here and direct) and not hmac.compare_digest(sent, token):
            raise RefusalError(404, "not_found", "Not Found")
        waiting = await asyncio.get_running_loop().run_in_executor(None, generate_latest, self._waiting)
        return Response(generate_latest() + waiting, media_type=CONTENT_TYPE_LATEST)
