"""A real Chromium for each file of tests, and the stub door, once for all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub, run


# For a file, not for the run: while Playwright is open, nothing else in the process can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path="/usr/bin/chromium", args=quiet)


@pytest.fixture(scope="session")
def door() -> Stub:
    stub = Stub()
    run(stub)
    return stub


@pytest.fixture
def stub(door: Stub) -> Stub:
    door.forget()
    return door


@pytest.fixture
def chat(browser: Browser, stub: Stub) -> Iterator[Chat]:
    with chat_in(browser, stub, fast=True) as chat:
        yield chat
