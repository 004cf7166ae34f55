"""Several assistants: a conversation keeps to one; when it fails another is asked at once, and nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.web import assistant as client_module
from bot.web.assistant import Assistant, AssistantDownError, Finished, Spoken, Turn, TurnFailedError
from bot.web.balancing import Assistants
from tests.ports import free_port
from tests.web.assistant import TOKEN, FakeAssistant, assistant_server, says

CONVERSATIONS = [f"conversation-{n}" for n in range(300)]
URLS = ("http://a", "http://b", "http://c")


def first(balance: Assistants) -> dict[str, str]:
    return {conversation: balance.in_order(conversation)[0] for conversation in CONVERSATIONS}


def test_every_door_asks_the_assistants_in_the_same_order_and_each_has_its_share() -> None:
    one, other = first(Assistants(URLS)), first(Assistants(tuple(reversed(URLS))))
    assert one == other
    assert all(60 <= list(one.values()).count(url) <= 140 for url in URLS)


def test_an_assistant_less_moves_only_its_own_conversations() -> None:
    before, after = first(Assistants(URLS)), first(Assistants(URLS[:2]))
    assert all(after[one] == url for one, url in before.items() if url != URLS[2])


def test_an_assistant_that_failed_rests_longer_each_time_and_comes_back_when_it_answers() -> None:
    now = 0.0
    balance = Assistants(URLS[:2], lambda: now)
    one, other = balance.in_order("conversation-1")
    balance.failed(one)
    balance.failed(one)  # of turns under way at that moment: one failure
    assert balance.in_order("conversation-1") == [other, one]
    now = 0.6
    assert balance.in_order("conversation-1") == [one, other]
    balance.failed(one)
    now = 1.5
    assert balance.rests(one)
    balance.answered(one)
    assert balance.in_order("conversation-1") == [one, other]


def test_when_all_rest_they_are_asked_all_the_same() -> None:
    balance = Assistants(URLS)
    for url in URLS:
        balance.failed(url)
    assert sorted(balance.in_order("conversation-1")) == sorted(URLS)


@pytest.fixture
def pair() -> Iterator[tuple[FakeAssistant, FakeAssistant]]:
    with assistant_server() as one, assistant_server() as other:
        yield one, other


def in_order(pair: tuple[FakeAssistant, FakeAssistant], conversation: str) -> list[FakeAssistant]:
    """The stand-ins in the order in which a conversation asks them."""
    by_url = {each.url: each for each in pair}
    return [by_url[url] for url in Assistants(tuple(by_url)).in_order(conversation)]


async def hear(urls: list[str], conversation: str = "conversation-1") -> list[Spoken | Finished]:
    client = Assistant(",".join(urls), TOKEN)
    try:
        return [line async for line in client.turn(Turn(conversation, "message-1", "hello"))]
    finally:
        await client.close()


async def test_an_assistant_that_is_gone_is_left_out(assistant: FakeAssistant) -> None:
    gone = [f"http://127.0.0.1:{free_port()}" for _ in range(3)]
    for conversation in CONVERSATIONS[:5]:
        *_, last = await hear([*gone, assistant.url], conversation)
        assert isinstance(last, Finished)
    assert len(assistant.turns) == 5


@pytest.mark.parametrize("mode", ["503", "hang"])
async def test_one_that_does_not_begin_to_answer_is_left_for_the_other(
    pair: tuple[FakeAssistant, FakeAssistant], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_FIRST_LINE_S", 0.3)
    one, other = in_order(pair, "conversation-1")
    one.mode = mode
    spoken, end = await hear([one.url, other.url])
    assert isinstance(spoken, Spoken) and isinstance(end, Finished)
    assert [turn["message_id"] for turn in other.turns] == ["message-1"]


async def test_what_was_heard_in_part_is_not_asked_elsewhere(
    pair: tuple[FakeAssistant, FakeAssistant],
) -> None:
    one, other = in_order(pair, "conversation-1")
    one.mode, one.lines = "die", [says("half"), says("the rest")]
    with pytest.raises(AssistantDownError):
        await hear([one.url, other.url])
    assert other.turns == []


async def test_a_turn_that_went_wrong_is_not_made_elsewhere(
    pair: tuple[FakeAssistant, FakeAssistant],
) -> None:
    one, other = in_order(pair, "conversation-1")
    one.mode = "500"
    with pytest.raises(TurnFailedError):
        await hear([one.url, other.url])
    assert other.turns == []


async def test_one_of_several_that_answers_is_ready_enough(assistant: FakeAssistant) -> None:
    client = Assistant(f"http://127.0.0.1:{free_port()},{assistant.url}", TOKEN)
    assert await client.is_ready()
    await client.close()
