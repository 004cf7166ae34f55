"""What is sealed stays sealed: in its place, on the disk, and through a change of keys."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.records import encryption, inbox, patients, reports, rotation, tracker
from bot.records.database import Database, open_database
from bot.records.encryption import Keys, KeysError, Sealed, TamperedError, Vault, open_vault, read_keys
from bot.records.inbox import InboxRow
from bot.records.rows import add, value_of
from tests.records.scenario import NAME, NOW, PHONE, WORDS, fill


@given(st.text(), st.text(), st.text())
def test_what_is_sealed_for_a_place_opens_there_and_nowhere_else(words: str, place: str, other: str) -> None:
    words, place, other = (s.encode("utf-8", "ignore").decode() for s in (words, place, other))
    vault = Vault(Keys.generate())
    sealed = vault.seal(place, words)
    assert vault.open(place, sealed) == words
    if other != place:
        with pytest.raises(TamperedError):
            vault.open(other, sealed)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(position: int, flip: int) -> None:
    vault = Vault(Keys.generate())
    sealed = bytearray(vault.seal("inbox|body|1", WORDS))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(TamperedError):
        vault.open("inbox|body|1", bytes(sealed))


def test_the_same_words_are_never_sealed_alike() -> None:
    vault = Vault(Keys.generate())
    assert len({vault.seal("inbox|body|1", WORDS) for _ in range(100)}) == 100


def test_words_swapped_between_two_patients_are_refused(database: Database) -> None:
    with database.transaction() as session:
        for number in "12":
            inbox.receive(session, "web", number, number, f"words of {number}", now=NOW)
    with database.transaction() as session:
        one, two = session.query(InboxRow).order_by(InboxRow.external_id)
        one.body, two.body = two.body, one.body
    with pytest.raises(TamperedError, match=r"inbox\|body\|"), database.transaction() as session:
        inbox.claim(session, "worker", now=NOW, lease=NOW - NOW)


def test_words_moved_to_another_column_are_refused(database: Database) -> None:
    with database.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW, name=NAME, phone=PHONE).id
        session.execute(text("update patients set name = phone"))
    with pytest.raises(TamperedError, match=r"patients\|name\|"), database.transaction() as session:
        patients.get(session, patient)


def test_plain_words_never_reach_an_encrypted_column(database: Database) -> None:
    with pytest.raises(Exception, match="takes sealed values only"), database.transaction() as session:
        session.add(patients.PatientRow(id="1", zone="UTC", created_at=NOW, name=b"plain"))


def test_a_grep_of_the_database_finds_neither_words_nor_name_nor_phone(database: Database) -> None:
    with database.transaction() as session:
        fill(session)
    canaries = [WORDS, NAME, PHONE, PHONE[2:], "zebra", "Quetzal", "CANARYSECRET"]
    everything = _files_of(database)
    assert b"America/New_York" in everything, "the grep must look where the rows are"
    assert [canary for canary in canaries if canary.encode() in everything] == []


def _files_of(database: Database) -> bytes:
    if database.engine.dialect.name == "sqlite":
        folder = Path(str(database.engine.url.database)).parent
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    with database.transaction() as session:
        session.execute(text("checkpoint"))
        data = Path(str(session.execute(text("show data_directory")).scalar()))
        oid = session.execute(text("select oid from pg_database where datname = current_database()")).scalar()
    files = [*(data / "base" / str(oid)).iterdir(), *(data / "pg_wal").glob("0*")]
    return b"".join(path.read_bytes() for path in files if path.is_file())


def test_a_phone_is_found_by_its_number_without_being_stored_readably(database: Database) -> None:
    with database.transaction() as session:
        first = patients.create(session, zone="UTC", now=NOW, name="Ann", phone=PHONE)
        second = patients.create(session, zone="UTC", now=NOW, name="Ben", phone=PHONE)
        patients.create(session, zone="UTC", now=NOW, name="Cem", phone="+12025550144")
        assert patients.find_by_phone(session, PHONE) == (first, second)


def test_fingerprints_and_conversation_ids_depend_on_the_installations_key() -> None:
    one, other = Vault(Keys.generate()), Vault(Keys.generate())
    assert one.phone_hash(PHONE) != other.phone_hash(PHONE)
    assert one.conversation_id("sms", PHONE) != other.conversation_id("sms", PHONE)
    assert one.conversation_id("sms", PHONE) == one.conversation_id("sms", PHONE)
    assert one.conversation_id("sms", PHONE) != one.conversation_id("web", PHONE)
    assert len(one.conversation_id("sms", PHONE)) == 32


def test_keys_are_made_on_first_use_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "keys"
    vault = open_vault(folder)
    assert [path.name for path in folder.iterdir()] == ["data.json"]
    assert (folder / "data.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert open_vault(folder).keys == vault.keys


def test_processes_that_start_together_end_up_with_the_same_keys(tmp_path: Path) -> None:
    program = "import sys, pathlib; from bot.records.encryption import open_vault; "
    program += "print(open_vault(pathlib.Path(sys.argv[1])).keys.current)"
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    found = [process.communicate()[0] for process in starts]
    assert len(set(found)) == 1 and len(found[0]) == 9


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_vault(tmp_path)
    (tmp_path / "data.json").chmod(0o640)
    with pytest.raises(KeysError, match="chmod 600"):
        open_vault(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"current": "a", "data": {}, "index": ""}', "\x00"])
def test_a_broken_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeysError, match=r"data\.json: is not a"):
        open_vault(tmp_path)


def test_keys_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys.generate()
    monkeypatch.setenv("BOT_DATA_KEYS", keys.to_json())
    assert open_vault(tmp_path).keys == keys
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("BOT_DATA_KEYS", "x")
    with pytest.raises(KeysError, match="BOT_DATA_KEYS"):
        open_vault(tmp_path)


def test_keys_are_not_shown_by_accident() -> None:
    keys = Keys.generate()
    assert str(keys.index) not in repr(keys) and str(keys.data[keys.current]) not in repr(keys)


def test_a_rotation_seals_everything_again_and_loses_nothing(database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url, open_vault(tmp_path))
    database.upgrade()
    with database.transaction() as session:
        fill(session)
        for n in range(1203):
            tracker.append_events(session, "long", [{"event": "user", "n": n}], now=NOW)
        before = inbox.get(session, _only_message(session))
    old = database.vault.keys.current
    assert rotation.rotate(database) > 1203
    assert list(rotation.old_values(database)) == []
    assert rotation.retire_old_keys(database) == 1
    fresh = open_database(database_url, open_vault(tmp_path))
    fresh.upgrade()
    assert old not in fresh.vault.keys.data
    with fresh.transaction() as session:
        assert inbox.get(session, _only_message(session)) == before
        assert [event["n"] for event in tracker.read_events(session, "long")] == list(range(1203))
        assert reports.recent(session)[0].details.words == WORDS
    database.close()
    fresh.close()


def _only_message(session) -> str:
    return session.query(InboxRow.id).scalar()


def test_a_process_that_runs_on_during_rotations_never_fails(database_url: str, tmp_path: Path) -> None:
    busy, rotating = (open_database(database_url, open_vault(tmp_path)) for _ in range(2))
    busy.upgrade()
    with busy.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW, name=NAME).id
    stop = threading.Event()

    def work() -> set[str | None]:
        names: set[str | None] = set()
        while not stop.is_set():
            with busy.transaction() as session:
                one = patients.create(session, zone="UTC", now=NOW, name=NAME)
                names.add(_name(session, patient))
            with busy.reading() as session:
                names |= {_name(session, patient), _name(session, one.id)}
        return names

    with ThreadPoolExecutor(1) as thread:
        worker = thread.submit(work)
        try:
            for _ in range(3):
                rotation.rotate(rotating)
                rotation.retire_old_keys(rotating)
        finally:
            stop.set()
        assert worker.result() == {NAME}, "and what went wrong in it is raised here"
    assert list(rotation.old_values(busy)) == []
    assert len(read_keys(tmp_path / "data.json").data) == 1
    for database in (busy, rotating):
        database.close()


def _name(session: Session, patient: str) -> str | None:
    found = patients.get(session, patient)
    return found.name if found else None


def _rotate_and_retire(database: Database, published: threading.Event, end: threading.Event) -> None:
    """A rotation that says when its new key is in force, and when it is over."""
    change = database.vault.change_keys

    def change_and_say(how: Callable[[Keys], Keys]) -> None:
        change(how)
        published.set()

    database.vault.change_keys = change_and_say  # type: ignore[method-assign]
    rotation.rotate(database)
    rotation.retire_old_keys(database)
    end.set()


def test_no_key_is_thrown_away_while_something_sealed_with_it_is_not_committed(
    database_url: str, tmp_path: Path
) -> None:
    """A value is sealed; before it reaches the database, keys are rotated and the old ones retired."""
    busy, rotating = (open_database(database_url, open_vault(tmp_path)) for _ in range(2))
    busy.upgrade()
    published, end = threading.Event(), threading.Event()
    seal = busy.vault.seal
    with ThreadPoolExecutor(1) as thread:

        def seal_and_let_them_rotate(place: str, clear: str) -> Sealed:
            sealed = seal(place, clear)
            begun.append(thread.submit(_rotate_and_retire, rotating, published, end))
            assert published.wait(60)
            assert not end.wait(0.3), "the old key was thrown away while a value needed it"
            return sealed

        begun: list[Future[None]] = []
        busy.vault.seal = seal_and_let_them_rotate  # type: ignore[method-assign]
        with busy.transaction() as session:
            patient = patients.create(session, zone="UTC", now=NOW, name=NAME).id
        begun[0].result()
    fresh = open_database(database_url, open_vault(tmp_path))
    with fresh.reading() as session:
        assert _name(session, patient) == NAME
    assert len(fresh.vault.keys.data) == 1
    for database in (busy, rotating, fresh):
        database.close()


def test_a_value_fetched_before_a_rotation_is_readable_after_it(database_url: str, tmp_path: Path) -> None:
    reader, rotating = (open_database(database_url, open_vault(tmp_path)) for _ in range(2))
    reader.upgrade()
    with reader.transaction() as session:
        patient = patients.create(session, zone="UTC", now=NOW, name=NAME).id
    with reader.reading() as session:
        row = session.get_one(patients.PatientRow, patient)
        rotation.rotate(rotating)
        rotation.retire_old_keys(rotating)
        assert value_of(session, row, "name") == NAME
    for database in (reader, rotating):
        database.close()


def test_threads_of_a_process_see_a_new_key_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread is still reading the changed file when another asks for the keys."""
    vault, other = open_vault(tmp_path), open_vault(tmp_path)
    before = vault.keys.current
    other.change_keys(Keys.with_new_current)
    reading, go_on = threading.Event(), threading.Event()

    def read_slowly(path: Path) -> Keys:
        reading.set()
        assert go_on.wait(60)
        return read_keys(path)

    monkeypatch.setattr(encryption, "read_keys", read_slowly)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lambda: vault.keys.current)
        assert reading.wait(60)
        second = threads.submit(lambda: vault.keys.current)
        early = wait([second], timeout=0.2).done
        go_on.set()
        assert not early and first.result() == second.result() == other.keys.current != before


