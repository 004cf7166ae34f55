"""A stand-in for the assistant: a real server on a free port that answers, dawdles or fails as told."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN = "internal-token-of-the-tests"


def says(text: str, *, buttons: tuple[tuple[str, str], ...] = (), **custom: Any) -> dict[str, Any]:
    """One message as the assistant sends it."""
    offered = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"text": text, "buttons": offered, "custom": {"kind": "answer", **custom}}


@dataclass
class FakeAssistant:
    """`mode`: answer, slow, hang, hang_after_first, 500, 503, 422, failed, die, silent, garbage, html."""

    mode: str = "answer"
    seconds: float = 0.0
    lines: list[dict[str, Any]] | None = None
    turns: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    port: int = 0
    intent: str | None = "faq"
    refused: int = 0
    connections: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        return [turn["text"] for turn in self.turns]

    async def turn(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            self.refused += 1
            return JSONResponse({"error": "not_authorised"}, 401)
        asked = await request.json()
        self.connections.add(request.client.port if request.client else 0)
        self.asked[asked["message_id"]] += 1
        self.turns.append(asked)
        if self.mode in ("500", "503", "422"):
            return JSONResponse({"error": "as told"}, int(self.mode))
        if self.mode == "html":
            return Response("<html>", media_type="text/html")
        if self.mode == "hang":
            await asyncio.sleep(120)
        return StreamingResponse(self._speak(asked), media_type="application/x-ndjson")

    async def _speak(self, asked: dict[str, Any]) -> Any:
        await asyncio.sleep(self.seconds)
        if self.mode == "garbage":
            yield "[[[\n"
            return
        lines = self.lines if self.lines is not None else [says(f"You said: {asked['text']}")]
        for number, line in enumerate([] if self.mode == "silent" else lines):
            yield json.dumps(line) + "\n"
            if number == 0 and self.mode == "hang_after_first":
                await asyncio.sleep(120)
            if number == 0 and self.mode == "die":
                raise ConnectionError("died")
        if self.mode == "failed":
            yield json.dumps({"failed": True}) + "\n"
            return
        end = {"done": True, "intent": self.intent, "confidence": 0.9, "topics": ["bruising"]}
        yield json.dumps(end) + "\n"

    async def status(self, _: Request) -> Response:
        if self.mode == "503":
            return JSONResponse({"error": "no model"}, 409)
        return JSONResponse({"ready": True, "model_file": "m.tar.gz"})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/webhooks/web/turn", self.turn, methods=["POST"]),
                Route("/status", self.status),
            ]
        )


@contextmanager
def running(app: Any, port: int = 0) -> Iterator[int]:
    """Serve an app on a port (free by default) from a thread; the port is closed at the end."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def assistant_server(**how: Any) -> Iterator[FakeAssistant]:
    """A running stand-in."""
    fake = FakeAssistant(**how)
    with running(fake.app()) as port:
        fake.port = port
        yield fake
