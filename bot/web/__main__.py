"""`python -m bot.web`: run the front door on BOT_HOST and BOT_PORT.

BOT_TRUSTED_PROXIES names the reverse proxies whose X-Forwarded-For is believed (127.0.0.1).
"""

from __future__ import annotations

import os
import sys

import uvicorn

from bot.records.database import DatabaseUnavailableError
from bot.records.encryption import KeysError
from bot.settings import SettingsError, load_settings
from bot.watching.tracing import start_tracing
from bot.web.app import create_app
from bot.web.logs import log_as_json

MENDABLE = 2  # exit code for a mistake that a restart can't cure (bot/supervisor.py)


def main() -> int:
    """Run until stopped; 2 and one line on standard error when the door can't open."""
    log_as_json()
    try:
        settings = load_settings()
        app = create_app(settings)
        start_tracing("web")
    except (SettingsError, DatabaseUnavailableError, KeysError) as error:
        print(error, file=sys.stderr)
        return MENDABLE
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=os.environ.get("BOT_TRUSTED_PROXIES", "127.0.0.1"),
        timeout_graceful_shutdown=5,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=16 * 1024,
        ws="none",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
