"""The front door: the only public process. Each room brings its routes; everything around them is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.followups import api as sessions
from bot.records.database import Database
from bot.safety import assess
from bot.settings import Settings
from bot.sms import webhooks
from bot.sms.simulator import pages as phones
from bot.staff import room as staff_room
from bot.web import chat, health, openapi, pages
from bot.web.door import Clock, Door, open_door, utc_now
from bot.web.envelope import Envelope
from bot.web.refusals import HANDLERS

Room = Callable[[Door], list[BaseRoute]]
#: What the door opens to. A new room is one line: a function that takes the Door and gives its routes.
ROOMS: tuple[Room, ...] = (
    chat.routes, pages.routes, health.routes, openapi.routes, webhooks.routes, sessions.routes, phones.routes,
    staff_room,
)  # fmt: skip


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock = utc_now,
    rooms: tuple[Room, ...] = ROOMS,
) -> Starlette:
    """The whole app. The tables are brought up to date before the first request.

    Raises DatabaseUnavailableError or KeysError when the door can't open.
    """
    door = open_door(settings, database, clock)
    door.records.database.upgrade()
    assess("I feel fine")  # reads the rules now rather than in the first patient's request

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.shield(door.close())

    app = Starlette(
        routes=[route for room in rooms for route in room(door)],
        middleware=[Middleware(_around(settings)), _cors(settings)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.door = door
    return app


def _around(settings: Settings) -> Callable[[ASGIApp], Envelope]:
    def wrap(app: ASGIApp) -> Envelope:
        return Envelope(app, https=settings.public_url.startswith("https://"))

    return wrap


def _cors(settings: Settings) -> Middleware:
    """Other sites' scripts may call the chat only from listed origins, and never with cookies."""
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.clinic.web.origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After", "X-Request-ID"],
        max_age=600,
    )
