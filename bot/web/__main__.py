"""`python -m bot.web`: run the front door on BOT_HOST and BOT_PORT, or on a socket that is open already.

BOT_LISTEN_FD is that socket's number: several doors take from one queue, in which nobody is refused while one of
them restarts (`bot up`, or a socket unit of systemd with BOT_LISTEN_FD=3). BOT_WEB_METRICS is an address where this
door alone shows its figures. BOT_TRUSTED_PROXIES names the reverse proxies whose X-Forwarded-For is believed
(127.0.0.1).
"""

from __future__ import annotations

import os
import socket
import sys

from bot import starting

starting.begin()

import uvicorn

from bot.records.database import DatabaseUnavailableError
from bot.records.encryption import KeysError
from bot.settings import SettingsError, load_settings
from bot.watching.serving import address_in, show_figures
from bot.watching.tracing import start_tracing
from bot.web.app import create_app
from bot.web.logs import log_as_json

STOP_WITHIN_S = 10  # longer than a client waits for an answer (tails.PATIENCE): no reply is cut
MENDABLE = 2  # exit code for a mistake that a restart can't cure (bot/supervisor.py)


class Server(uvicorn.Server):
    """Says when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if self.started:
            starting.ready()


def main() -> int:
    """Run until stopped; 2 and one line on standard error when the door can't open."""
    log_as_json()
    try:
        settings = load_settings()
        app = create_app(settings)
        start_tracing("web")
        show_figures(address_in("BOT_WEB_METRICS"))
    except (SettingsError, DatabaseUnavailableError, KeysError) as error:
        print(error, file=sys.stderr)
        return MENDABLE
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=os.environ.get("BOT_TRUSTED_PROXIES", "127.0.0.1"),
        timeout_graceful_shutdown=STOP_WITHIN_S,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=16 * 1024,
        ws="none",
    )
    given = os.environ.get("BOT_LISTEN_FD")
    Server(config).run([socket.socket(fileno=int(given))] if given else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
