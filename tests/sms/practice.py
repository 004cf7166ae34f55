"""A clinic with a carrier, a front door for its hooks, a worker and phones, under a clock that the test moves.

The carrier and the assistant are real servers; the hooks go through the real app. Nothing sleeps: `run` does
what is due, `later` moves the clock and runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.followups.due import queue_due, sweep
from bot.followups.gate import gate_for
from bot.followups.sessions import Recorded, SessionGiven, record_session
from bot.records import followups
from bot.records.database import Database
from bot.records.followups import FollowupRow
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.settings import ROOT, Clinic, Settings, load_clinic
from bot.sms import webhooks
from bot.sms.carrier.faults import CALM, Mix
from bot.sms.carrier.network import Network
from bot.sms.carrier.server import Carrier
from bot.sms.conversing import Conversing
from bot.sms.providers import FAKE_ACCOUNT, FakeProvider
from bot.sms.reconciling import Reconciler
from bot.sms.sending import Sender
from bot.web.app import create_app
from bot.web.assistant import Assistant
from bot.web.records import Records
from tests.web.assistant import TOKEN, FakeAssistant, running

PUBLIC = "https://clinic.example.org"
CARRIER_TOKEN = "carrier-token-of-the-tests"
OURS = "+12025550100"
ANA, BEN = "+12025550143", "+12025550144"
ZONE = ZoneInfo("America/New_York")
CLINIC = load_clinic(ROOT / "clinic.yml")
#: No limit on speed, and every question at its minute.
QUICK = CLINIC.model_copy(
    update={
        "sms": CLINIC.sms.model_copy(update={"texts_a_second": 100_000}),
        "followups": CLINIC.followups.model_copy(update={"jitter_minutes": 0}),
    }
)


def at(text: str) -> datetime:
    """A wall time in New York: "2026-11-20 15:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


class SmsAssistant(FakeAssistant):
    """The stand-in assistant with the SMS door."""

    def app(self) -> Starlette:
        both = [Route(f"/webhooks/{name}/turn", self.turn, methods=["POST"]) for name in ("sms", "web")]
        return Starlette(routes=[*both, Route("/status", self.status)])


@dataclass
class Clock:
    """The time that everybody sees."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def unix(self) -> float:
        return self.now.timestamp()


@dataclass
class Practice:
    """What a test works with."""

    database: Database
    clinic: Clinic
    clock: Clock
    carrier: Carrier
    provider: FakeProvider
    assistant: SmsAssistant
    http: httpx.AsyncClient
    sender: Sender
    conversing: Conversing
    reconciler: Reconciler

    def session(self, phone: str = ANA, name: str = "Ana", ended: str = "", **more: Any) -> Recorded:
        """A session that ended at a wall time in New York (now by default), with written consent."""
        ended_at = at(ended) if ended else self.clock()
        given = SessionGiven(phone, ended_at, name, **{"consent": "written", **more})
        with self.database.transaction() as session:
            return record_session(session, given, self.clinic, actor="test", now=self.clock())

    def steps(self, recorded: Recorded) -> dict[str, str]:
        """A visit's steps and their states."""
        with self.database.reading() as session:
            return {step.step: step.state for step in followups.of_visit(session, recorded.visit.id)}

    async def says(self, phone: str, body: str, *, media: int = 0, run: bool = True) -> None:
        """A phone sends a text; everything due happens."""
        self.carrier.text_from(phone, body, media=media)
        if run:
            await self.run()

    def reads(self, phone: str = ANA) -> list[str]:
        """What a phone was sent, in order."""
        return [text.body for text in reversed(self.carrier.network.texts(phone)) if text.direction == "out"]

    async def run(self) -> None:
        """Do everything that is due, until nothing is."""
        for _ in range(50):
            done = await self.hooks() + self.due() + self.sender.send_due()
            done += await self.conversing.answer_waiting()
            if not done:
                return
        raise AssertionError("the practice never comes to rest")

    def due(self) -> int:
        with self.database.transaction() as session:
            return queue_due(session, self.clinic, now=self.clock()) + sweep(session, now=self.clock())

    async def hooks(self) -> int:
        """Deliver what the carrier owes us."""
        owed = self.carrier.network.owed(self.clock.unix() + 5)
        for hook in owed:
            headers = {"X-Twilio-Signature": self.carrier.signature(hook.url, hook.fields)}
            response = await self.http.post(hook.url, data=hook.fields, headers=headers)
            assert response.status_code < 300, response.status_code
            self.carrier.network.made(hook)
        return len(owed)

    async def later(self, **span: float) -> None:
        """Time passes, in steps of minutes as the worker sees it, then everything due happens."""
        await self.until(self.clock.now + timedelta(**span))

    async def until(self, moment: datetime | str) -> None:
        end = at(moment) if isinstance(moment, str) else moment
        while (following := self._next_due(end)) < end:
            self.clock.now = following
            await self.run()
        self.clock.now = end
        await self.run()

    def _next_due(self, end: datetime) -> datetime:
        """When something is due next: nothing happens in between."""
        with self.database.reading() as session:
            times = [
                session.scalar(select(func.min(column)).where(state == wanted, column > self.clock.now))
                for column, state, wanted in (
                    (FollowupRow.due_at, FollowupRow.state, "planned"),
                    (OutboxRow.not_before, OutboxRow.state, "queued"),
                    (InboxRow.not_before, InboxRow.state, "received"),
                )
            ]
        return min((time for time in times if time is not None), default=end)


@asynccontextmanager
async def open_practice(
    database: Database, folder: Path, start: str = "2026-11-20 10:00", *, mix: Mix = CALM, **clinic: Any
) -> AsyncIterator[Practice]:
    """A practice at a wall time in New York; keyword arguments change clinic.yml."""
    settings = Settings(
        clinic=QUICK.model_copy(update=clinic), var=folder, host="127.0.0.1", port=1, public_url=PUBLIC,
        assistant_url="http://127.0.0.1:1", database_url="",
    )  # fmt: skip
    clock = Clock(at(start))
    carrier = Carrier(
        Network(), FAKE_ACCOUNT, CARRIER_TOKEN, ours=OURS, inbound_url=f"{PUBLIC}/sms/fake", mix=mix,
        clock=clock.unix,
    )  # fmt: skip
    assistant = SmsAssistant()
    with running(carrier.app()) as carrier_port, running(assistant.app()) as assistant.port:
        provider = FakeProvider(
            CARRIER_TOKEN, OURS, f"{PUBLIC}/sms/fake/status", api=f"http://127.0.0.1:{carrier_port}"
        )
        app = create_app(settings, database=database, clock=clock, rooms=(webhooks.routes,))
        client = Assistant(assistant.url, TOKEN)
        records = Records(database)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as http,
        ):
            yield Practice(
                database, settings.clinic, clock, carrier, provider, assistant, http,
                Sender(database, provider, settings.clinic, gate_for(settings.clinic), "test", clock),
                Conversing(records, client, settings.clinic, "test", clock),
                Reconciler(database, provider, settings.clinic, clock),
            )  # fmt: skip
            await client.close()
        records.close()
