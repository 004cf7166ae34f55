"""Logs of our own processes: JSON, a line an event, ids and codes only (sms-and-privacy.md D.2).

Libraries are kept at WARNING: httpx and the SMS library log URLs at INFO, and URLs hold phone numbers. In the
assistant, whose libraries handle patients' words, of their lines the place alone is written (`places_only`).
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import structlog


def log_as_json(
    stream: TextIO | None = None, level: int = logging.INFO, *, places_only: bool = False
) -> None:
    """Write every log of this process as JSON to a stream (standard error)."""
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, *([_names_only] if places_only else []), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_OtherLogs(places_only))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)


def _names_only(_: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep what names the event, nothing that came with it."""
    return {key: value for key, value in event.items() if key in ("event", "level", "timestamp")}


class _OtherLogs(logging.Formatter):
    """Other libraries' lines as JSON: of an exception the type and the places, never its message."""

    def __init__(self, places_only: bool = False) -> None:
        super().__init__()
        self._places_only = places_only

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        event = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if self._places_only and not record.name.startswith(("bot.", "actions.")):
            event["event"], event["at"] = "library", f"{record.filename}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            error = record.exc_info
            event["event"] = "exception"
            event["error"] = error[0].__name__
            event["at"] = ", ".join(
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
                for frame in traceback.extract_tb(error[2])[-5:]
            )
        return str(structlog.processors.JSONRenderer()(None, "", event))
