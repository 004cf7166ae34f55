"""`bot up --profile production` on a PostgreSQL and a Redis that really run, and visitors who talk with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml
from twilio.request_validator import RequestValidator

from bot.records.database import Database, open_database
from bot.records.encryption import open_vault
from bot.settings import ROOT
from bot.sms.providers import FAKE_ACCOUNT
from tests.ports import free_port

PATIENCE_S = 600
QUESTION = "does it hurt?"  # its answer is one message
CARRIER_TOKEN = "carrier-of-the-tests"
_PER_ADDRESS = (
    "messages_a_minute",
    "messages_a_day",
    "address_messages_a_minute",
    "address_sessions_an_hour",
)


@dataclass(frozen=True)
class Production:
    """A running installation of several processes of each kind."""

    process: subprocess.Popen[bytes]
    door: str
    assistants: tuple[str, ...]
    output: Path
    database: Database
    redis_url: str

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until(self, words: str, after: int = 0) -> None:
        """Wait until `bot up` has said something, in what it says after so many characters."""
        until = time.monotonic() + PATIENCE_S
        while words not in self.said()[after:]:
            assert self.process.poll() is None and time.monotonic() < until, self.said()
            time.sleep(0.1)

    def children(self, kind: str) -> list[psutil.Process]:
        """The processes of a kind: bot.dialogue.serve, bot.web or bot.worker, in the order of their start."""
        children = psutil.Process(self.process.pid).children()
        return sorted((one for one in children if kind in one.cmdline()), key=lambda one: one.create_time())

    def assistant_at(self, url: str) -> psutil.Process:
        """The assistant that listens at a URL."""
        port = int(url.rpartition(":")[2])
        (found,) = (
            one
            for one in self.children("bot.dialogue.serve")
            if any(c.laddr.port == port for c in one.net_connections() if c.status == psutil.CONN_LISTEN)
        )
        return found


@contextmanager
def production(folder: Path, database_url: str, redis_url: str, **more: str) -> Iterator[Production]:
    """Start it with two processes of each kind, wait until it is ready, stop it in the end."""
    clinic = yaml.safe_load((ROOT / "clinic.yml").read_text("utf-8"))
    clinic["web"] |= dict.fromkeys(_PER_ADDRESS, 10**6)
    clinic["sms"] = clinic.get("sms", {}) | {"texts_a_second": 10**4, "replies_an_hour": 10**6}
    (folder / "clinic.yml").write_text(yaml.safe_dump(clinic), "utf-8")
    door = f"http://127.0.0.1:{free_port()}"
    urls = tuple(f"http://127.0.0.1:{free_port()}" for _ in range(int(more.get("BOT_ASSISTANTS", "2"))))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        **{name: os.environ[name] for name in ("BOT_MODELS",) if name in os.environ},
        "BOT_VAR": str(folder), "BOT_CLINIC": str(folder / "clinic.yml"), "BOT_PORT": door.rpartition(":")[2],
        "BOT_PUBLIC_URL": door, "BOT_ASSISTANT_URL": ",".join(urls), "BOT_DATABASE_URL": database_url,
        "BOT_REDIS_URL": redis_url, "BOT_PROFILE": "production", "BOT_WORKER_METRICS": "", "BOT_WEB_METRICS": "",
        "PYTHONUNBUFFERED": "1", "BOT_CARRIER_TOKEN": CARRIER_TOKEN, **more,
    }  # fmt: skip
    output = folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"], cwd=ROOT, env=environment, stdout=stream, stderr=stream
        )
    try:
        _wait_until_ready(process, output)
        database = open_database(database_url, open_vault(folder / "keys"))
        yield Production(process, door, urls, output, database, redis_url)
        database.close()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def _wait_until_ready(process: subprocess.Popen[bytes], output: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while "Ctrl-C stops everything" not in output.read_text("utf-8"):
        assert process.poll() is None and time.monotonic() < until, output.read_text("utf-8")
        time.sleep(0.1)


@dataclass
class Visitor:
    """Somebody on the website. A request whose connection broke is sent again with the same id, as the widget does."""

    http: httpx.AsyncClient
    token: str
    sent: list[str] = field(default_factory=list)  # ids
    resent: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)  # when asked, how long until the answer

    @classmethod
    async def begin(cls, http: httpx.AsyncClient) -> Visitor:
        return cls(http, (await http.post("/chat/session", json={})).json()["token"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def says(self, text: str = QUESTION) -> list[str]:
        """Say something and wait for what is answered, however long that takes; the texts."""
        said = str(uuid.uuid4())
        self.sent.append(said)
        asked = time.monotonic()
        answer = await self._send({"id": said, "text": text})
        while not answer and time.monotonic() - asked < PATIENCE_S:
            await asyncio.sleep(0.25)
            answer = [
                line["text"]
                for line in await self.reads()
                if line["client_id"] == said and line["role"] == "bot"
            ]
        if not answer:
            self.errors.append("never answered")
        self.seconds.append((asked, time.monotonic() - asked))
        return answer

    async def _send(self, body: dict[str, str]) -> list[str]:
        for _ in range(100):
            try:
                reply = await self.http.post("/chat/messages", json=body, headers=self.headers)
            except httpx.TransportError:
                self.resent += 1
                await asyncio.sleep(0.1)
                continue
            if reply.status_code != 200:
                self.errors.append(f"{reply.status_code}: {reply.text[:200]}")
                return []
            return [line["text"] for line in _lines(reply) if line.get("role") == "bot"]
        self.errors.append("no connection")
        return []

    async def reads(self) -> list[dict[str, Any]]:
        """The whole conversation as the door shows it."""
        for _ in range(100):
            try:
                read = await self.http.get("/chat/messages?after=0", headers=self.headers)
                return list(read.json()["messages"])
            except httpx.TransportError:
                self.resent += 1
                await asyncio.sleep(0.1)
        self.errors.append("no connection")
        return []


def _lines(reply: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in reply.text.splitlines()]


async def send_text(http: httpx.AsyncClient, phone: str, text: str) -> None:
    """Send a text from a phone, as the carrier does."""
    url = f"{str(http.base_url).rstrip('/')}/sms/fake"
    fields = {"AccountSid": FAKE_ACCOUNT, "MessageSid": f"SM{uuid.uuid4().hex}", "From": phone, "Body": text}
    signature = RequestValidator(CARRIER_TOKEN).compute_signature(url, fields)
    taken = await http.post("/sms/fake", data=fields, headers={"X-Twilio-Signature": signature})
    assert taken.status_code == 204, taken.text


@dataclass(frozen=True)
class Verdict:
    """What became of all that visitors sent."""

    sent: int
    lost: int
    doubled: int
    errors: list[str]
    resent: int


async def judge(visitors: list[Visitor]) -> Verdict:
    """Count, in the conversations as they can be read, what was never answered and what was answered twice."""
    lost = doubled = 0
    for visitor in visitors:
        lines = await visitor.reads()
        for said in visitor.sent:
            told = [line for line in lines if line["client_id"] == said]
            lost += sum(line["role"] == "bot" for line in told) == 0
            doubled += any(sum(line["role"] == role for line in told) > 1 for role in ("user", "bot"))
    errors = [error for visitor in visitors for error in visitor.errors]
    return Verdict(
        sum(len(v.sent) for v in visitors), lost, doubled, errors, sum(visitor.resent for visitor in visitors)
    )
