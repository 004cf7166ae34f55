"""Whatever the carrier does and whoever dies, a text is sent once; and not at all once its owner has said STOP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.stop_races import race
from bot.records import outbox
from bot.records.alerts import AlertRow
from bot.records.database import Database, DatabaseUnavailableError
from bot.records.erasure import empty_messages
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.sms import consent, sending
from bot.sms.delivery import take_status
from bot.sms.provider import (
    Accepted,
    Capabilities,
    LookupFailedError,
    NotTaken,
    OutboundText,
    Refused,
    SendResult,
    Status,
    Unknown,
)
from bot.sms.reconciling import Reconciler
from bot.sms.saying import say
from bot.sms.sending import Drop, Hold, Send, Sender
from tests.sms.practice import ANA, BEN, QUICK, Clock, Practice, at

NOON = "2026-11-20 12:00"


class Carrier:
    """A carrier that does what it is told and remembers what it took."""

    name = "told"
    capabilities = Capabilities(lookup=True, validity=True, stops=True)

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.taken: list[OutboundText] = []
        self.before: Callable[[OutboundText], Any] = lambda _: None

    def send(self, text: OutboundText) -> SendResult:
        self.before(text)
        answer = self.answers.pop(0) if self.answers else "take"
        if answer in ("take", "take and say nothing"):
            self.taken.append(text)
        match answer:
            case "take":
                return Accepted(f"SM{len(self.taken)}", "queued")
            case "take and say nothing" | "lose":
                return Unknown("ReadTimeout")
            case "busy":
                return NotTaken("429")
            case "break":
                raise RuntimeError("a bug in the adapter")
            case code:
                return Refused(code)

    def find(self, text: OutboundText) -> tuple[str, ...]:
        if "list down" in self.answers:
            raise LookupFailedError("down")
        return tuple(
            f"SM{number}"
            for number, one in enumerate(self.taken, 1)
            if (one.to, one.body) == (text.to, text.body)
        )


class Desk:
    """A database, a told carrier, one worker."""

    def __init__(self, database: Database, *answers: str, gate: Any = None) -> None:
        self.database, self.carrier, self.clock = database, Carrier(*answers), Clock(at(NOON))
        self.sender = self.worker("one", gate)
        self.reconciler = Reconciler(database, self.carrier, QUICK, self.clock, grace=timedelta(seconds=0.05))

    def worker(self, name: str, gate: Any = None) -> Sender:
        return Sender(self.database, self.carrier, QUICK, gate or (lambda *_: Send()), name, self.clock)

    def queue(self, body: str = "hello", phone: str = ANA, kind: Any = "notice", key: str = "") -> None:
        with self.database.transaction() as session:
            say(session, phone, key or f"{phone}:{body}", body, kind, now=self.clock())

    def settle(self, rounds: int = 6) -> None:
        """Let the reconciler and the sender do all they can."""
        for _ in range(rounds):
            self.clock.now += timedelta(minutes=3)
            self.reconciler.settle_unknown()
            time.sleep(0.06)
            self.sender.send_due()

    def rows(self) -> list[tuple[str, str | None]]:
        with self.database.reading() as session:
            return [
                (row.state, row.last_error)
                for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))
            ]

    @property
    def bodies(self) -> list[str]:
        return [text.body for text in self.carrier.taken]


def test_a_text_accepted_by_the_carrier_but_timed_out_is_not_sent_again(database: Database) -> None:
    desk = Desk(database, "take and say nothing")
    desk.queue()
    desk.sender.send_due()
    assert desk.rows() == [("submitting", "unknown: ReadTimeout")]
    desk.settle()
    assert desk.bodies == ["hello"] and desk.rows() == [("accepted", "settled by look-up")]


def test_a_text_that_the_carrier_never_took_is_sent_after_it_was_missed_twice(database: Database) -> None:
    desk = Desk(database, "lose")
    desk.queue()
    desk.sender.send_due()
    desk.clock.now += timedelta(minutes=3)
    desk.reconciler.settle_unknown()
    assert desk.rows()[0][0] == "submitting", "missed once is not enough"
    desk.settle()
    assert desk.bodies == ["hello"] and desk.rows()[0][0] == "accepted"


def test_urgent_words_are_sent_again_after_one_look(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "lose")
    desk.queue(kind="urgent")
    desk.sender.send_due()
    desk.clock.now += timedelta(minutes=3)
    desk.reconciler.settle_unknown()
    assert desk.rows()[0][0] == "queued"


def test_while_the_carrier_can_not_be_asked_nothing_is_sent_again(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "lose", "list down")
    desk.queue()
    desk.sender.send_due()
    for _ in range(4):
        desk.clock.now += timedelta(minutes=3)
        desk.reconciler.settle_unknown()
    assert desk.rows() == [("submitting", "unknown: ReadTimeout")]


def test_a_worker_killed_before_the_call_loses_nothing(database: Database) -> None:
    desk = Desk(database)
    desk.queue()
    assert len(desk.sender._commit(most=16)) == 1  # and here it dies
    desk.settle()
    assert desk.bodies == ["hello"]


def test_a_worker_killed_after_the_call_doubles_nothing(database: Database) -> None:
    desk = Desk(database)
    desk.queue()
    (intent,) = desk.sender._commit(most=16)
    desk.sender._call(intent)  # and here it dies
    desk.settle()
    assert desk.bodies == ["hello"] and desk.rows()[0][0] == "accepted"


def test_a_worker_that_slept_after_its_intent_does_not_send(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database)
    desk.queue()
    (intent,) = desk.sender._commit(most=16)
    desk.clock.now += timedelta(seconds=6)
    assert desk.sender._call(intent) == NotTaken("asleep", 0.0)
    assert desk.bodies == []


def test_a_worker_that_wakes_after_its_text_was_settled_changes_nothing(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database)
    desk.queue()
    (intent,) = desk.sender._commit(most=16)
    desk.settle()
    assert desk.rows()[0][0] == "accepted"
    desk.sender._commit([(intent, NotTaken("asleep", 0.0))])
    assert desk.rows()[0][0] == "accepted"
    desk.settle()
    assert desk.bodies == ["hello"]


def test_a_busy_carrier_is_asked_again_later(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "busy")
    desk.queue()
    desk.sender.send_due()
    assert desk.rows() == [("queued", "429")] and desk.sender.send_due() == 0
    desk.clock.now += timedelta(seconds=2)
    desk.sender.send_due()
    assert desk.bodies == ["hello"]


def test_a_bug_in_an_adapter_counts_as_unknown(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "break")
    desk.queue()
    desk.sender.send_due()
    assert desk.rows() == [("submitting", "unknown: RuntimeError")]


@pytest.mark.parametrize(
    ("code", "sign"),
    [("21211", "number_takes_no_texts"), ("30006", "number_takes_no_texts"), ("30007", "texts_refused_content"),
     ("21617", "texts_refused_bug"), ("99999", "texts_refused_bug")],
)  # fmt: skip
def test_a_refusal_is_never_retried_and_staff_see_it(sqlite_database: Database, code: str, sign: str) -> None:
    desk = Desk(sqlite_database, code)
    desk.queue()
    desk.sender.send_due()
    desk.settle(2)
    assert desk.rows() == [("failed", code)] and desk.bodies == []
    with desk.database.reading() as session:
        assert list(session.scalars(select(AlertRow.sign))) == [sign]


def test_a_used_up_daily_cap_holds_the_text_until_midnight_pacific(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "30027")
    desk.queue()
    desk.sender.send_due()
    assert desk.rows() == [("queued", "30027")] and desk.sender.send_due() == 0
    desk.clock.now = at("2026-11-21 03:00")
    desk.sender.send_due()
    assert desk.bodies == ["hello"]


def test_a_barred_campaign_is_one_alert_not_a_thousand(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, *["30007"] * 5)
    for number in range(5):
        desk.queue(phone=f"+1202555{number:04d}")
    desk.sender.send_due()
    with desk.database.reading() as session:
        assert list(session.scalars(select(AlertRow.sign))) == ["texts_refused_content"]


def test_a_text_whose_patient_was_erased_is_not_sent(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database)
    desk.queue()
    with desk.database.transaction() as session:
        empty_messages(session, InboxRow.id.is_(None), OutboxRow.id.is_not(None), now=desk.clock())
    desk.sender.send_due()
    assert desk.rows() == [("cancelled", "erased")] and desk.bodies == []


def test_a_number_that_has_said_stop_to_the_carrier_has_said_it_to_us(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "21610")
    desk.queue("one")
    desk.queue("two")
    desk.sender.send_due()
    with desk.database.reading() as session:
        assert consent.state_of(session, desk.database.vault.phone_hash(ANA)) == "withdrawn"
    assert sorted(desk.rows()) == [("cancelled", "opted_out"), ("failed", "21610")]


def test_one_text_of_a_number_is_in_flight_at_a_time_and_urgent_words_go_first(database: Database) -> None:
    desk = Desk(database)
    for body, kind in (("later", "prompt"), ("reply", "reply"), ("danger", "urgent")):
        desk.queue(body, kind=kind)
    desk.queue("other number", phone=BEN)
    assert {intent.text.body for intent in desk.sender._commit(most=16)} == {"danger", "other number"}
    assert desk.worker("two")._commit(most=16) == []
    desk.settle(12)
    assert sorted(desk.bodies) == ["danger", "later", "other number", "reply"]


def test_workers_side_by_side_send_every_text_once(database: Database) -> None:
    desk = Desk(database)
    for number in range(60):
        desk.queue(f"text {number}", phone=f"+1202555{number % 20:04d}")
    workers = [desk.worker(f"worker {number}") for number in range(4)]
    until = time.monotonic() + 60

    def work(sender: Sender) -> None:
        while any(state != "accepted" for state, _ in desk.rows()) and time.monotonic() < until:
            sender.send_due()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(desk.bodies) == sorted(f"text {number}" for number in range(60))


def test_validity_ends_with_the_window(sqlite_database: Database) -> None:
    end = at("2026-11-20 12:30")
    desk = Desk(sqlite_database, gate=lambda *_: Send(end))
    desk.queue()
    desk.sender.send_due()
    assert desk.carrier.taken[0].valid_seconds == 1800


def test_a_gate_holds_and_drops(sqlite_database: Database) -> None:
    verdicts = [Hold(at("2026-11-20 13:00")), Drop("expired", "too_late")]
    desk = Desk(sqlite_database, gate=lambda *_: verdicts.pop(0))
    desk.queue("held")
    desk.queue("dropped", phone=BEN)
    desk.sender.send_due()
    assert desk.rows() == [("queued", None), ("expired", "too_late")] and desk.bodies == []


def test_after_stop_has_committed_nothing_is_submitted_whatever_the_race(database: Database) -> None:
    """Senders and STOPs run side by side, number after number (benchmarks/stop_races.py: 10,000 of them)."""
    found = race(database, 100)
    assert (found.submitted_after_stop, found.left) == (0, 0)
    assert found.sent_before_stop + found.cancelled_by_stop == 110 and found.cancelled_by_stop >= 10


def _sent(database: Database) -> str:
    desk = Desk(database)
    desk.queue()
    desk.sender.send_due()
    with database.reading() as session:
        return str(session.scalars(select(OutboxRow.ref)).one())


ORDERS = list(permutations(("queued", "sending", "sent", "delivered", "failed")))


@pytest.mark.parametrize("part", range(4))
def test_callbacks_in_any_order_and_twice_give_the_same_end(sqlite_database: Database, part: int) -> None:
    desk = Desk(sqlite_database)
    for number, order in enumerate(ORDERS[part::4]):
        phone = f"+1202557{number:04d}"
        desk.queue(phone=phone)
        desk.sender.send_due()
        with desk.database.transaction() as session:
            row = session.scalars(
                select(OutboxRow).where(OutboxRow.phone_hash == desk.database.vault.phone_hash(phone))
            ).one()
            ref, sid = row.ref, str(row.provider_sid)
            for status in (*order, *order):
                take_status(session, Status(sid, status, "", ref), QUICK, now=desk.clock())
            session.expire_all()
            assert (row.status, row.state) == ("delivered", "delivered"), order


def test_a_callback_that_comes_before_our_own_result_proves_acceptance(database: Database) -> None:
    desk = Desk(database, "take and say nothing")
    desk.queue()
    desk.sender.send_due()
    with database.transaction() as session:
        ref = session.scalars(select(OutboxRow.ref)).one()
        take_status(session, Status("SM1", "sent", "", ref), QUICK, now=desk.clock())
    desk.settle(3)
    assert desk.bodies == ["hello"] and desk.rows() == [("accepted", "settled by callback")]


def test_a_carriers_passing_trouble_brings_one_more_try_an_hour_later(sqlite_database: Database) -> None:
    ref = _sent(sqlite_database)
    now = at(NOON)
    for sid, code in (("SM1", "30003"), ("SM1", "30003")):
        with sqlite_database.transaction() as session:
            take_status(session, Status(sid, "undelivered", code, ref), QUICK, now=now)
    with sqlite_database.reading() as session:
        rows = list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        assert [row.state for row in rows] == ["undelivered", "queued"]
        assert rows[1].not_before == now + timedelta(hours=1)


def test_a_callback_about_no_text_of_ours_changes_nothing(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        assert not take_status(
            session, Status("SMx", "delivered", "", "f" * 32), QUICK, now=datetime.now(UTC)
        )


def test_the_same_key_queues_once(database: Database) -> None:
    desk = Desk(database)
    for _ in range(3):
        desk.queue(key="reply:1")
    assert len(desk.rows()) == 1
    with database.reading() as session:
        assert outbox.get(session, str(session.scalars(select(OutboxRow.id)).one())) is not None


def test_a_text_submitted_while_the_clock_was_ahead_is_settled_when_it_is_right_again(
    sqlite_database: Database,
) -> None:
    desk = Desk(sqlite_database, "take and say nothing")
    desk.queue()
    desk.clock.now += timedelta(hours=1)
    desk.sender.send_due()
    desk.clock.now -= timedelta(hours=1)
    desk.settle()
    assert desk.bodies == ["hello"] and desk.rows() == [("accepted", "settled by look-up")]


def test_a_text_taken_while_our_clock_was_ahead_of_the_carriers_is_found(practice: Practice) -> None:
    now = practice.clock()
    taken = practice.carrier.network.take(ANA, "+12025550100", "hello", None, None, now.timestamp())
    for ahead in (timedelta(), timedelta(hours=1), timedelta(hours=-1)):
        assert practice.provider.find(OutboundText(ANA, "hello", "0" * 32, now + ahead)) == (taken.sid,)


def test_a_missed_text_is_not_looked_for_again_before_its_time(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database, "lose")
    desk.reconciler.grace = timedelta(hours=1)
    looks: list[OutboundText] = []
    desk.carrier.find = lambda text: looks.append(text) or ()  # type: ignore[method-assign,func-returns-value]
    desk.queue()
    desk.sender.send_due()
    desk.clock.now += timedelta(hours=2)
    for _ in range(3):
        desk.reconciler.settle_unknown()
    assert len(looks) == 1 and desk.rows()[0][0] == "submitting"


def test_results_that_could_not_be_written_are_written_when_the_database_is_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(sqlite_database)
    desk.queue()

    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailableError("disk full")

    with monkeypatch.context() as away:
        away.setattr(sending, "settle", lambda session, results, *_, **__: fail() if results else None)
        with pytest.raises(DatabaseUnavailableError):
            desk.sender.send_due()
    assert desk.rows()[0][0] == "submitting" and desk.bodies == ["hello"]
    desk.sender.send_due()
    assert desk.rows() == [("accepted", None)] and desk.bodies == ["hello"]
