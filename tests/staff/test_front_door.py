"""The staff site behind the real front door, and what it may not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.records.database import Database
from bot.web.app import create_app
from tests.staff.site import HASHED, NOW, PASSWORD, settings_for


def test_the_front_door_opens_the_staff_site(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.records import staff

    monkeypatch.setenv("BOT_INTERNAL_TOKEN", "t" * 40)
    monkeypatch.setenv("BOT_DEMO", "1")
    with sqlite_database.transaction() as session:
        staff.create(session, "demo", "Demo", "admin", now=NOW, password_hash=HASHED)
    app = create_app(settings_for(tmp_path), database=sqlite_database)
    with TestClient(app, base_url="https://clinic.example.org") as client:
        client.headers["sec-fetch-site"] = "same-origin"
        assert "Staff sign-in" in client.get("/staff").text
        client.post("/staff/sign-in", data={"login": "demo", "password": PASSWORD})
        page = client.get("/staff")
        assert "Warning signs" in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "max-age" in page.headers["strict-transport-security"]


@pytest.mark.parametrize("module", ["bot.staff", "bot.alerting", "bot.cli"])
def test_neither_rasa_nor_tensorflow_is_imported(module: str) -> None:
    code = (
        f"import {module}, sys; print([m for m in sys.modules if m.split('.')[0] in ('rasa', 'tensorflow')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
