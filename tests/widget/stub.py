"""A small front door for the widget's tests: it speaks the chat protocol, and fails when it is told to.

The faults of `POST /chat/messages`, one a request, from `Stub.faults`:

- `lost`: cut before anything is stored; `unseen`: stored and answered, and cut before the first byte
- `empty`: nothing is stored, and a success without a word comes back, as from a proxy that lost its way
- `cut`: cut after the first line of the answer; `late`: stored, answered a second later (`{"pending": true}`)
- `503`, `429` (Retry-After 1), `expired` (401, the session is gone), `slow` (half a second), `double` (each line twice)

`Stub.faults_elsewhere` does the same for the other requests: `503`, `429`, `lost`.
"""

import asyncio
import itertools
import json
import secrets
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.widget import content_security_policy, served

CLINIC = {
    "name": "Oak Street Physical Therapy",
    "phone": "+12025550143",
    "emergency_number": "911",
    "privacy_url": "https://www.example.org/privacy",
}
CURVE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120" onload="top.ran=1"><script>top.ran=1</script>'
    '<rect width="300" height="120" fill="#fff"/><path d="M10 110H290M10 10V110" stroke="#888" fill="none"/>'
    '<polyline points="20,80 90,35 160,60 230,95" fill="none" stroke="#0b5c6b" stroke-width="3"/></svg>'
)
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "urgent": [
        {
            "kind": "urgent",
            "tier": "emergency",
            "text": "Sudden shortness of breath after needling can be a collapsed lung.\n\n**Call 911 now.** "
            "Do not drive yourself. In a crisis you can also call 988.",
        }
    ],
    "fever": [
        {
            "kind": "urgent",
            "tier": "same_day",
            "text": "A fever after needling should be looked at today. Call the clinic at (202) 555-0143.",
        }
    ],
    "sore": [{"kind": "body_map", "text": "Where are you sore?"}],
    "where": [
        {
            "kind": "scale",
            "text": "How sore are you there, from 0 (none) to 10 (worst)?",
            "buttons": [{"title": str(n)} for n in range(11)] + [{"title": "Skip this"}],
        }
    ],
    "score": [
        {"kind": "answer", "text": "Thank you. I have noted **{text}** of 10."},
        {"kind": "curve", "text": "It was 5, then 8, then 6, and is 3 today.", "svg": CURVE},
    ],
    "dry needling": [
        {
            "text": "Dry needling uses a **thin needle** in a tight muscle. It can ease pain and help you move.\n\n"
            "What you may notice:\n- a brief twitch\n- a dull ache\n- soreness for a day or two",
            "buttons": [{"title": "Does it hurt?"}, {"title": "How long will I be sore?"}],
            "sources": [
                {"label": "Dommerholt 2013", "url": "https://doi.org/10.1179/106698111X13129729551985"},
                {"label": "Brady 2014", "url": "https://doi.org/10.1179/2042618613Y.0000000044"},
            ],
        }
    ],
    "compare": [
        {
            "text": "| | Dry needling | Acupuncture |\n|---|---|---|\n| Needle | thin | thin |\n"
            "| Aim | **muscle** | meridians |\n\n"
            "1. Ask\n2. Choose\n\nRead https://www.example.org/compare or call (202) 555-0143."
        }
    ],
}


