"""A message from a patient: stored once, worked on once, in order, and never lost by a worker's death."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

from bot.records import conversations, inbox
from bot.records.database import Database
from tests.records.scenario import NOW, PHONE

LEASE = timedelta(seconds=60)


def _receive(
    database: Database, number: int, conversation: str = "thread", seconds: int | None = None
) -> str:
    when = NOW + timedelta(seconds=number if seconds is None else seconds)
    with database.transaction() as session:
        return inbox.receive(session, "sms", f"SM{number}", conversation, f"text {number}", now=when)[0].id


def _claim(database: Database, owner: str = "one", at: int = 100, limit: int = 8) -> list[str]:
    with database.transaction() as session:
        now = NOW + timedelta(seconds=at)
        return [message.body for message in inbox.claim(session, owner, now=now, lease=LEASE, limit=limit)]


def test_a_message_that_comes_again_is_not_stored_again(database: Database) -> None:
    with database.transaction() as session:
        first, is_new = inbox.receive(session, "sms", "SM1", "thread", "sore", now=NOW, phone=PHONE)
        assert is_new
    with database.transaction() as session:
        later = NOW + timedelta(days=30)
        again, is_new = inbox.receive(session, "sms", "SM1", "thread", "other words", now=later)
        assert (again, is_new) == (first, False)
        _, is_new = inbox.receive(session, "web", "SM1", "other", "the web has ids of its own", now=NOW)
        assert is_new


def test_a_message_that_comes_from_eight_sides_at_once_is_stored_once(database: Database) -> None:
    new: list[bool] = []

    def post() -> None:
        with database.transaction() as session:
            new.append(inbox.receive(session, "sms", "SM1", "thread", "sore", now=NOW)[1])

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(new) == {True: 1, False: 7}


def test_messages_of_one_conversation_are_worked_on_one_at_a_time_in_order(database: Database) -> None:
    ids = [_receive(database, number) for number in (1, 2)]
    assert _claim(database) == ["text 1"]
    assert _claim(database, "two") == []
    with database.transaction() as session:
        assert inbox.complete(session, ids[0], "one", now=NOW)
    assert _claim(database, "two") == ["text 2"]


def test_different_conversations_are_worked_on_side_by_side(database: Database) -> None:
    for number in (1, 2, 3):
        _receive(database, number, f"thread {number}")
    assert _claim(database, limit=2) == ["text 1", "text 2"]
    assert _claim(database, "two") == ["text 3"]


def test_a_message_with_an_earlier_clock_waits_while_another_is_worked_on(database: Database) -> None:
    _receive(database, 2)
    assert _claim(database) == ["text 2"]
    _receive(database, 1, seconds=-30)
    assert _claim(database, "two") == []


def test_a_dead_workers_message_is_free_when_its_lease_ends_and_lost_to_the_dead(database: Database) -> None:
    message = _receive(database, 1)
    assert _claim(database, "dead", at=100) == ["text 1"]
    assert _claim(database, "alive", at=159) == []
    assert _claim(database, "alive", at=161) == ["text 1"]
    with database.transaction() as session:
        assert not inbox.complete(session, message, "dead", now=NOW)
        assert inbox.complete(session, message, "alive", now=NOW)
        found = inbox.get(session, message)
    assert found and (found.state, found.attempts) == ("answered", 2)


def test_a_message_put_back_waits_until_its_time(database: Database) -> None:
    message = _receive(database, 1)
    _claim(database)
    with database.transaction() as session:
        wait = NOW + timedelta(seconds=200)
        assert inbox.release(session, message, "one", not_before=wait, error="assistant_down")
    assert _claim(database, at=199) == []
    assert _claim(database, at=200) == ["text 1"]


def test_a_failed_message_stays_to_be_seen_and_holds_nobody_up(database: Database) -> None:
    message = _receive(database, 1)
    _receive(database, 2)
    _claim(database)
    with database.transaction() as session:
        assert inbox.fail(session, message, "one", error="too_many_tries")
    assert _claim(database) == ["text 2"]
    with database.transaction() as session:
        assert (found := inbox.get(session, message)) and found.error == "too_many_tries"


def test_the_door_can_hold_a_message_that_no_worker_then_takes(database: Database) -> None:
    with database.transaction() as session:
        message, _ = inbox.receive(session, "web", "1", "thread", "hello", now=NOW)
        assert inbox.hold(session, message.id, "door", now=NOW, lease=LEASE)
        assert not inbox.hold(session, message.id, "other", now=NOW, lease=LEASE)
    assert _claim(database, at=59) == []
    assert _claim(database, at=61) == ["hello"]


def test_many_workers_never_share_a_message(database: Database) -> None:
    for number in range(60):
        _receive(database, number, f"thread {number % 20}")
    done: list[str] = []

    def work(owner: str) -> None:
        while True:
            with database.transaction() as session:
                found = inbox.claim(session, owner, now=NOW + timedelta(hours=1), lease=LEASE, limit=3)
            for message in found:
                with database.transaction() as session:
                    assert inbox.complete(session, message.id, owner, now=NOW)
                done.append(message.body)
            with database.reading() as session:
                if not session.query(inbox.InboxRow).filter(inbox.InboxRow.state != "answered").count():
                    return

    threads = [threading.Thread(target=work, args=[str(number)]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(done) == Counter(f"text {number}" for number in range(60))
    for thread_number in range(20):
        order = [int(body.split()[1]) for body in done if int(body.split()[1]) % 20 == thread_number]
        assert order == sorted(order)


def test_a_conversation_is_made_once_and_remembers_when_it_was_last_seen(database: Database) -> None:
    later = NOW + timedelta(minutes=5)
    with database.transaction() as session:
        for when in (NOW, later, NOW):
            conversations.ensure(session, "thread", "web", now=when)
        found = conversations.get(session, "thread")
    assert found is not None
    assert (found.created_at, found.last_seen, found.messages) == (NOW, later, 0)
    assert len({conversations.new_web_id() for _ in range(1000)}) == 1000
