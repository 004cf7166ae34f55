"""The staff site: queues, transcripts, warning signs, teaching, patients. Server-drawn, every act a plain form.

One handler a file (`acts/`), every route with the right it asks for (`pages.py`), one way in (`routing.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from bot.alerting.telling import check_alerting
from bot.records.database import Database
from bot.settings import Settings
from bot.staff.acts.assets import address
from bot.staff.demo_account import Credentials, ensure_demo_account, is_demo
from bot.staff.desk import Clock, Desk, utc_now
from bot.staff.pages import PAGES
from bot.staff.rendering import environment
from bot.staff.routing import endpoint

if TYPE_CHECKING:
    from bot.web.door import Door

__all__ = ["Credentials", "ensure_demo_account", "is_demo", "room", "routes"]


def routes(settings: Settings, database: Database, clock: Clock = utc_now) -> list[BaseRoute]:
    """The site's routes, all under /staff. Raises SettingsError when nobody could be told of an alert."""
    check_alerting(settings)
    pages = environment(settings.clinic)
    pages.globals["asset"] = address
    desk = Desk(settings, database, pages, clock, allows_demo=is_demo(settings))
    return [endpoint(desk, page) for page in PAGES]


def room(door: Door) -> list[BaseRoute]:
    """The site as a room of the front door."""
    return routes(door.settings, door.records.database, door.clock)
