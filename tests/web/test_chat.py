from __future__ import annotations

import asyncio
import json
import re
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.records import conversations
from bot.records.inbox import InboxRow
from bot.records.messages import MessageRow
from bot.web.wording import clean
from tests.web.assistant import FakeAssistant, running, says
from tests.web.conftest import FrontDoor, Visitor, lines


async def test_a_message_is_answered_in_the_same_response(visitor: Visitor) -> None:
    mine, answer, end = await visitor.hear("is bruising normal?")
    assert (mine["role"], mine["text"], mine["cursor"]) == ("user", "is bruising normal?", 1)
    assert (answer["role"], answer["text"], answer["cursor"]) == ("bot", "You said: is bruising normal?", 2)
    assert mine["client_id"] == answer["client_id"] == visitor.sent[0]
    assert end == {"done": True}


async def test_what_an_answer_was_about_is_kept_and_what_it_was_taken_for_is_counted(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    async def counted(intent: str) -> float:
        figures = (await door.http.get("/metrics")).text
        found = re.search(rf'chat_messages_answered_total{{intent="{intent}"}} ([\d.]+)', figures)
        return float(found[1]) if found else 0

    before = {name: await counted(name) for name in ("faq/bruising", "unknown")}
    assistant.intent = "faq/bruising"
    await visitor.hear("is bruising normal?")
    assistant.intent = "call me on 202 555 0143"  # no name of an intent: never a label
    await visitor.hear("and after a week?")
    assert await counted("faq/bruising") == before["faq/bruising"] + 1
    assert await counted("unknown") == before["unknown"] + 1
    with door.database.reading() as session:
        assert conversations.topics(session, assistant.turns[0]["conversation"]) == ("bruising",)


async def test_turns_one_after_the_other_share_connections_to_the_assistant(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    for n in range(10):
        await visitor.hear(f"number {n}")
    assert len(assistant.connections) < 10  # one, unless an answer's end comes late


async def test_what_was_said_can_be_read_again_from_any_cursor(visitor: Visitor) -> None:
    streamed = [*await visitor.hear("one"), *await visitor.hear("two")]
    said = [line for line in streamed if "cursor" in line]
    assert (await visitor.reads())["messages"] == said
    assert (await visitor.reads(after=2))["messages"] == said[2:]
    assert (await visitor.reads(after=4)) == {"messages": [], "pending": []}


async def test_a_session_tells_what_the_chat_shows_of_the_clinic(door: FrontDoor) -> None:
    begun = (await door.http.post("/chat/session", json={})).json()
    assert begun["clinic"] == {
        "name": "Oak Street Physical Therapy",
        "phone": "+12025550143",
        "emergency_number": "911",
        "privacy_url": "https://www.example.org/privacy",
    }
    assert begun["consent_needed"] is True
    assert begun["lang"] == "en"


async def test_everything_an_answer_carries_reaches_the_client_but_payloads(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    source = {"label": "Brady 2014", "url": "https://doi.org/10.1179/2042618613Y.0000000044"}
    assistant.lines = [
        says("Where?", kind="body_map"),
        says("Yes", buttons=(("Ice", "/faq/ice"),), sources=[source], topic="bruising"),
        says("Curve", kind="curve", svg="<svg/>"),
        says("?", kind="something_new"),
    ]
    _, where, answer, curve, unknown, _ = await visitor.hear("bruise")
    assert where["kind"] == "body_map"
    assert (answer["buttons"], answer["sources"]) == ([{"title": "Ice"}], [source])
    assert (curve["kind"], curve["svg"]) == ("curve", "<svg/>")
    assert unknown["kind"] == "answer"
    assert "/faq/" not in json.dumps((await visitor.reads())["messages"])


async def test_a_button_for_a_topic_asks_that_topic(visitor: Visitor, assistant: FakeAssistant) -> None:
    assistant.lines = [says("Yes.", buttons=(("What about ice?", "/faq/ice_or_heat"), ("Nine", "9")))]
    await visitor.hear("bruise")
    mine, *_ = await visitor.hear(button={"message": 2, "index": 0})
    assert mine["text"] == "What about ice?"
    assert (assistant.turns[-1]["chosen"], assistant.turns[-1]["text"]) == (
        "faq/ice_or_heat",
        "What about ice?",
    )


async def test_any_other_button_says_its_payload_and_shows_its_title(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.lines = [says("How sore?", buttons=(("Nine (very bad)", "9"), ("Stop", "/restart")))]
    await visitor.hear("sore")
    mine, *_ = await visitor.hear(button={"message": 2, "index": 0})
    assert mine["text"] == "Nine (very bad)"
    assert (assistant.turns[-1]["chosen"], assistant.turns[-1]["text"]) == (None, "9")
    await visitor.hear(button={"message": 2, "index": 1})
    assert assistant.turns[-1]["text"] == "restart"


@pytest.mark.parametrize(("message", "index"), [(1, 0), (2, 1), (3, 0), (2, 50), (2**31 - 1, 0)], ids=str)
async def test_a_button_that_was_not_offered_is_refused(
    visitor: Visitor, assistant: FakeAssistant, message: int, index: int
) -> None:
    assistant.lines = [says("Yes.", buttons=(("Ice", "/faq/ice_or_heat"),))]
    await visitor.hear("bruise")
    response = await visitor.say(button={"message": message, "index": index})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_request")
    assert len(assistant.turns) == 1


async def test_the_assistant_is_told_ids_and_no_more(visitor: Visitor, assistant: FakeAssistant) -> None:
    await visitor.hear("hello")
    (asked,) = assistant.turns
    assert asked["facts"] == {"patient": None, "visit": None, "session_at": None, "prompt": None}
    assert len(asked["conversation"]) == 32
    assert assistant.refused == 0


# -- once, however often it is sent -----------------------------------------------------------------------


async def test_the_same_id_again_gives_the_same_lines_and_no_second_turn(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    body = {"id": str(uuid.uuid4()), "text": "hello"}
    first = await visitor.http.post("/chat/messages", json=body, headers=visitor.headers)
    again = await visitor.http.post(
        "/chat/messages", json=body | {"text": "something else"}, headers=visitor.headers
    )
    assert lines(again) == lines(first)
    assert assistant.texts == ["hello"]


async def test_the_same_id_is_known_after_a_month_and_a_restart(
    open_door: Any, assistant: FakeAssistant, clock: Any
) -> None:
    body = {"id": str(uuid.uuid4()), "text": "hello"}
    async with open_door(session_days=30) as door:
        visitor = await door.visitor()
        first = await door.http.post("/chat/messages", json=body, headers=visitor.headers)
    clock.pass_time(days=29)
    async with open_door(session_days=30) as door:
        again = await door.http.post("/chat/messages", json=body, headers=visitor.headers)
    assert lines(again) == lines(first)
    assert assistant.texts == ["hello"]


async def test_one_id_sent_by_two_visitors_is_two_messages(door: FrontDoor, assistant: FakeAssistant) -> None:
    body = {"id": str(uuid.uuid4()), "text": "mine"}
    ann, bob = await door.visitor(), await door.visitor()
    await door.http.post("/chat/messages", json=body, headers=ann.headers)
    await door.http.post("/chat/messages", json=body | {"text": "his"}, headers=bob.headers)
    assert (await ann.texts())[0] == "user: mine"
    assert (await bob.texts())[0] == "user: his"


async def test_forty_parallel_copies_of_a_message_are_one_message_and_one_turn(
    visitor: Visitor, assistant: FakeAssistant, door: FrontDoor
) -> None:
    assistant.seconds = 0.2
    body = {"id": str(uuid.uuid4()), "text": "hello"}
    replies = await asyncio.gather(
        *(visitor.http.post("/chat/messages", json=body, headers=visitor.headers) for _ in range(40))
    )
    assert {reply.text for reply in replies} == {replies[0].text}
    assert lines(replies[0])[-1] == {"done": True}
    assert assistant.texts == ["hello"]
    with door.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 1
        assert session.scalar(select(func.count()).select_from(MessageRow)) == 2


async def test_messages_sent_at_once_are_answered_one_after_the_other_in_order(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 0.1
    await asyncio.gather(*(visitor.hear(f"number {n}") for n in range(8)))
    said = await visitor.texts()
    asked = [text.removeprefix("user: ") for text in said if text.startswith("user")]
    answered = [text.removeprefix("bot: You said: ") for text in said if text.startswith("bot")]
    assert sorted(asked) == [f"number {n}" for n in range(8)]
    assert assistant.texts == answered == asked


# -- what may be said ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("/restart", "restart"),
        ("  //faq/ice", "faq/ice"),
        ("／restart", "restart"),
        ("\u200b/restart", "restart"),
        ("cafe\u0301", "café"),
        ("a\x00b\x07c", "abc"),
        ("a\r\nb\tc", "a\nb c"),
        ("\u202eevil\u202c", "evil"),
        ("👩\u200d⚕️ ok", "👩\u200d⚕️ ok"),
        ("3/10", "3/10"),
    ],
)
def test_words_are_brought_into_one_form_and_commands_become_words(sent: str, stored: str) -> None:
    assert clean(sent) == stored


@pytest.mark.parametrize("text", ["", "   ", "/", " // ", "\u200b", "\x00\x01", "\n\n"])
async def test_a_message_without_words_is_refused(visitor: Visitor, text: str) -> None:
    response = await visitor.say(text)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "empty")


async def test_a_thousand_characters_are_taken_and_one_more_is_not(visitor: Visitor) -> None:
    assert (await visitor.hear("ü" * 1000))[-1] == {"done": True}
    response = await visitor.say("ü" * 1001)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_long")


async def test_a_body_of_more_than_8_kib_is_refused(visitor: Visitor) -> None:
    headers = visitor.headers | {"Content-Type": "application/json"}
    body = json.dumps({"id": str(uuid.uuid4()), "text": "x"})
    full = await visitor.http.post("/chat/messages", content=body.ljust(8192), headers=headers)
    over = await visitor.http.post("/chat/messages", content=body.ljust(8193), headers=headers)
    assert full.status_code == 200
    assert (over.status_code, over.json()["error"]["code"]) == (413, "too_long")


async def test_a_body_of_unknown_length_is_read_only_as_far_as_the_limit(visitor: Visitor) -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        while read < 10_000_000:
            read += 4096
            yield b" " * 4096

    response = await visitor.http.post("/chat/messages", content=endless(), headers=visitor.headers)
    assert response.status_code == 413
    assert read <= 5 * 4096


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{}", '"x"', "{", "[" * 8000, '{"id": 1, "text": "x"}', '{"id": "x", "text": "x"}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": 5}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "x", "button": {"message": 1, "index": 0}}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "x", "consent": "yes"}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "button": {"message": -1, "index": 0}}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "button": {"message": 1e99, "index": 0}}',
        '{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "\\ud800"}',
        b'{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": "\xff\xfe"}',
    ],
    ids=range(17),
)  # fmt: skip
async def test_what_is_not_in_the_protocol_is_refused(visitor: Visitor, body: str | bytes) -> None:
    response = await visitor.http.post("/chat/messages", content=body, headers=visitor.headers)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_request")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "99999999999", "٣", "1e3", "2147483648"])
