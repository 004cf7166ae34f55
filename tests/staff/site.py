"""A staff site with people in front of it: signed-in clients over a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.records import staff
from bot.records.database import Database
from bot.settings import ROOT, Settings, load_clinic
from bot.staff import routes
from bot.web.envelope import Envelope

CLINIC = load_clinic(ROOT / "clinic.yml")
PASSWORD = "correct-horse-battery"
# Cheap: a hash of the site's own takes a fifth of a second, and every signed-in person costs one.
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
ORIGIN = "https://clinic.example.org"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Clock:
    """The time that the site sees."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)


def settings_for(folder: Path, public_url: str = ORIGIN, **clinic: Any) -> Settings:
    return Settings(
        clinic=CLINIC.model_copy(update=clinic), var=folder, host="127.0.0.1", port=1, public_url=public_url,
        assistant_url="http://127.0.0.1:9", database_url="unused",
    )  # fmt: skip


@dataclass
class Site:
    """The site; `person` signs somebody in."""

    database: Database
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=routes(self.settings, self.database, self.clock))

    def browser(self) -> TestClient:
        """A browser that is not signed in; it says where its forms come from."""
        app = Envelope(self.app, https=True)
        client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        client.headers["sec-fetch-site"] = "same-origin"
        return client

    def account(self, login: str, role: str) -> str:
        """Add an account with a second factor; gives the id."""
        with self.database.transaction() as session:
            return staff.create(
                session, login, login.title(), role, now=self.clock(), password_hash=HASHED,
                totp_secret=pyotp.random_base32(),
            ).id  # fmt: skip

    def code(self, login: str) -> str:
        with self.database.reading() as session:
            who = staff.find_by_login(session, login)
            assert who and who.totp_secret
            return pyotp.TOTP(who.totp_secret).at(self.clock())

    def person(self, role: str, login: str | None = None) -> TestClient:
        """Somebody of a role, signed in."""
        name = login or role.replace("_", "")
        self.account(name, role)
        return self.signed_in(name)

    def signed_in_anew(self, role: str) -> TestClient:
        """The person of a role once more; a code counts once, so that time passes."""
        self.clock.pass_time(seconds=31)
        return self.signed_in(role.replace("_", ""))

    def signed_in(self, login: str) -> TestClient:
        client = self.browser()
        form = {"login": login, "password": PASSWORD, "code": self.code(login)}
        answer = client.post("/staff/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        return client

    def write(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with self.database.transaction() as session:
            return work(session, *args, **more)

    def read(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with self.database.reading() as session:
            return work(session, *args, **more)
