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

import aiohttp
from twilio.request_validator import RequestValidator

from bot.settings import ROOT
from bot.sms.providers import FAKE_ACCOUNT
from tests.ports import free_port
from tests.system.production import QUESTION

TOKEN = "carrier-of-the-benchmark"
OURS = "+12025550100"
STATUSES_PER_TEXT = 3  # of four webhooks: sms-and-privacy.md F.4


@dataclass
class Acknowledged:
    """What became of webhooks: milliseconds of each one that was taken, and how many were sent again."""

    milliseconds: list[float] = field(default_factory=list)
    again: int = 0
    refused: int = 0

    @property
    def p50(self) -> float:
        return percentile(self.milliseconds, 0.5)

    @property
    def p99(self) -> float:
        return percentile(self.milliseconds, 0.99)


class Carrier:
    """Posts webhooks to a door; one that is not taken is sent again, as carriers do."""

    def __init__(self, http: aiohttp.ClientSession, door: str) -> None:
        self._http = http
        self._door = door
        self._signer = RequestValidator(TOKEN)
        self.phones: list[str] = []

    async def text(self, taken: Acknowledged) -> None:
        """A phone that never wrote before asks a question."""
        phone = f"+1212{2000000 + len(self.phones)}"
        self.phones.append(phone)
        fields = {
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "From": phone,
            "To": OURS,
            "Body": QUESTION,
            "NumMedia": "0",
        }
        await self._post(f"{self._door}/sms/fake", fields, taken)

    async def status(self, taken: Acknowledged) -> None:
        """A text of ours was delivered."""
        url = f"{self._door}/sms/fake/status/{uuid.uuid4().hex}"
        fields = {"MessageSid": f"SM{uuid.uuid4().hex}", "MessageStatus": "delivered", "From": OURS}
        await self._post(url, fields, taken)

    async def _post(self, url: str, fields: dict[str, str], taken: Acknowledged) -> None:
        fields = {"AccountSid": FAKE_ACCOUNT, **fields}
        headers = {"X-Twilio-Signature": self._signer.compute_signature(url, fields)}
        sent = time.perf_counter()
        for _ in range(200):
            try:
                async with self._http.post(url, data=fields, headers=headers) as answer:
                    if answer.status == 204:
                        taken.milliseconds.append((time.perf_counter() - sent) * 1000)
                        return
            except aiohttp.ClientError:
                pass
            taken.again += 1
            await asyncio.sleep(0.2)
        taken.refused += 1


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
    limits = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(60)) as http:
        yield Carrier(http, door)


async def at_rate(one: Carrier, rate: float, seconds: float) -> Acknowledged:
    """Post so many a second for a while, whether or not earlier ones were taken."""
    taken, start, waiting = Acknowledged(), time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        what = one.status if number % (STATUSES_PER_TEXT + 1) else one.text
        waiting.append(asyncio.create_task(what(taken)))
    await asyncio.gather(*waiting)
    return taken


def percentile(values: list[float], share: float) -> float:
    """The value that a share of all values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