@dataclass
class Conversation:
    messages: list[dict[str, Any]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


@dataclass
class Stub:
    """The server's memory and its faults; `port` once it runs."""

    faults: deque[str] = field(default_factory=deque)
    faults_elsewhere: deque[str] = field(default_factory=deque)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    echo: dict[str, Any] = field(default_factory=dict)
    """Answers for texts of a test's own."""
    consent_needed: bool = False
    delay: float = 0.0
    down: bool = False
    port: int = 0

    def said(self) -> list[str]:
        """What patients said, in the order in which it was stored."""
        return [m["text"] for c in self.conversations.values() for m in c.messages if m["role"] == "user"]

    def forget(self) -> None:
        """Empties the memory, for the next test."""
        memory: tuple[Any, ...] = (
            self.faults, self.faults_elsewhere, self.conversations, self.turns, self.requests,
            self.bodies, self.headers, self.echo,
        )  # fmt: skip
        for store in memory:
            store.clear()
        self.consent_needed, self.delay, self.down = False, 0.0, False

    # -- what is said --------------------------------------------------------------------------------------

    def _add(self, conversation: Conversation, **message: Any) -> dict[str, Any]:
        blank: dict[str, Any] = {"kind": "answer", "buttons": [], "sources": [], "tier": None, "svg": None}
        cursor = len(conversation.messages) + 1
        line = blank | {"cursor": cursor, "at": datetime.now(UTC).isoformat()} | message
        conversation.messages.append(line)
        return line

    def _answers(self, text: str) -> list[dict[str, Any]]:
        if text in self.echo:
            answers = self.echo[text]
            return answers if isinstance(answers, list) else [answers]
        low = text.lower()
        if low in {str(n) for n in range(11)}:
            return [a | {"text": a["text"].format(text=text)} for a in ANSWERS["score"]]
        if any(side in low for side in ("left ", "right ", "back", "neck")):
            return ANSWERS["where"]
        return next((a for key, a in ANSWERS.items() if key in low), [{"text": f"You said: {text}"}])

    def answer(self, conversation: Conversation, client_id: str) -> list[dict[str, Any]]:
        """One turn of the assistant, after those that still wait; counted, so that a test can see a second."""
        if client_id not in conversation.pending:
            return []
        while conversation.pending[0] != client_id:
            self.answer(conversation, conversation.pending[0])
        conversation.pending.remove(client_id)
        self.turns[client_id] += 1
        text = next(m["text"] for m in conversation.messages if m["client_id"] == client_id)
        return [self._add(conversation, role="bot", client_id=client_id, **a) for a in self._answers(text)]

    # -- the routes ----------------------------------------------------------------------------------------

    def _of(self, request: Request) -> Conversation | None:
        return self.conversations.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def session(self, request: Request) -> Response:
        await asyncio.sleep(0.02)  # a network's round trip
        token = "t-" + secrets.token_urlsafe(12)
        self.conversations[token] = Conversation()
        session = {
            "token": token,
            "expires_at": "2030-01-01T00:00:00Z",
            "clinic": CLINIC,
            "consent_needed": self.consent_needed,
            "consent_text": "May we keep this chat?",
            "lang": "en",
        }
        return JSONResponse(session, 201)

    async def say(self, request: Request) -> Response:
        fault = self.faults.popleft() if self.faults else ""
        if fault == "lost":
            return _cut()
        if fault == "empty":
            return Response(media_type="application/x-ndjson")
        if fault in {"503", "429"}:
            return _error(int(fault))
        if fault == "expired":
            self.conversations.clear()
        conversation = self._of(request)
        if conversation is None:
            return _error(401)
        body = await request.json()
        self.bodies.append(body)
        client_id = body["id"]
        text = body["text"] if "text" in body else self._button(conversation, body["button"])
        if text == "refuse me":
            return _error(422)
        mine = [m for m in conversation.messages if m["client_id"] == client_id]
        if not mine:
            mine = [self._add(conversation, role="user", client_id=client_id, text=text)]
            conversation.pending.append(client_id)
            if fault == "late":
                asyncio.get_running_loop().call_later(1, self.answer, conversation, client_id)
        if fault == "unseen":
            self.answer(conversation, client_id)
            return _cut()
        return StreamingResponse(
            self._reply(conversation, client_id, mine, fault), media_type="application/x-ndjson"
        )

    async def _reply(
        self, conversation: Conversation, client_id: str, mine: list[dict[str, Any]], fault: str
    ) -> AsyncIterator[str]:
        times = 2 if fault == "double" else 1
        # The assistant answers whether or not the patient is still connected.
        turn = asyncio.ensure_future(self._turn(conversation, client_id, fault)) if fault != "late" else None
        yield _line(mine[0]) * times
        if turn is None:
            yield _line({"pending": True})
            return
        answers = mine[1:] + await asyncio.shield(turn)
        for answer in answers:
            yield _line(answer) * times
            if fault == "cut":
                await asyncio.sleep(0.05)
                raise ConnectionError("cut")
        yield _line({"done": True})

    async def _turn(self, conversation: Conversation, client_id: str, fault: str) -> list[dict[str, Any]]:
        await asyncio.sleep(0.5 if fault == "slow" else self.delay)
        return self.answer(conversation, client_id)

    def _button(self, conversation: Conversation, button: dict[str, int]) -> str:
        message = next(m for m in conversation.messages if m["cursor"] == button["message"])
        return str(message["buttons"][button["index"]]["title"])

    async def read(self, request: Request) -> Response:
        conversation = self._of(request)
        if conversation is None:
            return _error(401)
        after = int(request.query_params.get("after", 0))
        messages = [m for m in conversation.messages if m["cursor"] > after]
        return JSONResponse({"messages": messages, "pending": conversation.pending})

    async def forget_conversation(self, request: Request) -> Response:
        if self._of(request) is None:
            return _error(401)
        del self.conversations[request.headers["authorization"].removeprefix("Bearer ")]
        return Response(status_code=204)

    async def transcript(self, request: Request) -> Response:
        conversation = self._of(request)
        if conversation is None:
            return _error(401)
        return PlainTextResponse("\n".join(f"{m['role']}: {m['text']}" for m in conversation.messages))

    def app(self) -> Any:
        """The ASGI app: protocol, pages, faults outside, and a list of what was asked."""
        assets = served()
        hosts: dict[str, str] = {}

        async def asset(request: Request) -> Response:
            found = assets.get(request.url.path)
            if found is None:
                return PlainTextResponse(hosts.get(request.url.path, "not found"), 404)
            headers = {"Content-Encoding": "gzip", "Cache-Control": "no-cache", "ETag": found.etag}
            if request.url.path == "/chat":
                headers["Content-Security-Policy"] = content_security_policy(
                    [f"http://clinic.localhost:{self.port}"]
                )
            if request.url.path == "/":
                chat = f"http://chat.clinic.localhost:{self.port}"
                headers["Content-Security-Policy"] = (
                    f"default-src 'none'; script-src 'self' {chat}; style-src 'self'; img-src 'self'; "
                    f"frame-src 'self' {chat}"
                )
            return Response(found.compressed, headers=headers, media_type=found.media_type)

        async def host(request: Request) -> Response:
            """A clinic's own page, on another origin than the chat, with a script that spies."""
            chat = f"http://chat.clinic.localhost:{self.port}"
            attributes = " ".join(f'data-{k}="{v}"' for k, v in request.query_params.items())
            page = (
                '<!doctype html><html lang="en"><head><title>Clinic</title>'
                f'<link rel="icon" href="{chat}/static/widget/icon.svg">'
                '<meta name="viewport" content="width=device-width">'
                f'<script src="{chat}/widget.js" {attributes} defer></script></head>'
                "<body><main><h1>Clinic</h1><p>Welcome. <a href='/host?page=2'>Next page</a></p></main></body></html>"
            )
            policy = f"default-src 'none'; script-src {chat}; frame-src {chat}; img-src {chat}"
            return Response(page, headers={"Content-Security-Policy": policy}, media_type="text/html")

        app = Starlette(
            routes=[
                Route("/chat/session", self.session, methods=["POST"]),
                Route("/chat/messages", self.say, methods=["POST"]),
                Route("/chat/messages", self.read),
                Route("/chat/conversation", self.forget_conversation, methods=["DELETE"]),
                Route("/chat/transcript", self.transcript),
                Route("/host", host),
                Route("/{path:path}", asset),
            ]
        )

        async def door(scope: Any, receive: Any, send: Any) -> None:
            path, method = scope.get("path", ""), scope.get("method", "")

            async def note(event: Any) -> None:
                if event["type"] == "http.response.start":
                    self.requests.append((method, path, event["status"]))
                    host_header = dict(scope["headers"]).get(b"host", b"").decode()
                    self.headers.append(host_header)
                await send(event)

            chat_api = path.startswith("/chat/")
            if chat_api and self.down:
                return await _error(503)(scope, receive, note)
            if chat_api and (method, path) != ("POST", "/chat/messages") and self.faults_elsewhere:
                fault = self.faults_elsewhere.popleft()
                response = _cut() if fault == "lost" else _error(int(fault))
                return await response(scope, receive, note)
            return await app(scope, receive, note)

        return door


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data) + "\n"


def _error(status: int) -> Response:
    codes = {401: "session_expired", 422: "too_long", 429: "too_many", 503: "unavailable"}
    headers = {"Retry-After": "1"} if status == 429 else {}
    error = {"code": codes[status], "message": "This text cannot be taken."}
    return JSONResponse({"error": error}, status, headers)


def _cut() -> Response:
    async def nothing() -> AsyncIterator[bytes]:
        raise ConnectionError("cut")
        yield b""

    return StreamingResponse(nothing(), media_type="application/x-ndjson", headers={"Content-Length": "9"})


def run(stub: Stub) -> uvicorn.Server:
    """Starts the stub in a thread on a free port and returns when it listens."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    stub.port = listener.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            stub.app(), log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
    )
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    for _ in itertools.takewhile(lambda _: not server.started, range(500)):
        time.sleep(0.01)
    if not server.started:
        raise RuntimeError("the stub did not start")
    return server


if __name__ == "__main__":
    stub = Stub(delay=0.8)
    run(stub)
    print(f"http://clinic.localhost:{stub.port}/host")
    threading.Event().wait()
