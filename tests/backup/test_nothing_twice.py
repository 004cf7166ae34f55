"""After a restore no patient gets a text twice, none is lost, and what can't be known goes to people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.backup.making import back_up
from bot.backup.restoring import restore
from bot.followups.gate import gate_for
from bot.records.alerts import AlertRow
from bot.records.database import Database, open_database
from bot.records.encryption import Vault
from bot.records.inbox import InboxRow
from bot.records.outbox import OutboxRow
from bot.records.staff import StaffSessionRow
from bot.records.visits import VisitRow
from bot.sms.conversing import Conversing
from bot.sms.provider import Capabilities
from bot.sms.reconciling import Reconciler
from bot.sms.saying import say
from bot.sms.sending import Sender
from bot.web.records import Records
from tests.sms.practice import Practice, open_practice

PHONES = [f"+1202555{number}" for number in range(1000, 1006)]
LATER = timedelta(hours=1)


@pytest.fixture
def there(tmp_path: Path, vault: Vault) -> Iterator[str]:
    (tmp_path / "elsewhere").mkdir()
    yield f"sqlite:///{tmp_path / 'elsewhere' / 'bot.db'}"


async def test_nothing_is_texted_twice_and_nothing_is_lost_after_a_restore(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    async with open_practice(sqlite_database, tmp_path, "2026-11-20 10:00") as old:
        for phone in PHONES:
            old.session(phone, name=f"P{phone[-4:]}", ended="2026-11-20 10:00")
        _queue(old, "queued", PHONES[:3])
        _queue(old, "queued too", PHONES[:3])  # a second text of the same number
        _queue(old, "not before the restore", PHONES[3:4], old.clock() + 5 * LATER)
        _queue(old, "on its way", PHONES[4:5], urgent=True)
        (on_its_way,) = old.sender._commit(most=1)
        await old.says(PHONES[5], "does it hurt?", run=False)
        await old.hooks()

        _back_up_under_load(old, tmp_path / "backup")
        old.sender._call(on_its_way)  # taken by the carrier; the result is lost with the machine
        await old.later(hours=4)  # the first questions go out, the reply too
        sent = old.carrier.network.counts()
        assert {body.split(": ")[-1] for _, body in sent} >= {"queued", "queued too", "on its way"}
        assert sum("sore" in body for _, body in sent) == len(PHONES)

        new = await _restored(old, tmp_path / "backup", there, vault)
        await _settle(new)
        assert _twice(new) == {} and new.carrier.network.counts() == sent
        await new.later(hours=2)
        await _settle(new)
        now_sent = {key for key, count in new.carrier.network.counts().items() if count > sent.get(key, 0)}
        assert now_sent == {(PHONES[3], "not before the restore")}
        await new.until("2026-11-21 12:00")  # the next day's questions are asked, each once
        assert _questions(new) == dict.fromkeys(PHONES, 2)
        new.database.close()


async def test_a_text_without_an_answer_in_the_backup_goes_to_a_person(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    async with open_practice(sqlite_database, tmp_path) as old:
        await old.says(PHONES[0], "does it hurt?", run=False)
        await old.hooks()
        back_up(old.database, tmp_path / "backup", actor="test", now=old.clock())
        new = await _restored(old, tmp_path / "backup", there, vault)
        await _settle(new)
        assert new.reads(PHONES[0]) == []
        with new.database.reading() as session:
            (message,) = session.scalars(select(InboxRow))
            (alert,) = session.scalars(select(AlertRow))
        assert (message.state, message.error) == ("failed", "restored")
        assert (alert.sign, alert.inbox_id, alert.state) == ("unanswered_at_restore", message.id, "open")
        new.database.close()


async def test_a_session_imported_again_is_not_asked_what_was_due_before_the_restore(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    async with open_practice(sqlite_database, tmp_path, "2026-11-20 10:00") as old:
        back_up(old.database, tmp_path / "backup", actor="test", now=old.clock())
        old.session(PHONES[0], ended="2026-11-20 10:00")
        await old.later(hours=4)
        asked = len(old.reads(PHONES[0]))
        new = await _restored(old, tmp_path / "backup", there, vault)
        again = new.session(PHONES[0], ended="2026-11-20 10:00")
        await new.later(minutes=10)
        assert len(new.reads(PHONES[0])) == asked
        assert new.steps(again)["hours3"] == "expired"
        new.database.close()


async def test_a_reminder_is_not_sent_when_the_answer_may_be_lost(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    async with open_practice(sqlite_database, tmp_path, "2026-11-20 10:00") as old:
        visit = old.session(PHONES[0], ended="2026-11-20 10:00")
        await old.later(hours=3, minutes=30)
        back_up(old.database, tmp_path / "backup", actor="test", now=old.clock())
        await old.says(PHONES[0], "6")
        read = old.reads(PHONES[0])
        new = await _restored(old, tmp_path / "backup", there, vault)
        await new.later(hours=6)
        assert new.reads(PHONES[0]) == read
        assert new.steps(visit)["hours3:r1"] == "expired"
        new.database.close()


async def test_where_the_carrier_can_not_be_asked_a_person_is(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    async with open_practice(sqlite_database, tmp_path) as old:
        _queue(old, "queued", PHONES[:1], urgent=True)
        back_up(old.database, tmp_path / "backup", actor="test", now=old.clock())
        await old.run()
        new = await _restored(old, tmp_path / "backup", there, vault)
        new.provider.capabilities = Capabilities(lookup=False, validity=False, stops=True)
        new.clock.now += 2 * LATER
        await _settle(new)
        assert _twice(new) == {}
        with new.database.reading() as session:
            assert [alert.sign for alert in session.scalars(select(AlertRow))] == [
                "text_unknown_after_restore"
            ]
        new.database.close()


async def test_nobody_stays_signed_in_over_a_restore(
    sqlite_database: Database, vault: Vault, tmp_path: Path, there: str
) -> None:
    from bot.records import staff

    async with open_practice(sqlite_database, tmp_path) as old:
        now = old.clock()
        with old.database.transaction() as session:
            who = staff.create(session, "ann", "Ann", "clinician", now=now)
            session.add(
                StaffSessionRow(
                    token_hash="t", staff_id=who.id, created_at=now, last_seen=now, expires_at=now + LATER
                )
            )
        back_up(old.database, tmp_path / "backup", actor="test", now=now)
        new = await _restored(old, tmp_path / "backup", there, vault)
        with new.database.reading() as session:
            assert [one.revoked_at for one in session.scalars(select(StaffSessionRow))] == [now]
        new.database.close()


def _queue(practice: Practice, body: str, phones: list[str], at=None, urgent: bool = False) -> None:  # type: ignore[no-untyped-def]
    with practice.database.transaction() as session:
        for phone in phones:
            text, _ = say(
                session,
                phone,
                f"{body}:{phone}",
                body,
                "urgent" if urgent else "notice",
                now=practice.clock(),
            )
            if at is not None:
                session.get_one(OutboxRow, text.id).not_before = at


def _back_up_under_load(practice: Practice, file: Path) -> None:
    """Back up while somebody else writes all the time."""
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.002):  # leaves others a gap to write in
            with practice.database.transaction() as session:
                for row in session.scalars(select(VisitRow)):
                    row.therapist = "written"

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(practice.database, file, actor="test", now=practice.clock())
    finally:
        stop.set()
        writer.join()


async def _restored(old: Practice, file: Path, url: str, vault: Vault) -> Practice:
    """The practice on a database brought back elsewhere: same carrier, same time, the old machine gone."""
    restore(file, url, vault, actor="test", now=old.clock())
    database = open_database(url, vault)
    clinic, clock = old.clinic, old.clock
    return replace(
        old,
        database=database,
        sender=Sender(database, old.provider, clinic, gate_for(clinic), "new", clock),
        conversing=Conversing(Records(database), old.conversing.assistant, clinic, "new", clock),
        reconciler=Reconciler(database, old.provider, clinic, clock, grace=timedelta(0)),
    )


async def _settle(practice: Practice) -> None:
    """Send, ask the carrier, send again, until nothing changes."""
    for _ in range(10):
        await practice.run()
        practice.clock.now += timedelta(seconds=5)
        if not practice.reconciler.settle_unknown():
            return


def _twice(practice: Practice) -> dict[tuple[str, str], int]:
    return {key: count for key, count in practice.carrier.network.counts().items() if count > 1}


def _questions(practice: Practice) -> dict[str, int]:
    asked: dict[str, int] = {}
    for (phone, body), count in practice.carrier.network.counts().items():
        if "sore" in body:
            asked[phone] = asked.get(phone, 0) + count
    return asked
