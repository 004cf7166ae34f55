"""Twenty thousand bodies that nobody in their senses would send, and then some: the door never breaks."""

from __future__ import annotations

import asyncio
import json
import random
import string
import uuid
from collections import Counter
from typing import Any

import httpx

from tests.web.assistant import FakeAssistant
from tests.web.conftest import FrontDoor, Visitor

BODIES = 20_000
WHOLE = 600  # of them, messages that are taken and go through a whole turn
_STRANGE = [
    "\x00", "\ud800", "\udfff\ud800", "\u202e", "\u200d" * 50, "e" + "\u0301" * 900, "🏳️‍🌈" * 100,
    "ﷺ" * 400, "İ" * 900,
    "/restart", "/intent{}", "{slot} {{ }}", "'; drop table inbox; --", "<script>", "=1+1", "\r\n\r\n",
    " " * 900, "９／１０",
    "٣", "NaN", "-0", "1e400", "\\u0000", "𝟗", "a" * 1001, "\ufeff", "null", "%s%n", "$(x)", "\x1b[2J",
]  # fmt: skip

_HEADERS = [
    b"accept", b"accept-encoding", b"if-none-match", b"origin", b"content-type", b"authorization",
    b"content-length", b"x-forwarded-for", b"cookie", b"access-control-request-method",
]  # fmt: skip
_VALUES = [b"", b"\xff\xfe", b"1" * 200, b"gzip", b"*", b"application/xml", b"-1", b"[]"]


def any_text(chance: random.Random) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice(_STRANGE)
    if kind == 1:
        return "".join(chance.choices(string.printable, k=chance.randrange(60)))
    if kind == 2:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(40)))
    if kind == 3:
        return chance.choice(_STRANGE) + chance.choice(_STRANGE)
    return "my shoulder is sore"


def any_value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(9 if depth < 4 else 7)
    if kind < 3:
        return any_text(chance)
    if kind < 7:
        return chance.choice([None, True, 0, -1, 2**31, 2**63, 2**200, 1.5, float("inf"), float("nan")])
    if kind == 7:
        return [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {any_text(chance): any_value(chance, depth + 1) for _ in range(chance.randrange(4))}


def any_body(chance: random.Random) -> bytes:
    """Raw bytes, any JSON, or a message with some fields wrong."""
    kind = chance.randrange(10)
    if kind == 0:
        return chance.randbytes(chance.randrange(200))
    if kind == 1:
        return chance.choice(
            [b"[" * 8000, b'{"a":' * 1500, b"1" * 8000, b'"' + b"\\" * 8000, b" " * 9000, b""]
        )
    if kind < 4:
        return json.dumps(any_value(chance)).encode("utf-8", "surrogatepass")
    said: dict[str, Any] = {"id": str(uuid.UUID(int=chance.getrandbits(128))), "text": any_text(chance)}
    for field in chance.sample(
        ["id", "text", "button", "consent", "sender", "metadata"], chance.randrange(4)
    ):
        said[field] = any_value(chance)
    if chance.randrange(4) == 0:
        said.pop("text", None)
        said["button"] = {"message": any_value(chance), "index": chance.choice([0, 1, -1, 51, 2**70, "0"])}
    raw = json.dumps(said, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.randrange(8) == 0 and raw:
        at = chance.randrange(len(raw))
        raw = raw[:at] + chance.randbytes(1) + raw[at + 1 :]
    return raw


async def test_twenty_thousand_random_bodies_get_no_error_of_ours(
    door: FrontDoor, assistant: FakeAssistant
) -> None:
    chance = random.Random(20261120)
    visitors = [await door.visitor() for _ in range(16)]
    seen: Counter[int] = Counter()
    bodies = [any_body(chance) for _ in range(BODIES)]
    taken = 0

    async def send(visitor: Visitor, share: list[bytes]) -> None:
        nonlocal taken
        for body in share:
            if taken > WHOLE:  # the limit of the conversation answers from here on: as fast as it refuses
                limit_all(door)
            response = await door.http.post("/chat/messages", content=body, headers=visitor.headers)
            taken += response.status_code == 200
            seen[response.status_code] += 1
            if response.status_code != 200:
                assert set(response.json()) == {"error"}

    await asyncio.gather(*(send(visitor, bodies[n :: len(visitors)]) for n, visitor in enumerate(visitors)))
    assert seen.total() == BODIES
    assert max(seen) < 500, seen
    assert seen[200] >= WHOLE
    assert {413, 422, 429} <= set(seen)
    for visitor in visitors:
        for line in (await visitor.reads())["messages"]:
            assert not any(ord(letter) < 32 and letter != "\n" for letter in line["text"])


def limit_all(door: FrontDoor) -> None:
    """From now on every conversation has had its share."""
    door.settings.clinic.web.__dict__["messages_a_minute"] = 1


async def test_strange_requests_on_every_route_get_no_error_of_ours(door: FrontDoor) -> None:
    chance = random.Random(7)
    visitor = await door.visitor()
    paths = ["/chat/session", "/chat/messages", "/chat/transcript", "/health/ready", "/metrics", "/", "/x"]
    for _ in range(1500):
        query = "".join(chance.choices(string.ascii_letters + "=&%;+?/.", k=chance.randrange(30)))
        names = chance.sample(_HEADERS, 3)
        headers: list[tuple[bytes, bytes]] = [(name, chance.choice(_VALUES)) for name in names]
        if chance.random() < 0.7:
            headers = [h for h in headers if h[0] != b"authorization"]
            headers.append((b"authorization", f"Bearer {visitor.token}".encode()))
        request = httpx.Request(
            chance.choice(["GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "BREW"]),
            f"https://chat.example.org{chance.choice(paths)}?{query}",
            headers=headers,
            content=chance.randbytes(chance.randrange(50)),
        )
        response = await door.http.send(request)
        assert response.status_code < 500 or request.url.path == "/health/ready", (request, response)