async def test_a_cursor_that_is_none_is_refused(visitor: Visitor, after: str) -> None:
    response = await visitor.http.get("/chat/messages", params={"after": after}, headers=visitor.headers)
    assert response.status_code == 422


# -- taking home, ending -----------------------------------------------------------------------------------


async def test_the_conversation_can_be_taken_home_as_text(visitor: Visitor) -> None:
    await visitor.hear("is bruising normal?")
    response = await visitor.http.get("/chat/transcript", headers=visitor.headers)
    assert response.headers["content-disposition"] == 'attachment; filename="conversation.txt"'
    assert "You: is bruising normal?" in response.text
    assert "Assistant: You said: is bruising normal?" in response.text
    assert "America/New_York" in response.text


async def test_an_answer_streams_line_by_line_as_it_is_spoken(
    door: FrontDoor, assistant: FakeAssistant
) -> None:
    assistant.mode, assistant.lines = "hang_after_first", [says("first"), says("second")]
    with running(door.app) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as http:
            visitor = Visitor(http, (await http.post("/chat/session", json={})).json()["token"])
            body = {"id": str(uuid.uuid4()), "text": "hello"}
            async with http.stream("POST", "/chat/messages", json=body, headers=visitor.headers) as response:
                assert response.headers["content-type"] == "application/x-ndjson"
                assert response.headers["x-accel-buffering"] == "no"
                heard = response.aiter_lines()
                said = [json.loads(await anext(heard))["text"] for _ in range(2)]
    assert said == ["hello", "first"]
