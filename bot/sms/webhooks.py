"""The provider's two hooks in the front door: texts from phones, and what became of ours.

The signature is checked over the raw body and the public URL; nothing of a body is ever logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sms.clock import clock_in
from bot.sms.delivery import take_status
from bot.sms.provider import BadRequestError, BadSignatureError, Inbound, RawRequest, SmsProvider
from bot.sms.providers import HOOKS, open_provider
from bot.sms.receiving import receive

if TYPE_CHECKING:
    from bot.web.door import Door

LARGEST_BODY = 64 * 1024
log = structlog.get_logger("sms")


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes."""
    hooks = Webhooks(door, open_provider(door.settings))
    return [
        Route(f"{HOOKS}/{{provider}}", hooks.hear, methods=["POST"]),
        Route(f"{HOOKS}/{{provider}}/status/{{ref}}", hooks.hear, methods=["POST"]),
    ]


class Webhooks:
    """The handlers."""

    def __init__(self, door: Door, provider: SmsProvider) -> None:
        self._records = door.records
        self._clinic = door.settings.clinic
        self._public_url = door.settings.public_url
        self._now = clock_in(door)
        self._provider = provider

    async def hear(self, request: Request) -> Response:
        """Take a text or a status: 204 when it is stored, 403 when nobody we trust sent it."""
        if request.path_params["provider"] != self._provider.name:
            return Response(status_code=404)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        raw = RawRequest(
            self._url(request), {name.lower(): value for name, value in request.headers.items()}, body
        )
        try:
            self._provider.verify(raw)
            told = self._provider.parse(raw)
        except BadSignatureError:
            log.warning("bad_signature", provider=self._provider.name)
            return Response(status_code=403)
        except BadRequestError as error:
            log.info("hook_not_read", reason=str(error))
            return Response(status_code=204)
        if isinstance(told, Inbound):
            await self._records.write(
                receive, told, self._clinic, provider=self._provider.name, now=self._now()
            )
        else:
            await self._records.write(take_status, told, self._clinic, now=self._now())
        return Response(status_code=204)

    def _url(self, request: Request) -> str:
        """The URL as the provider has it: our public address, the path and query as they came."""
        path = request.scope.get("raw_path") or request.url.path.encode()
        query = request.scope.get("query_string", b"")
        tail = path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
        return self._public_url + tail


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large or breaks off."""
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST_BODY:
                return None
            parts.append(part)
    except ClientDisconnect:
        return None
    return b"".join(parts)
