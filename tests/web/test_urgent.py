"""A warning sign: the right words at once, whatever the assistant does, and an alert for a person to see."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from bot.records import alerts
from bot.records.alerts import Alert
from bot.safety import assess, urgent_text
from bot.web import replies
from bot.web.answering import URGENT_SECONDS
from bot.web.assistant import Assistant
from bot.web.delivery import deliver_pending
from bot.web.tails import PATIENCE
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant, says
from tests.web.conftest import CLINIC, FrontDoor, Visitor

DANGER = "cant get a proper breath since yesterday"
TODAY = "the spot is hot and red and i have a fever of 39"
FIXED = urgent_text(assess(DANGER), "web", CLINIC)


def open_alerts(door: FrontDoor) -> tuple[Alert, ...]:
    with door.database.reading() as session:
        return alerts.unacknowledged(session)


async def deliver(door: FrontDoor, assistant: FakeAssistant) -> None:
    door.clock.pass_time(seconds=40)
    client = Assistant(assistant.url, TOKEN)
    await deliver_pending(door.database, client, CLINIC, clock=door.clock)
    await client.close()


async def test_with_the_assistant_stopped_the_fixed_words_come_at_once(open_door: Any) -> None:
    async with open_door(url=f"http://127.0.0.1:{free_port()}") as door:
        visitor = await door.visitor()
        begun = time.monotonic()
        mine, urgent, end = await visitor.hear(DANGER)
        assert time.monotonic() - begun < PATIENCE  # on any machine
        assert (mine["text"], urgent["text"]) == (DANGER, FIXED)
        assert (urgent["kind"], urgent["tier"]) == ("urgent", "emergency")
        assert "tel:911" in urgent["text"]
        assert end == {"pending": True}
        assert len(open_alerts(door)) == 1
        assert (await visitor.reads())["pending"] == []  # nothing more is promised


async def test_with_the_assistant_hanging_the_fixed_words_come_after_a_second(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "hang"
    begun = time.monotonic()
    _, urgent, end = await visitor.hear(DANGER)
    assert time.monotonic() - begun < PATIENCE  # on any machine
    assert URGENT_SECONDS == 1  # design.md 3
    assert (urgent["text"], end) == (FIXED, {"pending": True})
    assert len(open_alerts(door)) == 1


async def test_the_alert_holds_who_what_and_what_was_answered(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    await visitor.hear(DANGER)
    (alert,) = open_alerts(door)
    assert (alert.words, alert.tier, alert.answered) == (DANGER, "emergency", FIXED)
    assert alert.sign == assess(DANGER).signs[0].sign
    assert alert.conversation_id == assistant.turns[0]["conversation"]
    assert alert.inbox_id == assistant.turns[0]["message_id"]
    assert alert.next_escalation_at == alert.opened_at
    with door.database.reading() as session:
        assert [event.kind for event in alerts.history(session, alert.id)] == ["opened", "answered"]


async def test_an_assistant_that_warns_in_time_is_the_one_that_is_heard(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.lines = [says("Call 911 now.", kind="urgent", tier="emergency"), says("More.")]
    assert [line.get("text") for line in await visitor.hear(DANGER)] == [
        DANGER,
        "Call 911 now.",
        "More.",
        None,
    ]
    (alert,) = open_alerts(door)
    assert alert.answered == "Call 911 now."


async def test_an_assistant_that_warns_late_is_not_heard_a_second_time(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 1.3
    assistant.lines = [says("Call 911 now.", kind="urgent", tier="emergency"), says("I am here.")]
    await visitor.hear(DANGER)
    await asyncio.sleep(1)
    assert await visitor.texts() == [f"user: {DANGER}", f"bot: {FIXED}", "bot: I am here."]
    assert len(open_alerts(door)) == 1


async def test_an_assistant_that_sees_no_danger_is_heard_after_the_fixed_words(visitor: Visitor) -> None:
    said = [line.get("text") for line in await visitor.hear(DANGER)]
    assert said == [DANGER, FIXED, f"You said: {DANGER}", None]


async def test_an_assistant_that_sees_less_danger_is_not_enough(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.lines = [says("Call us today.", kind="urgent", tier="same_day")]
    assert [line.get("text") for line in await visitor.hear(DANGER)] == [DANGER, FIXED, None]


async def test_an_assistant_that_sees_more_danger_is_heard_too_and_opens_its_alert(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.seconds = 1.2
    assistant.lines = [says("Call 911 now.", kind="urgent", tier="emergency", sign="collapsed_lung")]
    assert assess(TODAY).tier == "same_day"
    await visitor.hear(TODAY)
    await asyncio.sleep(1)
    assert (await visitor.texts())[-1] == "bot: Call 911 now."
    assert [alert.tier for alert in open_alerts(door)] == ["emergency", "same_day"]


@pytest.mark.parametrize(
    ("tier", "kept"), [("emergency", "emergency"), ("same_day", "same_day"), (None, "same_day")]
)
async def test_a_danger_that_only_the_assistant_sees_opens_an_alert_as_well(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant, tier: str | None, kept: str
) -> None:
    assistant.lines = [says("Call.", kind="urgent", tier=tier, sign="infection")]
    assert [line.get("text") for line in await visitor.hear("is bruising normal?")][1] == "Call."
    (alert,) = open_alerts(door)
    assert (alert.sign, alert.tier, alert.words) == ("infection", kept, "is bruising normal?")
    assert alert.answered == "Call."


async def test_a_warning_does_not_wait_for_a_message_before_it(
    visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "hang"
    asking = asyncio.create_task(visitor.hear("is bruising normal?"))
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    _, urgent, _ = await visitor.hear(DANGER)
    assert time.monotonic() - begun < PATIENCE  # on any machine
    assert urgent["text"] == FIXED
    asking.cancel()


async def test_a_warning_left_pending_is_told_to_the_assistant_later_and_to_the_patient_once(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.mode = "503"
    await visitor.hear(DANGER)
    assistant.mode = "answer"
    assistant.lines = [says("Call 911 now.", kind="urgent", tier="emergency"), says("I am here.")]
    await deliver(door, assistant)
    assert assistant.texts[-1] == DANGER
    assert await visitor.texts() == [f"user: {DANGER}", f"bot: {FIXED}", "bot: I am here."]
    assert len(open_alerts(door)) == 1


async def test_a_door_that_dies_before_the_fixed_words_leaves_them_to_the_worker(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    assistant.mode = "503"
    with monkeypatch.context() as dying:
        dying.setattr(replies, "tell_urgent", die)
        await visitor.hear(DANGER)
    assert len(open_alerts(door)) == 1  # stored with the message, before anything was said
    await deliver(door, assistant)
    assert await visitor.texts() == [f"user: {DANGER}", f"bot: {FIXED}"]


async def test_the_same_warning_sent_five_times_is_one_alert(door: FrontDoor, visitor: Visitor) -> None:
    body = {"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "text": DANGER}
    await asyncio.gather(
        *(visitor.http.post("/chat/messages", json=body, headers=visitor.headers) for _ in range(5))
    )
    assert len(open_alerts(door)) == 1
    assert (await visitor.texts()).count(f"bot: {FIXED}") == 1


async def test_the_question_before_gives_a_short_answer_its_meaning(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.lines = [says("Are you short of breath?", buttons=(("Yes", "yes"), ("No", "no")))]
    await visitor.hear("I feel odd")
    await visitor.hear(button={"message": 2, "index": 0})
    (alert,) = open_alerts(door)
    assert (alert.tier, alert.words) == ("emergency", "Yes")


async def test_ordinary_messages_open_no_alert(
    door: FrontDoor, visitor: Visitor, assistant: FakeAssistant
) -> None:
    assistant.lines = [says("Noted.")]
    for text in ("is bruising normal?", "no chest pain, just sore", "can it collapse a lung?"):
        await visitor.hear(text)
    assert open_alerts(door) == ()