def test_of_two_who_change_the_keys_at_once_neither_loses_the_others(tmp_path: Path) -> None:
    vaults = [open_vault(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda vault: vault.change_keys(Keys.with_new_current), vaults * 5))
    assert len(read_keys(tmp_path / "data.json").data) == 21


def test_every_change_of_the_key_file_is_seen_however_quick(tmp_path: Path) -> None:
    one, other = open_vault(tmp_path), open_vault(tmp_path)
    for _ in range(50):
        one.change_keys(Keys.with_new_current)
        one.change_keys(lambda keys: keys.without(keys.data.keys()))
        assert other.keys.current == one.keys.current


def test_an_old_key_is_kept_while_a_value_needs_it(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url, open_vault(tmp_path))
    database.upgrade()
    with database.transaction() as session:
        patients.create(session, zone="UTC", now=NOW, name=NAME)
    database.vault.change_keys(Keys.with_new_current)
    with pytest.raises(KeysError, match="run `bot keys rotate` again"):
        rotation.retire_old_keys(database)
    assert rotation.rotate(database) >= 1, "an interrupted rotation goes on"
    assert len(read_keys(tmp_path / "data.json").data) == 2
    assert rotation.retire_old_keys(database) == 1


def test_a_rotation_with_keys_from_the_environment_says_what_to_do(sqlite_database: Database) -> None:
    with pytest.raises(KeysError, match="BOT_DATA_KEYS"):
        rotation.rotate(sqlite_database)


def test_a_half_written_key_file_is_never_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = open_vault(tmp_path)
    before = (tmp_path / "data.json").read_text()
    monkeypatch.setattr(os, "fsync", _fail)
    with pytest.raises(OSError, match="disk full"):
        vault.change_keys(Keys.with_new_current)
    assert (tmp_path / "data.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["data.json"]


def _fail(_: int) -> None:
    raise OSError("disk full")


def test_times_without_a_zone_are_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time without zone"), database.transaction() as session:
        patients.create(session, zone="UTC", now=datetime(2026, 11, 20, 15, 0))


def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    from zoneinfo import ZoneInfo

    second_one_thirty = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))
    with database.transaction() as session:
        patient = patients.create(session, zone="America/New_York", now=second_one_thirty)
    with database.reading() as session:
        found = patients.get(session, patient.id)
    assert found and found.created_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert found.created_at.tzinfo is UTC


def test_a_sealed_value_of_none_stays_none(database: Database) -> None:
    with database.transaction() as session:
        row = add(session, patients.PatientRow, zone="UTC", created_at=NOW)
        assert row.name is None
        assert patients.get(session, row.id) == replace(patients.get(session, row.id), name=None)  # type: ignore[type-var]
