"""The assistant process: `python -m bot.dialogue.serve`. Rasa behind our two channels, on loopback.

The port opens only when the model is loaded and one real message was parsed. A newer model is taken while it runs.
"""

from __future__ import annotations

import logging
import os
import sys
from asyncio import AbstractEventLoop
from pathlib import Path
from urllib.parse import urlsplit

from bot import starting

starting.begin()

import bot.dialogue  # noqa: F401  isort:skip

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa.core.agent import Agent
from rasa.core.run import configure_app, create_http_input_channels
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.dialogue import reporting
from bot.dialogue.assistant import load_assistant
from bot.dialogue.lock_store import ConversationLocks
from bot.dialogue.measured import measured
from bot.dialogue.new_models import NewModels, parse_one
from bot.dialogue.tracker_store import RecordsTrackerStore
from bot.dialogue.training import latest_model, quiet
from bot.records.database import DatabaseUnavailableError, open_database
from bot.settings import ROOT, Settings, SettingsError, load_settings
from bot.watching import tracing
from bot.web.logs import log_as_json

LARGEST_REQUEST = 16_384  # bytes; Sanic's default of 100 MB lets one request block everybody

logger = logging.getLogger("bot.assistant")


def make_app(settings: Settings) -> Sanic:
    """Return Rasa's server with our channels; raise SettingsError when model or database can't be used."""
    database = open_database(settings.database_url)
    database.upgrade()
    reporting.use(lambda: database)
    locks = ConversationLocks(settings.redis_url)

    def load(model: Path) -> Agent:
        store = RecordsTrackerStore(database=database, model_id=model.stem)
        return measured(load_assistant(model, settings.clinic, store, locks))

    models = NewModels(latest_model(), load)
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(channels, enable_api=False)
    app.config.REQUEST_MAX_SIZE = LARGEST_REQUEST
    app.ctx.agent = models.agent

    async def parse_once(app: Sanic, loop: AbstractEventLoop) -> None:
        await parse_one(models.agent)

    async def begin(app: Sanic, loop: AbstractEventLoop) -> None:
        app.add_task(models.follow(lambda agent: setattr(app.ctx, "agent", agent)))
        starting.ready()

    app.register_listener(parse_once, "before_server_start")
    app.register_listener(begin, "after_server_start")

    @app.get("/status")
    async def status(request: Request) -> HTTPResponse:
        await parse_one(models.agent)
        return json({"ready": True, "model_file": models.model.name})

    @app.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        return HTTPResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    if tracing.start_tracing("assistant"):
        app.register_middleware(lambda request: tracing.go_on(request.headers), "request")
    return app


def main() -> None:
    """Serve until told to stop."""
    quiet()
    log_as_json(level=logging.WARNING, places_only=True)
    settings = load_settings()
    address = urlsplit(settings.assistant_url)
    os.environ["SANIC_REQUEST_MAX_SIZE"] = str(LARGEST_REQUEST)
    make_app(settings).run(host=address.hostname, port=address.port or 5005, workers=1, access_log=False)


if __name__ == "__main__":
    try:
        main()
    except (SettingsError, DatabaseUnavailableError) as error:
        print(f"assistant: {error}", file=sys.stderr)
        sys.exit(2)
