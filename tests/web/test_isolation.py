"""Nobody reads, writes or ends another's conversation: every route against every attack."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeSerializer
from starlette.routing import Route

from bot.records.encryption import Keys, Vault
from bot.web.sessions import Sessions
from tests.web.assistant import FakeAssistant, says
from tests.web.conftest import Clock, FrontDoor, Visitor

ROUTES: dict[str, tuple[str, str, Any]] = {
    "say": ("POST", "/chat/messages", {"id": str(uuid.uuid4()), "text": "hello"}),
    "choose": ("POST", "/chat/messages", {"id": str(uuid.uuid4()), "button": {"message": 2, "index": 0}}),
    "read": ("GET", "/chat/messages", None),
    "read from a cursor": ("GET", "/chat/messages?after=0", None),
    "take home": ("GET", "/chat/transcript", None),
    "end": ("DELETE", "/chat/conversation", None),
}

Attack = Callable[[Visitor], str | None]


def _payload(token: str) -> tuple[list[Any], str]:
    body, signature = token.rsplit(".", 1)
    return json.loads(base64.urlsafe_b64decode(body + "==")), signature


def _resigned(payload: Any, signature: str) -> str:
    return f"Bearer {base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip('=')}.{signature}"


def _later(visitor: Visitor) -> str:
    (conversation, expires), signature = _payload(visitor.token)
    return _resigned([conversation, expires + 86400], signature)


def _other_conversation(visitor: Visitor) -> str:
    (_, expires), signature = _payload(visitor.token)
    return _resigned(["A" * 32, expires], signature)


def _other_key(visitor: Visitor) -> str:
    payload, _ = _payload(visitor.token)
    return f"Bearer {URLSafeSerializer('secret', salt='web session 1').dumps(payload)}"


def _flipped(visitor: Visitor) -> str:
    last = visitor.token[-2]
    return f"Bearer {visitor.token[:-2]}{'A' if last != 'A' else 'B'}{visitor.token[-1]}"


ATTACKS: dict[str, tuple[Attack, int, str]] = {
    "no header": (lambda _: None, 401, "session_token_required"),
    "empty": (lambda _: "", 401, "session_token_required"),
    "no token": (lambda _: "Bearer ", 401, "session_token_required"),
    "another scheme": (lambda v: f"Basic {v.token}", 401, "session_token_required"),
    "nonsense": (lambda _: "Bearer nonsense", 403, "session_token_invalid"),
    "not ASCII": (lambda _: "Bearer caf\xe9.\xff", 403, "session_token_invalid"),
    "only the id": (lambda v: f"Bearer {_payload(v.token)[0][0]}", 403, "session_token_invalid"),
    "no signature": (lambda v: f"Bearer {v.token.rsplit('.', 1)[0]}", 403, "session_token_invalid"),
    "empty signature": (lambda v: f"Bearer {v.token.rsplit('.', 1)[0]}.", 403, "session_token_invalid"),
    "one letter changed": (_flipped, 403, "session_token_invalid"),
    "a later end": (_later, 403, "session_token_invalid"),
    "another's id": (_other_conversation, 403, "session_token_invalid"),
    "signed with another key": (_other_key, 403, "session_token_invalid"),
    "very long": (lambda v: f"Bearer {v.token}{'A' * 7000}", 403, "session_token_invalid"),
}


async def test_every_route_that_opens_a_conversation_is_attacked(door: FrontDoor) -> None:
    served = {
        (method, route.path)
        for route in door.app.routes
        if isinstance(route, Route) and route.path.startswith("/chat/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    attacked = {(method, path.partition("?")[0]) for method, path, _ in ROUTES.values()}
    assert served - attacked == {("POST", "/chat/session")}  # it takes no token


async def request(http: httpx.AsyncClient, route: str, authorization: str | None) -> httpx.Response:
    method, path, body = ROUTES[route]
    headers = {} if authorization is None else {b"authorization": authorization.encode("latin-1")}
    return await http.request(method, path, json=body, headers=headers)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("route", ROUTES)
async def test_a_token_that_is_not_whole_and_ours_opens_nothing(
    visitor: Visitor, assistant: FakeAssistant, route: str, attack: str
) -> None:
    await visitor.hear("mine")
    forge, status, code = ATTACKS[attack]
    response = await request(visitor.http, route, forge(visitor))
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "mine" not in response.text
    assert assistant.texts == ["mine"]
    assert await visitor.texts() == ["user: mine", "bot: You said: mine"]


@pytest.mark.parametrize("route", ROUTES)
async def test_an_expired_token_opens_nothing_however_much_it_was_used(
    door: FrontDoor, visitor: Visitor, route: str, clock: Clock
) -> None:
    for _ in range(6):
        clock.pass_time(days=1)
        await visitor.hear("still here")
    clock.pass_time(days=1, seconds=1)
    response = await request(door.http, route, f"Bearer {visitor.token}")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "session_expired")


@pytest.mark.parametrize("route", ROUTES)
async def test_a_token_replayed_after_the_conversation_was_ended_opens_nothing(
    door: FrontDoor, visitor: Visitor, route: str
) -> None:
    await visitor.hear("mine")
    await request(door.http, "end", f"Bearer {visitor.token}")
    if route == "end":
        return  # ending twice is no harm
    response = await request(door.http, route, f"Bearer {visitor.token}")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "session_expired")


async def test_a_visitor_reads_and_takes_home_only_the_own_conversation(door: FrontDoor) -> None:
    ann, bob = await door.visitor(), await door.visitor()
    await ann.hear("ann speaking")
    await bob.hear("bob speaking")
    for mine, other in ((ann, "bob"), (bob, "ann")):
        assert other not in (await mine.http.get("/chat/messages", headers=mine.headers)).text
        assert other not in (await mine.http.get("/chat/transcript", headers=mine.headers)).text


async def test_another_s_cursor_and_button_are_places_in_the_own_conversation(
    door: FrontDoor, assistant: FakeAssistant
) -> None:
    ann, bob = await door.visitor(), await door.visitor()
    assistant.lines = [says("Pick.", buttons=(("Ann's button", "/faq/ice_or_heat"),))]
    for _ in range(3):
        await ann.hear("ann speaking")
    assistant.lines = [says("Nothing to pick.")]
    await bob.hear("bob speaking")
    for cursor in range(1, 8):
        assert (await bob.say(button={"message": cursor, "index": 0})).status_code == 422
        assert "ann" not in json.dumps(await bob.reads(after=cursor)).lower()


async def test_ending_a_conversation_leaves_others_alone(door: FrontDoor) -> None:
    ann, bob = await door.visitor(), await door.visitor()
    await ann.hear("ann speaking")
    await bob.hear("bob speaking")
    await request(door.http, "end", f"Bearer {ann.token}")
    assert (await bob.texts())[0] == "user: bob speaking"


@pytest.mark.parametrize(
    "named", ["conversation", "conversation_id", "sender", "sender_id", "user", "metadata"]
)
async def test_a_conversation_that_a_client_names_is_not_looked_at(
    door: FrontDoor, assistant: FakeAssistant, named: str
) -> None:
    ann, bob = await door.visitor(), await door.visitor()
    await ann.hear("ann speaking")
    theirs = assistant.turns[0]["conversation"]
    response = await bob.http.post(
        f"/chat/messages?{named}={theirs}",
        json={"id": str(uuid.uuid4()), "text": "hello", named: theirs},
        headers={**bob.headers, "X-Session-Token": ann.token, "Cookie": f"{named}={theirs}"},
    )
    assert response.status_code == 200
    assert assistant.turns[1]["conversation"] != theirs
    assert len(await ann.texts()) == 2


def test_conversation_ids_are_192_random_bits_and_never_repeat() -> None:
    sessions = Sessions(Vault(Keys.generate()), lifetime=timedelta(days=1))
    now = Clock()()
    ids = {sessions.issue(now)[1].conversation for _ in range(2000)}
    assert len(ids) == 2000
    assert all(len(base64.urlsafe_b64decode(each)) == 24 for each in ids)


async def test_a_token_of_another_installation_opens_nothing(door: FrontDoor, clock: Clock) -> None:
    other = Sessions(Vault(Keys.generate()), lifetime=timedelta(days=1))
    token, _ = other.issue(clock())
    response = await request(door.http, "read", f"Bearer {token}")
    assert response.json()["error"]["code"] == "session_token_invalid"
