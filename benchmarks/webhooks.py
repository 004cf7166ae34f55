"""Texts and statuses as a carrier sends them to the door: signed, on a clock, each connection kept."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bot.settings import ROOT
from bot.sms.providers import FAKE_ACCOUNT
from tests.ports import free_port
from tests.system.production import QUESTION

TOKEN = "carrier-of-the-benchmark"
OURS = "+12025550100"
CONNECTIONS = 64
PATIENCE_S = 60.0
STATUSES_PER_TEXT = 3  # of four webhooks: sms-and-privacy.md F.4


@dataclass
class Acknowledged:
    """What became of webhooks: milliseconds of each one that was taken, and how many were sent again."""

    milliseconds: list[float] = field(default_factory=list)
    again: int = 0
    refused: int = 0
    load_ms_each: float = 0.0  # of this process, a request

    @property
    def p50(self) -> float:
        return percentile(self.milliseconds, 0.5)

    @property
    def p99(self) -> float:
        return percentile(self.milliseconds, 0.99)


class Carrier:
    """Posts webhooks to a door; one that is not taken is sent again, as carriers do.

    Requests can be made and signed before they are due, and go over connections that are kept: a request costs some
    0.2 ms of processor, so that the door is measured and not this.
    """

    def __init__(self, door: str) -> None:
        self._door = door
        self._signer = RequestValidator(TOKEN)
        self._free: asyncio.Queue[_Line | None] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)  # not connected yet
        self.phones: list[str] = []

    def text(self) -> bytes:
        """The request for: a phone that never wrote before asks a question."""
        phone = f"+1212{2000000 + len(self.phones)}"
        self.phones.append(phone)
        fields = {
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": phone,
            "To": OURS,
            "Body": QUESTION,
            "NumMedia": "0",
        }
        return self._request(f"{self._door}/sms/fake", fields)

    def status(self) -> bytes:
        """The request for: a text of ours was delivered."""
        fields = {"MessageSid": f"SM{uuid.uuid4().hex}", "MessageStatus": "delivered", "From": OURS}
        return self._request(f"{self._door}/sms/fake/status/{uuid.uuid4().hex}", fields)

    async def post(self, request: bytes, taken: Acknowledged, due: float | None = None) -> None:
        """Post until it is taken. Its time counts from when it was due (`time.perf_counter`), else from now."""
        due = time.perf_counter() if due is None else due
        for _ in range(200):
            if await self._ask(request) == 204:
                taken.milliseconds.append((time.perf_counter() - due) * 1000)
                return
            taken.again += 1
            await asyncio.sleep(0.2)
        taken.refused += 1

    async def _ask(self, request: bytes) -> int | None:
        """The status that a request is answered with; None when the connection broke."""
        line = await self._free.get()
        try:
            if line is None:
                line = await _connected(self._door)
            async with asyncio.timeout(PATIENCE_S):
                status = await line.ask(request)
        except (OSError, TimeoutError):
            status = None
        if status != 204 and line is not None:
            line.close()
            line = None
        self._free.put_nowait(line)
        return status

    def close(self) -> None:
        """Close every connection."""
        while not self._free.empty():
            if (line := self._free.get_nowait()) is not None:
                line.close()

    def _request(self, url: str, fields: dict[str, str]) -> bytes:
        fields = {"AccountSid": FAKE_ACCOUNT, **fields}
        body = urlencode(fields)
        where = urlsplit(url)
        return (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"X-Twilio-Signature: {self._signer.compute_signature(url, fields)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


class _Line(asyncio.Protocol):
    """A connection to a door that is asked one thing at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._heard = b""
        self._answer: asyncio.Future[int] | None = None

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if b"\r\n\r\n" in self._heard and self._answer is not None and not self._answer.done():
            self._answer.set_result(int(self._heard[9:12]))  # "HTTP/1.1 204": nothing follows the headers

    def connection_lost(self, _: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    async def ask(self, request: bytes) -> int:
        if self._transport.is_closing():
            raise ConnectionResetError
        self._heard, self._answer = b"", asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()


async def _connected(door: str) -> _Line:
    where = urlsplit(door)
    _, line = await asyncio.get_running_loop().create_connection(_Line, where.hostname, where.port)
    return line


@contextmanager
def fake_carrier(folder: Path) -> Iterator[str]:
    """The shipped carrier as a process of its own that takes our texts and calls no hooks; its URL."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "bot.sms.carrier", "--port", str(port), "--data", str(folder / "carrier.db"),
            "--account", FAKE_ACCOUNT, "--token", TOKEN, "--inbound-url", "http://127.0.0.1:9/", "--no-hooks",
        ],
        cwd=ROOT,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def carrier(door: str) -> AsyncIterator[Carrier]:
    """A carrier before a door."""
    one = Carrier(door)
    try:
        yield one
    finally:
        one.close()


async def at_rate(one: Carrier, rate: float, seconds: float) -> Acknowledged:
    """Post so many a second for a while, whether or not earlier ones were taken; each is timed from when it was due."""
    requests = [
        one.status() if number % (STATUSES_PER_TEXT + 1) else one.text()
        for number in range(int(rate * seconds))
    ]
    taken, waiting = Acknowledged(), []
    began, start = time.process_time(), time.perf_counter()
    for number, request in enumerate(requests):
        due = start + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        waiting.append(asyncio.create_task(one.post(request, taken, due)))
    await asyncio.gather(*waiting)
    taken.load_ms_each = (time.process_time() - began) / len(requests) * 1000
    return taken


def percentile(values: list[float], share: float) -> float:
    """The value that a share of all values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
