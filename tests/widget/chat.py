"""The widget in a real Chromium, as a patient uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page

from tests.widget.stub import Stub

SCREENSHOTS = Path("var/screenshots")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Retries come twenty times faster, so that waiting does not slow the tests. What storage needs to reach another
#: tab (SPREAD in conversation.js) is the browser's time and stays.
FAST = "{ const real = setTimeout; window.setTimeout = (work, ms) => real(work, ms == 2000 ? ms : ms / 20); }"


class Chat:
    """One page with the widget: the clinic's page (`page`) and the frame of the chat (`frame`)."""

    def __init__(self, page: Page, stub: Stub) -> None:
        self.page, self.stub = page, stub
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            self.errors.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        self.errors.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if request.url.startswith("http") and f"clinic.localhost:{self.stub.port}/" not in request.url:
            self.foreign.append(request.url)

    @property
    def frame(self) -> Frame:
        return next(frame for frame in self.page.frames if "/chat" in frame.url)

    @property
    def launcher(self) -> Locator:
        return self.page.locator("clinic-chat button")

    @property
    def input(self) -> Locator:
        return self.frame.locator("#text[placeholder]")  # there once the script has begun

    def visit(self, path: str = "/host") -> "Chat":
        """The clinic's page, on another origin of the same site."""
        self.page.goto(f"http://clinic.localhost:{self.stub.port}{path}")
        return self

    def open(self) -> "Chat":
        self.launcher.click()
        self.page.frame_locator("iframe").locator("#notice p").first.wait_for()
        return self

    def plain(self, query: str = "") -> "Chat":
        """The page of the chat alone."""
        self.page.goto(f"http://chat.clinic.localhost:{self.stub.port}/chat{query}")
        return self

    def say(self, text: str) -> "Chat":
        self.input.fill(text)
        self.input.press("Enter")
        return self

    def words(self) -> list[str]:
        """What is on the screen, in order, without times."""
        return self.frame.locator("#messages > li .words").evaluate_all(
            "all => all.map(one => one.innerText)"
        )

    def wait_for(self, words: str) -> Locator:
        found = self.frame.locator("#messages .words", has_text=words).last
        found.wait_for()
        return found

    def settled(self, turns: int, timeout: float = 20_000) -> None:
        """Until everything said is answered and nothing waits."""
        self.frame.wait_for_function(
            """n => document.querySelector('#typing').hidden && !document.querySelector('.queued')
                && document.querySelectorAll('#messages > li:not(.own)').length >= n""",
            arg=turns,
            timeout=timeout,
        )

    def axe(self, without: str = "") -> list[str]:
        """What axe-core finds, in the clinic's page and in the frame: rule and place."""
        self.page.wait_for_timeout(50)
        found = []
        for frame in self.page.frames:
            frame.evaluate(AXE)
            results = frame.evaluate(
                "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, iframes: false})", RULES
            )
            violations = [v for v in results["violations"] if v["id"] != without]
            found += [f"{v['id']}: {n['html'][:160]}" for v in violations for n in v["nodes"]]
        return found

    def shot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@contextmanager
def chat_in(browser: Browser, stub: Stub, *, fast: bool = False, **options: Any) -> Iterator[Chat]:
    """A fresh browser profile; afterwards, no error, no CSP violation, no request to another host."""
    context: BrowserContext = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
    if fast:
        context.add_init_script(FAST)
    chat = Chat(context.new_page(), stub)
    try:
        yield chat
        assert not chat.errors, chat.errors
        assert not chat.foreign, chat.foreign
    finally:
        context.close()
