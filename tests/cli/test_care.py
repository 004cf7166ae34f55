"""`bot backup`, `bot restore` and `bot db` as an operator meets them: what is said, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import _app
from bot.records import restored
from bot.records.database import open_database
from bot.records.encryption import Keys
from bot.settings import SettingsError
from tests.records.scenario import WORDS, fill


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("BOT_DATABASE_URL", "BOT_DATA_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOT_VAR", str(tmp_path / "here"))
    return tmp_path


def bot(*words: object) -> Result:
    return CliRunner().invoke(_app, [str(word) for word in words])


def test_an_installation_is_brought_back_on_another_machine(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bot("db", "upgrade").exit_code == 0
    database = open_database(f"sqlite:///{here / 'here' / 'bot.db'}")
    with database.transaction() as session:
        fill(session)
    database.close()
    made = bot("backup", here / "backup")
    assert "are not in it: keep a copy of var/keys/data.json elsewhere" in made.output
    assert bot("backup", here / "backup2", "--keys", here / "keys.json").exit_code == 0

    monkeypatch.setenv("BOT_VAR", str(here / "there"))
    without = bot("restore", here / "backup")
    assert isinstance(without.exception, SettingsError)
    assert str(without.exception).endswith("give --keys FILE")
    assert not (here / "there").exists()  # no new keys were made for a database that they can't open
    done = bot("restore", here / "backup", "--keys", here / "keys.json")
    assert done.exit_code == 0, done.output
    assert "1 texts may have gone since: the carrier is asked before any is sent" in done.output
    assert "1 texts that had no answer yet are alerts for staff" in done.output
    there = open_database(f"sqlite:///{here / 'there' / 'bot.db'}")
    with there.reading() as session:
        from bot.records import messages

        assert messages.after(session, "thread")[0].text == WORDS
    there.close()


def test_the_state_of_the_tables_is_told_and_a_due_upgrade_is_an_exit_code(here: Path) -> None:
    before = bot("db", "status")
    assert before.exit_code == 1 and "to do: 0001 The first tables." in before.output
    assert bot("db", "upgrade").exit_code == 0
    after = bot("db", "status")
    assert after.exit_code == 0 and "to do" not in after.output


def test_a_database_brought_back_by_other_means_is_made_safe_too(here: Path) -> None:
    assert bot("db", "upgrade").exit_code == 0
    database = open_database(f"sqlite:///{here / 'here' / 'bot.db'}")
    with database.transaction() as session:
        fill(session)
    done = bot("db", "restored", "2026-11-20T02:00")
    assert done.exit_code == 0 and "1 texts may have gone since" in done.output
    with database.reading() as session:
        assert restored.last(session) is not None
    database.close()
    assert bot("db", "restored", "2999-01-01").exit_code == 2


def test_everything_is_sealed_again_with_a_key_from_the_environment(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Keys.generate()
    monkeypatch.setenv("BOT_DATA_KEYS", old.to_json())
    assert bot("db", "upgrade").exit_code == 0
    monkeypatch.setenv("BOT_DATA_KEYS", old.with_new_current().to_json())
    assert "1 values are sealed with the new key" in bot("keys", "reseal").output


@pytest.mark.parametrize("words", [("restore", "nowhere"), ("backup", "/nowhere/at/all")])
def test_what_can_not_be_done_is_one_line(here: Path, words: tuple[str, str]) -> None:
    bot("db", "upgrade")
    error = bot(*words).exception
    assert isinstance(error, SettingsError) and "\n" not in str(error)
