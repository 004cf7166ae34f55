"""`/phone`: pick a phone, see its thread, answer, move the clock. Drawn by the server; the script only refreshes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.records import patients
from bot.sms.carrier.network import Network
from bot.sms.carrier.server import Carrier
from bot.sms.clock import ahead, clock_of, move
from bot.sms.numbers import e164
from bot.sms.providers import FAKE_ACCOUNT, HOOKS, fake_token

if TYPE_CHECKING:
    from bot.web.door import Door

_HERE = Path(__file__).parent
_LONGEST_MOVE = timedelta(days=31)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
}


def routes(door: Door) -> list[BaseRoute]:
    """The room's routes: none unless the fake carrier is in use."""
    if door.settings.clinic.sms.provider != "fake" or "BOT_CARRIER_URL" in os.environ:
        return []
    phones = Phones(door)
    return [
        Route("/phone", phones.page, methods=["GET"]),
        Route("/phone/send", phones.send, methods=["POST"]),
        Route("/phone/clock", phones.move_clock, methods=["POST"]),
        Route("/phone/phone.css", phones.asset, methods=["GET"]),
        Route("/phone/phone.js", phones.asset, methods=["GET"]),
        Mount("/carrier", routes=phones.carrier.routes()),
    ]


class Phones:
    """The handlers, and the carrier that they show."""

    def __init__(self, door: Door) -> None:
        self._door = door
        settings = door.settings
        settings.var.mkdir(parents=True, exist_ok=True)
        self._clock = clock_of(settings)
        self.carrier = Carrier(
            Network(settings.var / "carrier.db"), FAKE_ACCOUNT, fake_token(settings),
            ours=settings.clinic.sms.number, inbound_url=f"{settings.public_url}{HOOKS}/fake",
            clock=lambda: self._clock().timestamp(), calls_hooks=True,
        )  # fmt: skip
        if self.carrier.network.owed(float("inf"), 1):
            self.carrier.call_hooks()
        loader = FileSystemLoader(_HERE)
        self._pages = Environment(loader=loader, autoescape=select_autoescape(default=True))

    async def page(self, request: Request) -> Response:
        """`GET /phone?phone=+1...`: the phones, and the thread of the one picked."""
        if not _is_here(request):
            return Response("Not Found", 404)
        known = {
            person.phone: person.name for person in await self._door.records.read(_people) if person.phone
        }
        phones = list(dict.fromkeys([*self.carrier.network.phones(), *known]))
        picked = request.query_params.get("phone") or (phones[0] if phones else "")
        thread = [
            (text.direction, text.body, text.status, datetime.fromtimestamp(text.at, UTC))
            for text in reversed(self.carrier.network.texts(picked, limit=200))
        ]
        html = self._pages.get_template("phone.html").render(
            phones=[(phone, known.get(phone) or "") for phone in phones], picked=picked, thread=thread,
            clinic=self._door.settings.clinic, now=self._clock(), ahead=ahead(self._door.settings),
        )  # fmt: skip
        return Response(html, media_type="text/html", headers=_HEADERS)

    async def send(self, request: Request) -> Response:
        """`POST /phone/send`: the phone sends a text."""
        if not _is_here(request) or not _same_origin(request):
            return Response("Not Found", 404)
        fields = await _form(request)
        phone = e164(fields.get("phone", ""), self._door.settings.clinic.country)
        if phone is None:
            return Response("This is not a phone number.", 422)
        self.carrier.text_from(phone, fields.get("body", "")[:1600])
        return RedirectResponse(f"/phone?phone={quote(phone)}", 303)

    async def move_clock(self, request: Request) -> Response:
        """`POST /phone/clock`: time passes."""
        if not _is_here(request) or not _same_origin(request):
            return Response("Not Found", 404)
        fields = await _form(request)
        hours = fields.get("hours", "")
        if not hours.isascii() or not hours.isdigit():
            return Response("hours: a whole number", 422)
        move(self._door.settings, min(timedelta(hours=int(hours[:4])), _LONGEST_MOVE))
        return RedirectResponse(f"/phone?phone={quote(fields.get('phone', ''))}", 303)

    async def asset(self, request: Request) -> Response:
        """Style and script."""
        if not _is_here(request):
            return Response("Not Found", 404)
        return FileResponse(_HERE / request.url.path.rpartition("/")[2])


def _people(session: Session) -> tuple[patients.Patient, ...]:
    return patients.with_phone(session, limit=100)


def _is_here(request: Request) -> bool:
    """Whether the visitor sits at this machine, or the operator has opened the demonstration."""
    if os.environ.get("BOT_DEMO") == "1":
        return True
    direct = "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
    host = (request.headers.get("host") or "").rpartition(":")[0].strip("[]") or request.headers.get(
        "host", ""
    )
    local = host in ("127.0.0.1", "localhost", "::1")  # a name that somebody points here is not this machine
    return direct and local and request.client is not None and request.client.host in ("127.0.0.1", "::1")


def _same_origin(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    return dict(
        parse_qsl(body[:16_384].decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    )
