"""Around every request: an id, strict headers, a line in the log, a figure, and an end to every exception.

Plain ASGI, so that answers stream. The log names the route's pattern, never the path or the query as sent; an
exception is logged by type and place, never by its message, which may hold a patient's words.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.watching.tracing import span
from bot.web import metrics

log = structlog.get_logger("web")

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Envelope:
    """The outermost layer of the door. A header that a room has set itself stays."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, begun = secrets.token_hex(8), time.perf_counter()
        scope.setdefault("state", {})["request_id"] = request_id
        status, first_byte = 0, 0.0

        async def note(message: Message) -> None:
            nonlocal status, first_byte
            if message["type"] == "http.response.start":
                status, first_byte = message["status"], time.perf_counter() - begun
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        structlog.contextvars.bind_contextvars(request=request_id)
        try:
            with span("request", request=request_id) as current:
                await self._app(scope, receive, note)
                if current is not None:
                    current.set_attribute("http.route", _route(scope))
        except Exception as error:
            log.error("unexpected_error", error=type(error).__name__, at=place_of(error))
            if status == 0:
                body = {"error": {"code": "unavailable", "message": "Something went wrong."}}
                await JSONResponse(body, 500)(scope, receive, note)
        finally:
            route = _route(scope)
            metrics.REQUEST_SECONDS.labels(route, _method(scope), str(status)).observe(first_byte)
            log.info(
                "request",
                method=_method(scope),
                route=route,
                status=status,
                ms=round((time.perf_counter() - begun) * 1000, 1),
            )
            structlog.contextvars.clear_contextvars()


def place_of(error: BaseException) -> str:
    """The file and line where an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unknown"))


def _method(scope: Scope) -> str:
    method: Any = scope.get("method")
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
