from __future__ import annotations

from tests.web.assistant import FakeAssistant, says
from tests.web.conftest import FrontDoor, Visitor


async def test_a_message_is_answered_in_the_same_response(visitor: Visitor) -> None:
    mine, answer, end = await visitor.hear("is bruising normal?")
    assert (mine["role"], mine["text"], mine["cursor"]) == ("user", "is bruising normal?", 1)
    assert (answer["role"], answer["text"], answer["cursor"]) == ("bot", "You said: is bruising normal?", 2)
    assert mine["client_id"] == answer["client_id"] == visitor.sent[0]
    assert end == {"done": True}
