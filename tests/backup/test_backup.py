"""A backup is a consistent copy, taken while others write; a damaged one or one without its keys is refused."""

from __future__ import annotations

import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.backup.archive import BackupError, pack, read_manifest, unpack
from bot.backup.making import back_up, save_keys
from bot.backup.restoring import install_keys, restore
from bot.records import audit, messages
from bot.records.database import Database, open_database
from bot.records.encryption import Keys, Vault, open_vault
from bot.records.messages import MessageRow
from bot.records.outbox import OutboxRow
from bot.sms.saying import say
from tests.records.scenario import NAME, PHONE, WORDS, fill

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PAIRS = [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]


@pytest.fixture
def filled(sqlite_database: Database) -> Database:
    with sqlite_database.transaction() as session:
        fill(session)
    return sqlite_database


class Writing:
    """Somebody who texts without a pause: each text and its line in the thread in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database, self._stop, self._begun = database, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._begun.wait(60)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        number = 0
        while not self._stop.wait(0.002):  # leaves others a gap to write in
            with self._database.transaction() as session:
                say(session, f"+1202555{number % 9000:04d}", f"load:{number}", "hello", "notice", now=NOW)
            number += 1
            self._begun.set()


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_a_backup_taken_under_load_is_one_moment_and_is_restored_to_either_database(
    kind: str,
    other: str,
    request: pytest.FixtureRequest,
    elsewhere: dict[str, str],
    tmp_path: Path,
    vault: Vault,
) -> None:
    database: Database = request.getfixturevalue(f"{kind}_database")
    with database.transaction() as session:
        fill(session)
    with Writing(database):
        manifest = back_up(database, tmp_path / "backup", actor="test", now=NOW)
    restore(tmp_path / "backup", elsewhere[other], vault, actor="test", now=NOW)
    there = open_database(elsewhere[other], vault)
    there.upgrade()
    with there.reading() as session:
        assert [line.text for line in messages.after(session, "thread")] == [WORDS]
        texts = session.scalar(select(func.count()).where(OutboxRow.dedup_key.like("load:%")))
        lines = session.scalar(select(func.count()).where(MessageRow.outbox_id.is_not(None)))
        assert texts == lines == manifest.rows["outbox"] - 1
        assert audit.verify(session) == ()
        assert [entry.action for entry in audit.newest(session, limit=1)] == ["restored"]
    there.close()


def test_nothing_in_a_backup_can_be_read_without_the_keys(filled: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    with tarfile.open(tmp_path / "backup") as tar:
        bodies = b"".join(tar.extractfile(name).read() for name in tar.getnames())  # type: ignore[union-attr]
    for secret in (WORDS, NAME, PHONE, *filled.vault.keys.to_json().splitlines()[2:3]):
        assert secret.encode() not in bodies
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match=r"sealed with key .* not here"):
        restore(
            tmp_path / "backup", f"sqlite:///{tmp_path / 'x.db'}", Vault(Keys.generate()), actor="a", now=NOW
        )
    assert not (tmp_path / "x.db").exists()


def test_keys_saved_apart_open_the_backup_elsewhere(filled: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    save_keys(filled.vault.keys, tmp_path / "keys.json")
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    install_keys(tmp_path / "keys.json", tmp_path / "var" / "keys", now=NOW)
    vault = open_vault(tmp_path / "var" / "keys")
    restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'x.db'}", vault, actor="a", now=NOW)
    there = open_database(f"sqlite:///{tmp_path / 'x.db'}", vault)
    with there.reading() as session:
        assert messages.after(session, "thread")[0].text == WORDS
    there.close()


def test_other_keys_are_put_aside_only_when_forced(filled: Database, tmp_path: Path) -> None:
    save_keys(filled.vault.keys, tmp_path / "keys.json")
    others = open_vault(tmp_path / "keys").keys
    with pytest.raises(BackupError, match="other keys are there"):
        install_keys(tmp_path / "keys.json", tmp_path / "keys", now=NOW)
    install_keys(tmp_path / "keys.json", tmp_path / "keys", now=NOW, force=True)
    aside = tmp_path / "keys" / "data.json.before-restore-20261120-160000"
    assert aside.read_text() == others.to_json()
    assert open_vault(tmp_path / "keys").keys == filled.vault.keys


@pytest.mark.parametrize("place", [0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    filled: Database, tmp_path: Path, vault: Vault, place: float
) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    whole = (tmp_path / "backup").read_bytes()
    at = min(int(len(whole) * place), len(whole) - 1)
    for damaged in (whole[:at], _flipped(whole, at)):
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(BackupError):
            read_manifest(tmp_path / "damaged")
            restore(tmp_path / "damaged", f"sqlite:///{tmp_path / 'x.db'}", vault, actor="a", now=NOW)
    assert not (tmp_path / "x.db").exists()


def test_a_backup_whose_copy_is_another_than_its_manifest_says_is_refused(
    filled: Database, tmp_path: Path, vault: Vault
) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    (tmp_path / "unpacked").mkdir()
    manifest, copy = unpack(tmp_path / "backup", tmp_path / "unpacked")
    copy.write_bytes(_flipped(copy.read_bytes(), 70_000))
    pack(tmp_path / "other", copy, manifest)
    with pytest.raises(BackupError, match="checksum"):
        restore(tmp_path / "other", f"sqlite:///{tmp_path / 'x.db'}", vault, actor="a", now=NOW)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_data_that_is_there_is_not_lost_without_force(
    kind: str, filled: Database, elsewhere: dict[str, str], tmp_path: Path, vault: Vault
) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    restore(tmp_path / "backup", elsewhere[kind], vault, actor="a", now=NOW)
    with pytest.raises(BackupError, match="holds data already; --force"):
        restore(tmp_path / "backup", elsewhere[kind], vault, actor="a", now=NOW)
    done = restore(tmp_path / "backup", elsewhere[kind], vault, actor="a", now=NOW, force=True)
    if kind == "sqlite":
        assert done.aside is not None
        aside = open_database(f"sqlite:///{done.aside}", vault)
        with aside.reading() as session:
            assert messages.after(session, "thread")[0].text == WORDS
        aside.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_somebody_works_in_is_not_restored_over(
    kind: str, filled: Database, elsewhere: dict[str, str], tmp_path: Path, vault: Vault
) -> None:
    back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    running = open_database(elsewhere[kind], vault)
    running.upgrade()
    with pytest.raises(BackupError, match="in use; stop the processes first"):
        restore(tmp_path / "backup", elsewhere[kind], vault, actor="a", now=NOW, force=True)
    running.close()


def test_a_backup_is_never_written_over_another_and_is_remembered(filled: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup", actor="cli:ann", now=NOW)
    with pytest.raises(BackupError, match="is there already"):
        back_up(filled, tmp_path / "backup", actor="cli:ann", now=NOW)
    with filled.reading() as session:
        (newest,) = audit.newest(session, limit=1)
    assert (newest.actor, newest.action) == ("cli:ann", "backed up")
    assert read_manifest(tmp_path / "backup").keys == [filled.vault.keys.current]
    assert sorted(file.name for file in tmp_path.iterdir() if "backup" in file.name) == ["backup"]


def test_a_backup_of_a_newer_version_asks_for_an_update(
    filled: Database, tmp_path: Path, vault: Vault
) -> None:
    manifest = back_up(filled, tmp_path / "backup", actor="test", now=NOW)
    (tmp_path / "unpacked").mkdir()
    _, copy = unpack(tmp_path / "backup", tmp_path / "unpacked")
    newer = type(manifest)(**{**manifest.__dict__, "revision": "9999"})
    pack(tmp_path / "newer", copy, newer)
    with pytest.raises(BackupError, match="newer version"):
        restore(tmp_path / "newer", f"sqlite:///{tmp_path / 'x.db'}", vault, actor="a", now=NOW)


def _flipped(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]
