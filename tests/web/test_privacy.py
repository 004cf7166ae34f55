"""What the door keeps and lets out: no personal data in logs, figures, errors; words as long as agreed."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from bot.records import alerts, conversations, patients, visitors
from bot.web.forgetting import forget_visitors
from bot.web.logs import log_as_json
from tests.web.assistant import FakeAssistant, says
from tests.web.conftest import CLINIC, Clock, FrontDoor, Visitor
from tests.web.test_urgent import DANGER

CANARIES = ("zebra-canary", "Quetzalina", "202-555-0177", "+12025550177", "marmoset-answer")
WORDS = "zebra-canary, this is Quetzalina, call me at 202-555-0177 or +12025550177"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    out = io.StringIO()
    before = logging.getLogger().handlers[:]
    log_as_json(out, level=logging.DEBUG)
    yield out
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


async def test_no_log_figure_or_error_holds_anything_that_a_person_said(
    logs: io.StringIO, door: FrontDoor, visitor: Visitor, assistant: FakeAssistant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assistant.lines = [says("marmoset-answer", buttons=(("zebra-canary", "/faq/zebra-canary"),))]
    shown: list[str] = []
    for mode in ("answer", "500", "503", "422", "failed", "garbage", "die"):
        assistant.mode = mode
        await visitor.say(WORDS)
        await visitor.say(f"{DANGER} {WORDS}")
    for bad in (
        {"text": WORDS * 30},
        {"text": WORDS, "button": {"message": 1, "index": 0}},
        {"button": {"message": WORDS, "index": 0}},
        {"text": {"zebra-canary": WORDS}},
    ):
        shown.append((await visitor.say(**bad)).text)
    for path in ("/zebra-canary", "/chat/messages?after=zebra-canary", "/chat/zebra-canary?q=zebra-canary"):
        shown.append((await visitor.http.get(path, headers=visitor.headers)).text)
    monkeypatch.setattr(visitors, "agree", _fail_with_words)
    shown.append((await visitor.say(WORDS, consent=True)).text)
    shown.append(
        (
            await door.http.get("/metrics", headers={"Authorization": "Bearer internal-token-of-the-tests"})
        ).text
    )
    written = logs.getvalue() + "".join(shown)
    for canary in (*CANARIES, visitor.token, assistant.turns[0]["conversation"]):
        assert canary not in written
    assert len(logs.getvalue().splitlines()) > 20


def _fail_with_words(*_: Any, **__: Any) -> None:
    raise RuntimeError(WORDS)


async def test_an_unexpected_error_is_a_plain_500_and_a_line_that_says_where(
    logs: io.StringIO, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "agree", _fail_with_words)
    response = await visitor.say("hello", consent=True)
    assert response.status_code == 500
    assert response.json() == {"error": {"code": "unavailable", "message": "Something went wrong."}}
    line = next(json.loads(each) for each in logs.getvalue().splitlines() if "unexpected_error" in each)
    assert line["error"] == "RuntimeError"
    assert line["at"].startswith("test_privacy.py:")
    assert line["request"] == response.headers["x-request-id"]


async def test_every_request_has_one_line_with_its_id_route_status_and_time(
    logs: io.StringIO, visitor: Visitor
) -> None:
    response = await visitor.say("hello")
    line = json.loads(logs.getvalue().splitlines()[-1])
    assert line["request"] == response.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/chat/messages", 200)
    assert line["ms"] > 0


# -- keeping and forgetting ---------------------------------------------------------------------------------


def everything_stored(door: FrontDoor) -> dict[str, int]:
    with door.database.reading() as session:
        tables = ("inbox", "messages", "turns", "tracker_events", "unanswered", "conversation_topics")
        return {table: session.scalar(text(f"select count(*) from {table}")) or 0 for table in tables}


async def test_a_visitor_who_ends_the_conversation_leaves_no_word_behind(
    door: FrontDoor, visitor: Visitor
) -> None:
    await visitor.hear("hello")
    response = await door.http.delete("/chat/conversation", headers=visitor.headers)
    assert response.json() == {"ended": True, "erased": True}
    assert set(everything_stored(door).values()) == {0}


async def test_an_alert_outlives_the_conversation_that_raised_it(door: FrontDoor, visitor: Visitor) -> None:
    await visitor.hear(DANGER)
    await door.http.delete("/chat/conversation", headers=visitor.headers)
    with door.database.reading() as session:
        (alert,) = alerts.unacknowledged(session)
    assert (alert.words, alert.inbox_id) == (DANGER, None)
    assert set(everything_stored(door).values()) == {0}


async def test_an_answer_on_its_way_to_an_ended_conversation_is_dropped(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 0.5
    saying = asyncio.create_task(visitor.say("hello"))
    await asyncio.sleep(0.2)
    await door.http.delete("/chat/conversation", headers=visitor.headers)
    await saying
    await asyncio.sleep(0.6)
    assert set(everything_stored(door).values()) == {0}


async def test_a_patient_can_end_the_conversation_but_the_clinic_s_record_stays(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    await visitor.hear("hello")
    with door.database.transaction() as session:
        patient = patients.create(session, zone="America/New_York", now=door.clock(), name="Ann")
        conversations.link(session, assistant.turns[0]["conversation"], patient.id)
    response = await door.http.delete("/chat/conversation", headers=visitor.headers)
    assert response.json() == {"ended": True, "erased": False}
    assert everything_stored(door)["messages"] == 2
    assert (await visitor.say("again")).status_code == 403


async def test_a_patient_s_conversation_gives_the_assistant_the_patient(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    await visitor.hear("hello")
    with door.database.transaction() as session:
        patient = patients.create(session, zone="America/New_York", now=door.clock(), name="Ann")
        conversations.link(session, assistant.turns[0]["conversation"], patient.id)
    await visitor.hear("and now?")
    assert assistant.turns[1]["facts"]["patient"] == patient.id


async def test_words_without_consent_go_when_the_session_is_over_and_not_before(
    door: FrontDoor, visitor: Visitor, clock: Clock
) -> None:
    await visitor.hear("hello")
    clock.pass_time(days=6, hours=23)
    assert forget_visitors(door.database, CLINIC, now=clock()) == 0
    clock.pass_time(hours=2)
    assert forget_visitors(door.database, CLINIC, now=clock()) == 1
    assert set(everything_stored(door).values()) == {0}
    assert forget_visitors(door.database, CLINIC, now=clock()) == 0


async def test_words_with_consent_stay_and_the_consent_is_written_down_once(
    door: FrontDoor, visitor: Visitor, clock: Clock
) -> None:
    await visitor.hear("hello", consent=True)
    await visitor.hear("again", consent=True)
    clock.pass_time(days=30)
    assert forget_visitors(door.database, CLINIC, now=clock()) == 0
    assert everything_stored(door)["messages"] == 4
    with door.database.reading() as session:
        rows = session.execute(text("select scope, state, wording_version, actor from consents")).all()
    assert [tuple(row) for row in rows] == [("keep_words", "granted", "1", "visitor")]


async def test_consent_is_withdrawn_by_ending_the_conversation(door: FrontDoor, visitor: Visitor) -> None:
    await visitor.hear("hello", consent=True)
    await door.http.delete("/chat/conversation", headers=visitor.headers)
    assert set(everything_stored(door).values()) == {0}
    with door.database.reading() as session:
        states = session.scalars(text("select state from consents order by id")).all()
    assert states == ["granted", "withdrawn"]


async def test_nothing_is_stored_for_a_session_in_which_nothing_was_said(door: FrontDoor) -> None:
    await door.visitor()
    with door.database.reading() as session:
        assert session.scalar(text("select count(*) from conversations")) == 0


async def test_no_word_of_a_patient_is_readable_in_the_database_file(
    door: FrontDoor, visitor: Visitor, tmp_path: Any
) -> None:
    await visitor.hear(f"{DANGER} {WORDS}", id=str(uuid.uuid4()))
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))
    assert len(raw) > 10_000
    for canary in (*CANARIES, "proper breath"):
        assert canary.encode() not in raw


def test_the_worker_forgets_visitors_who_did_not_agree() -> None:
    from bot.worker import DUTIES, forgetting

    assert forgetting in DUTIES
