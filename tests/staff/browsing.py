"""The staff site on a port, and a real Chromium in front of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette

from bot.records import staff
from bot.records.database import Database
from bot.staff import routes
from bot.web.envelope import Envelope
from tests.staff.site import HASHED, PASSWORD, settings_for

SCREENSHOTS = Path("var/screenshots")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_QUIET)
        yield browser
        browser.close()


@contextmanager
def served(database: Database, folder: Path) -> Iterator[str]:
    """The site's address while it runs; its account is demo (no code asked for)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = Envelope(Starlette(routes=routes(settings_for(folder, address), database)), https=False)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join()


def demo_account(database: Database, now: Any) -> None:
    with database.transaction() as session:
        staff.create(session, "demo", "Ann Weber", "admin", now=now, password_hash=HASHED)


class Watched:
    """A page that notes every error, dialog, CSP violation and request to another host."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(self.address):
            self.wrong.append(f"request: {request.url}")

    def sign_in(self) -> Watched:
        self.page.goto(f"{self.address}/staff/sign-in")
        self.page.fill("#login", "demo")
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/staff")
        return self

    def visit(self, path: str) -> Watched:
        answer = self.page.goto(self.address + path)
        assert answer is not None and answer.ok, (path, answer and answer.status)
        return self

    def axe(self) -> list[str]:
        self.page.evaluate(AXE)
        found = self.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
        return [f"{one['id']}: {node['html'][:140]}" for one in found["violations"] for node in one["nodes"]]

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def shot(self, name: str, *, whole: bool = True) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


@contextmanager
def watched(browser: Browser, address: str, **options: Any) -> Iterator[Watched]:
    """A fresh browser profile; at the end nothing wrong may have happened."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 860}} | options))
    page = Watched(context.new_page(), address)
    try:
        yield page
        assert page.wrong == []
    finally:
        context.close()
