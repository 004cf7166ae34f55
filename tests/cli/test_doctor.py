"""`bot doctor` finds what is wrong in the data and says how to mend it; what is well it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.backup.making import back_up
from bot.cli import data_checks
from bot.cli.check import AdviceError
from bot.records import alerts, audit, inbox, outbox
from bot.records.database import Database
from bot.records.encryption import Keys, Vault
from bot.settings import ROOT, Settings, load_clinic
from bot.sms.clock import move

CLINIC = load_clinic(ROOT / "clinic.yml")
LONG_AGO = datetime.now(UTC) - timedelta(hours=30)
PHONE = "+12025550143"


def settings_with(folder: Path, provider: str = "twilio", url: str = "https://chat.example.org") -> Settings:
    sms = CLINIC.sms.model_copy(update={"provider": provider})
    return Settings(
        clinic=CLINIC.model_copy(update={"sms": sms}), var=folder, host="127.0.0.1", port=1, public_url=url,
        assistant_url="http://127.0.0.1:1", database_url="",
    )  # fmt: skip


def test_a_sound_installation_is_left_alone(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SMTP_URL", "smtp://localhost")
    settings = settings_with(tmp_path)
    back_up(sqlite_database, tmp_path / "backup", actor="test", now=datetime.now(UTC))
    for said in (
        data_checks.keys(sqlite_database),
        data_checks.file(sqlite_database),
        data_checks.audit_chain(sqlite_database),
        data_checks.backup(sqlite_database, settings),
        data_checks.waits(sqlite_database, settings),
        data_checks.alerts(sqlite_database, settings),
        data_checks.telling(settings),
        data_checks.public_address(settings),
        data_checks.clock(settings),
    ):
        assert said


def late_text(session: Any) -> None:
    outbox.enqueue(session, "a", PHONE, "x", kind="reply", priority=1, now=LONG_AGO)


def late_message(session: Any) -> None:
    inbox.receive(session, "sms", "1", "thread", "x", now=LONG_AGO, phone=PHONE)


def unseen_alert(session: Any) -> None:
    alerts.open_alert(session, "chest_pain", "emergency", now=LONG_AGO)


def altered_audit(session: Any) -> None:
    audit.append(session, "ann", "read", "conversation:1", now=LONG_AGO)
    session.execute(text("update audit set actor = 'ben'"))


@pytest.mark.parametrize(
    ("damage", "check", "mend"),
    [
        (late_text, "waits", r"1 texts to send, the first for 30 h: is the worker running\? docs/runbook.md"),
        (late_message, "waits", "1 texts in, the first for 30 h"),
        (
            unseen_alert,
            "alerts",
            "nobody has acknowledged 1 emergency, the first for 30 h: `bot alerts list`",
        ),
        (altered_audit, "audit_chain", "row 1: .*`bot audit verify`"),
        (lambda session: None, "backup", "there is none; run `bot backup FILE` every night"),
    ],
)
def test_what_is_wrong_is_found_and_how_to_mend_it_said(
    sqlite_database: Database, tmp_path: Path, damage: Callable[[Any], None], check: str, mend: str
) -> None:
    with sqlite_database.transaction() as session:
        damage(session)
    given = [sqlite_database] if check == "audit_chain" else [sqlite_database, settings_with(tmp_path)]
    with pytest.raises(RuntimeError, match=mend):
        getattr(data_checks, check)(*given)


def test_keys_of_another_installation_are_found(sqlite_database: Database) -> None:
    stranger = Database(sqlite_database.engine, Vault(Keys.generate()))
    with pytest.raises(RuntimeError, match=r"not this database's.*`bot restore --keys FILE`"):
        data_checks.keys(stranger)


def test_a_backup_too_old_is_wrong_with_patients_and_advice_without(
    sqlite_database: Database, tmp_path: Path
) -> None:
    back_up(sqlite_database, tmp_path / "backup", actor="test", now=LONG_AGO)
    with pytest.raises(RuntimeError, match="the last is 30 h old"):
        data_checks.backup(sqlite_database, settings_with(tmp_path))
    with pytest.raises(AdviceError):
        data_checks.backup(sqlite_database, settings_with(tmp_path, "fake"))


@pytest.mark.parametrize(
    ("provider", "url", "mend"),
    [
        ("twilio", "http://chat.example.org", "signs the https address"),
        ("fake", "http://chat.example.org", "patients need https"),
        ("fake", "https://chat.example.org", "texts go to the built-in fake carrier"),
    ],
)
def test_an_address_that_can_not_serve_patients_is_found(
    tmp_path: Path, provider: str, url: str, mend: str
) -> None:
    with pytest.raises((RuntimeError, AdviceError), match=mend):
        data_checks.public_address(settings_with(tmp_path, provider, url))


def test_that_nobody_is_told_and_a_moved_clock_are_worth_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_SMTP_URL", raising=False)
    monkeypatch.delenv("BOT_ALERT_WEBHOOK", raising=False)
    settings = settings_with(tmp_path, "fake", "http://127.0.0.1:8080")
    with pytest.raises(AdviceError, match="set BOT_SMTP_URL"):
        data_checks.telling(settings)
    move(settings, timedelta(days=3))
    with pytest.raises(AdviceError, match="moved ahead by 3 days"):
        data_checks.clock(settings)
