"""Figures say what happened and what waits, by names of ours, and never stop the work that they count."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from prometheus_client import REGISTRY, generate_latest

from bot.backup.making import back_up
from bot.dialogue.measured import measured
from bot.records import alerts, followups, inbox, outbox, patients, visits
from bot.records.database import Database, DatabaseUnavailableError
from bot.records.standing import NOTHING, standing
from bot.settings import SettingsError
from bot.sms.measured import MeasuredProvider
from bot.sms.provider import Accepted, NotTaken, OutboundText, Refused, Unknown
from bot.watching.serving import WORKERS, show_figures, worker_address
from bot.watching.waiting import registry_of
from bot.worker import Duty, keep_doing
from tests.records.scenario import NAME, NOW, PHONE, WORDS, fill
from tests.web.assistant import TOKEN, assistant_server
from tests.web.conftest import ROOMY, Clock, opened, settings_for


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_what_waits_is_counted_and_its_age_told(database: Database, tmp_path: Path) -> None:
    ago = {minutes: NOW - timedelta(minutes=minutes) for minutes in (1, 5, 20, 60)}
    with database.transaction() as session:
        assert standing(session, now=NOW).texts_waiting == NOTHING
        outbox.enqueue(session, "a", PHONE, "x", kind="reply", priority=1, now=ago[20])
        outbox.enqueue(session, "b", PHONE, "y", kind="reply", priority=1, now=ago[5])
        outbox.enqueue(
            session, "c", PHONE, "z", kind="reply", priority=1, now=NOW, not_before=NOW + timedelta(1)
        )
        inbox.receive(session, "sms", "1", "thread", "x", now=ago[5], phone=PHONE)
        inbox.receive(session, "web", "2", "chat", "y", now=ago[1])
        patient = patients.create(session, zone="UTC", now=NOW).id
        visit, _ = visits.record(session, patient, ended_at=ago[60], zone="UTC", now=NOW)
        for step, due in (("day1", ago[20]), ("day3", NOW + timedelta(days=2))):
            followups.plan(session, visit.id, step, due_at=due, expires_at=NOW, plan_version=1, now=NOW)
        alerts.open_alert(session, "chest_pain", "emergency", now=ago[60])
        seen, _ = alerts.open_alert(session, "bruise", "routine", now=ago[60], conversation="thread")
        alerts.acknowledge(session, seen.id, actor="ann", now=NOW)
    back_up(database, tmp_path / "backup", actor="test", now=ago[60])
    shown = generate_latest(registry_of(database, lambda: NOW)).decode().splitlines()
    for line in (
        "texts_waiting 2.0",
        "texts_waiting_oldest_seconds 1200.0",
        "texts_unknown 0.0",
        'messages_waiting{channel="sms"} 1.0',
        'messages_waiting_oldest_seconds{channel="sms"} 300.0',
        'messages_waiting{channel="web"} 1.0',
        "followups_due 1.0",
        "followups_due_oldest_seconds 1200.0",
        'alerts_unacknowledged{tier="emergency"} 1.0',
        'alerts_unacknowledged_oldest_seconds{tier="emergency"} 3600.0',
        'alerts_unacknowledged{tier="routine"} 0.0',
        f"backup_last_timestamp_seconds {ago[60].timestamp()}",
        "database_up 1.0",
    ):
        name, number = line.rsplit(" ", 1)
        assert {one.rsplit(" ", 1)[0]: float(one.rsplit(" ", 1)[1]) for one in shown if one[0] != "#"}[
            name
        ] == float(number), line


def test_a_lost_database_is_a_figure_and_not_a_failed_scrape() -> None:
    def lost() -> Any:
        raise DatabaseUnavailableError("gone")

    shown = generate_latest(registry_of(SimpleNamespace(reading=lost), lambda: NOW)).decode()  # type: ignore[arg-type]
    assert "database_up 0.0" in shown and "texts_waiting" not in shown


async def test_the_door_shows_them_and_no_words_name_or_number(
    tmp_path: Path, sqlite_database: Database, clock: Clock
) -> None:
    with sqlite_database.transaction() as session:
        fill(session)
    with assistant_server() as assistant:
        async with opened(settings_for(tmp_path, assistant.url, **ROOMY), sqlite_database, clock) as door:
            visitor = await door.visitor()
            await visitor.say(WORDS)
            mine = {"Authorization": f"Bearer {TOKEN}"}
            shown = (await door.http.get("/metrics", headers=mine)).text
    assert 'messages_waiting{channel="sms"} 1.0' in shown
    assert 'chat_messages_received_total{tier="none"}' in shown
    for secret in (WORDS, NAME, PHONE, PHONE[2:], "zebra", visitor.token):
        assert secret not in shown


async def test_a_turn_is_timed_by_stage_and_counted_by_outcome() -> None:
    async def work(*_: Any, **__: Any) -> None:
        return None

    async def parse(message: Any, tracker: Any = None) -> dict[str, Any]:
        return {"intent": {"name": message.intent}}

    async def handle(message: Any) -> None:
        await store.retrieve("c")
        await processor.parse_message(message, object())
        await actions.request()
        if message.fails:
            raise RuntimeError
        await store.save(None)

    store, actions = SimpleNamespace(retrieve=work, save=work), SimpleNamespace(request=work)
    processor = SimpleNamespace(parse_message=parse, handle_message=handle, action_endpoint=actions)
    measured(SimpleNamespace(tracker_store=store, processor=processor))  # type: ignore[arg-type]

    stages = ("read", "understand", "act", "write", "whole")
    before = {stage: value("turn_stage_seconds_count", stage=stage) for stage in stages}
    counts = {
        name: value("turns_total", channel="sms", outcome=name)
        for name in ("answered", "unanswered", "failed")
    }
    for intent, fails in (("faq", False), ("unsure", False), ("faq", True)):
        message = SimpleNamespace(intent=intent, fails=fails, input_channel="sms")
        try:
            await processor.handle_message(message)
        except RuntimeError:
            assert fails
    await processor.parse_message(SimpleNamespace(intent="faq"))  # a probe
    assert {stage: value("turn_stage_seconds_count", stage=stage) - before[stage] for stage in stages} == {
        "read": 3, "understand": 3, "act": 3, "write": 2, "whole": 3,
    }  # fmt: skip
    assert [value("turns_total", channel="sms", outcome=name) - count for name, count in counts.items()] == [
        1,
        1,
        1,
    ]


def test_what_the_carrier_said_is_counted() -> None:
    results = {
        "accepted": Accepted("S"),
        "not_taken": NotTaken("429"),
        "refused": Refused("1"),
        "unknown": Unknown("x"),
    }
    for name, result in results.items():
        carrier = MagicMock(send=lambda _, result=result: result)
        before = value("texts_sent_total", outcome=name)
        text = OutboundText(PHONE, WORDS, "ref", NOW)
        assert MeasuredProvider(carrier).send(text) is result
        assert value("texts_sent_total", outcome=name) == before + 1


async def test_a_duty_that_fails_is_counted() -> None:
    stop, tries = asyncio.Event(), []

    async def work() -> int:
        tries.append(1)
        if len(tries) == 2:
            stop.set()
            return 0
        raise RuntimeError

    before = value("worker_duty_failures_total", duty="figures")
    await keep_doing(Duty("figures", 0.001, work), stop)
    assert value("worker_duty_failures_total", duty="figures") == before + 1


def test_a_second_worker_shows_its_figures_on_the_next_port_and_works_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[int] = []

    def start(port: int, addr: str) -> None:
        if port not in taken:
            taken.append(port)
        else:
            raise OSError("in use")

    monkeypatch.setattr("bot.watching.serving.start_http_server", start)
    assert [show_figures(("127.0.0.1", 5006)) for _ in range(WORKERS + 1)] == [True] * WORKERS + [False]
    assert taken == list(range(5006, 5006 + WORKERS))
    assert show_figures(None) is False


def test_the_address_of_a_workers_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_WORKER_METRICS", raising=False)
    assert worker_address() == ("127.0.0.1", 5006)
    monkeypatch.setenv("BOT_WORKER_METRICS", "")
    assert worker_address() is None
    monkeypatch.setenv("BOT_WORKER_METRICS", "5006")
    with pytest.raises(SettingsError, match="BOT_WORKER_METRICS: must be an address"):
        worker_address()
