"""Who is told of an alert and when, over a mail server and a webhook that really run."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bot.alerting import tell_people
from bot.alerting.telling import check_alerting
from bot.records import alerts, audit
from bot.records.database import Database
from bot.settings import ROOT, Alerting, Settings, SettingsError, load_clinic
from tests.staff.site import settings_for

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WORDS = "zebra-canary cant breathe since yesterday, call +12025550143, Quetzal"
FRONT, CLINICIAN, ONCALL, ADMIN = (
    "frontdesk@example.org",
    "clinician@example.org",
    "oncall@example.org",
    "admin@example.org",
)


class MailBox:
    """What a mail server received; `is_down` has it refuse."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str, str]] = []
        self.is_down = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.is_down:
            return "451 not now"
        mail = message_from_bytes(envelope.content)
        text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
        self.letters.append((envelope.rcpt_tos, str(mail["Subject"]), text))
        return "250 OK"

    def told(self) -> list[str]:
        return [to for people, _, _ in self.letters for to in people]


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailBox]:
    box = MailBox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("BOT_SMTP_URL", f"smtp://127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def opened(database: Database, tier: str = "emergency") -> str:
    with database.transaction() as session:
        alert, _ = alerts.open_alert(
            session, "breathless", tier, now=NOW, words=WORDS, answered=WORDS, next_escalation_at=NOW
        )
        return alert.id


def after(database: Database, settings: Settings, minutes: float) -> int:
    return tell_people(database, settings, NOW + timedelta(minutes=minutes))


def test_the_first_on_the_ladder_is_told_at_once_and_once(
    database: Database, settings: Settings, mailbox: MailBox
) -> None:
    opened(database)
    assert [after(database, settings, minutes) for minutes in (0, 1, 5, 14)] == [1, 0, 0, 0]
    assert mailbox.told() == [FRONT]


def test_unacknowledged_it_climbs_at_15_30_and_60_minutes(
    database: Database, settings: Settings, mailbox: MailBox
) -> None:
    opened(database)
    told: dict[int, list[str]] = {}
    for minutes in range(0, 120):
        before = len(mailbox.letters)
        after(database, settings, minutes)
        if len(mailbox.letters) > before:
            told[minutes] = mailbox.told()[before:]
    assert told == {0: [FRONT], 15: [CLINICIAN], 30: [ONCALL], 60: [ADMIN]}


def test_once_acknowledged_nobody_else_is_told(
    database: Database, settings: Settings, mailbox: MailBox
) -> None:
    alert = opened(database)
    after(database, settings, 0)
    with database.transaction() as session:
        alerts.acknowledge(session, alert, actor="ann", now=NOW)
    assert after(database, settings, 90) == 0


def test_a_letter_holds_a_tier_and_a_link_and_nothing_about_the_patient(
    sqlite_database: Database, settings: Settings, mailbox: MailBox
) -> None:
    alert = opened(sqlite_database)
    after(sqlite_database, settings, 0)
    ((_, subject, text),) = mailbox.letters
    assert "EMERGENCY" in subject
    assert f"https://clinic.example.org/staff/alerts/{alert}" in text
    for private in ("zebra", "breath", "2025550143", "Quetzal"):
        assert private not in subject + text


def test_while_mail_is_down_it_is_tried_again_and_the_ladder_goes_on(
    sqlite_database: Database, settings: Settings, mailbox: MailBox
) -> None:
    alert = opened(sqlite_database)
    mailbox.is_down = True
    for minutes in range(17):
        assert after(sqlite_database, settings, minutes) == 0
    mailbox.is_down = False
    assert after(sqlite_database, settings, 18) == 2
    assert mailbox.told() == [FRONT, CLINICIAN]
    with sqlite_database.reading() as session:
        steps = [step.note for step in alerts.history(session, alert) if step.kind == "escalated"]
    assert steps == ["to front desk", "to clinician"]


def test_a_server_that_answers_nothing_stops_nobody(
    sqlite_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SMTP_URL", "smtp://127.0.0.1:9")
    opened(sqlite_database)
    assert after(sqlite_database, settings, 0) == 0


def test_two_workers_tell_once(sqlite_database: Database, settings: Settings, mailbox: MailBox) -> None:
    for _ in range(4):
        opened(sqlite_database)
    workers = [threading.Thread(target=after, args=(sqlite_database, settings, 0)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert mailbox.told() == [FRONT] * 4


def test_every_letter_is_in_the_audit_as_a_disclosure(
    sqlite_database: Database, settings: Settings, mailbox: MailBox
) -> None:
    alert = opened(sqlite_database)
    after(sqlite_database, settings, 16)
    with sqlite_database.reading() as session:
        entries = audit.of_object(session, f"alert:{alert}")
        assert audit.verify(session) == ()
    assert [(entry.action, entry.details["step"]) for entry in entries] == [
        ("told", "clinician"),
        ("told", "front desk"),
    ]


def test_a_webhook_gets_a_signed_tier_and_link(
    sqlite_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[tuple[bytes, str]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["X-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("BOT_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/alerts")
    monkeypatch.setenv("BOT_ALERT_WEBHOOK_SECRET", "s" * 32)
    alert = opened(sqlite_database)
    assert after(sqlite_database, settings, 0) == 1
    server.shutdown()
    ((body, signature),) = got
    assert json.loads(body) == {
        "tier": "emergency", "step": "front desk", "link": f"https://clinic.example.org/staff/alerts/{alert}"
    }  # fmt: skip
    assert signature == hmac.new(b"s" * 32, body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"BOT_SMTP_URL": "mail.example.org"}, "BOT_SMTP_URL"),
        ({"BOT_SMTP_URL": "smtp://host:notaport"}, "BOT_SMTP_URL"),
        ({"BOT_ALERT_WEBHOOK": "http://example.org/x", "BOT_ALERT_WEBHOOK_SECRET": "s" * 32}, "https"),
        ({"BOT_ALERT_WEBHOOK": "https://example.org/x"}, "BOT_ALERT_WEBHOOK_SECRET"),
    ],
)
def test_settings_that_can_tell_nobody_stop_the_start_in_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said) as error:
        check_alerting(settings)
    assert "\n" not in str(error.value)


def test_mail_without_anybody_to_tell_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SMTP_URL", "smtp://127.0.0.1:25")
    with pytest.raises(SettingsError, match="nobody is named"):
        check_alerting(settings_for(tmp_path, alerting=Alerting()))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("frontdesk@example.org", "frontdesk.example.org", "alerting.steps.0.to"),
        ("from: assistant@example.org", "from: assistant", "alerting.from"),
        ("after_minutes: 30", "after_minutes: 10", "after_minutes must be more"),
    ],
)
def test_a_mistake_in_clinic_yml_names_the_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "clinic.yml"
    file.write_text((ROOT / "clinic.yml").read_text().replace(old, new))
    with pytest.raises(SettingsError, match=said):
        load_clinic(file)
