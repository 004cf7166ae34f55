"""The assistant's log has a line an event and no words, whatever its libraries write."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.web.logs import log_as_json
from tests.records.scenario import PHONE, WORDS


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    before, level = list(logging.getLogger().handlers), logging.getLogger().level
    stream = io.StringIO()
    log_as_json(stream, logging.WARNING, places_only=True)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)


def test_of_a_librarys_lines_the_place_is_written_and_never_the_words(written: io.StringIO) -> None:
    logging.getLogger("rasa.core.processor").warning("Failed to parse %s", WORDS)
    structlog.get_logger().warning(
        "processor.failed", text=WORDS, sender="a1b2", phone=PHONE.replace("+", " ")
    )
    try:
        raise RuntimeError(WORDS)
    except RuntimeError:
        logging.getLogger("sanic.root").exception("Experienced exception while serving %s", WORDS)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["library", "processor.failed", "exception"]
    assert lines[0]["logger"] == "rasa.core.processor" and lines[0]["at"].startswith("test_logs.py:")
    assert lines[1].keys() == {"event", "level", "timestamp"}
    assert lines[2]["error"] == "RuntimeError"
    for word in (*WORDS.split(), PHONE, PHONE[2:]):
        assert word not in written.getvalue()


def test_our_own_lines_are_written_whole(written: io.StringIO) -> None:
    logging.getLogger("bot.assistant").error("turn failed: %s", "RuntimeError")
    assert json.loads(written.getvalue())["event"] == "turn failed: RuntimeError"
