"""The staff site in a real Chromium: accessible, quick by keyboard, deaf to what patients' texts try to be."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from bot.records import (
    audit,
    conversation_queue,
    conversations,
    corrections,
    inbox,
    messages,
    patients,
    reviews,
    turns,
    unanswered,
)
from bot.records.database import Database
from bot.staff import demo
from tests.staff.browsing import Watched, chromium, demo_account, served, watched
from tests.staff.payloads import ALL

NOW = datetime.now(UTC)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(autouse=True)
def _is_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DEMO", "1")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(sqlite_database: Database, tmp_path: Path) -> Iterator[str]:
    with sqlite_database.transaction() as session:
        demo.seed(session, now=NOW)
        corrections.propose(session, "soreness_normal", "is it ok to be sore", actor="demo", now=NOW)
    demo_account(sqlite_database, NOW)
    with served(sqlite_database, tmp_path) as found:
        yield found


def pages_of(seen: Watched) -> dict[str, str]:
    """Every page's address, by the name of its screenshot."""
    page = seen.page

    def first(path: str, link: str) -> str:
        seen.visit(path)
        return str(page.locator(link).first.get_attribute("href"))

    return {
        "queues": "/staff",
        "signs": "/staff/alerts",
        "sign": first("/staff/alerts", "article h2 a"),
        "soreness-tasks": "/staff/soreness",
        "unanswered": "/staff/unanswered",
        "review": "/staff/conversations?q=is%3Anew",
        "filters": "/staff/conversations?q=channel:sms+conf:%3E0.5+since:2026-01-01+nonsense:x",
        "transcript": first("/staff/conversations?q=channel:sms", "tr[data-line] a"),
        "teaching": "/staff/teaching",
        "patients": "/staff/patients",
        "patient": first("/staff/patients", "tr[data-line] a"),
        "visit": "/staff/visits/new",
        "reports": "/staff/reports",
        "numbers": "/staff/numbers",
        "audit": "/staff/audit",
        "accounts": "/staff/accounts",
        "account": "/staff/account",
        "keys": "/staff/keys",
    }


@pytest.mark.parametrize(
    ("look", "options"),
    [("desktop", {}), ("dark", {"color_scheme": "dark"}), ("phone", PHONE)],
)
def test_every_page_is_accessible_fits_the_screen_and_keeps_to_its_policy(
    browser: Browser, address: str, look: str, options: dict[str, object]
) -> None:
    with watched(browser, address, **options) as seen:
        seen.visit("/staff/sign-in")
        assert seen.axe() == []
        seen.shot(f"staff-sign-in-{look}")
        seen.sign_in()
        for name, path in pages_of(seen).items():
            seen.visit(path)
            assert (name, seen.axe()) == (name, [])
            assert not seen.scrolls_sideways(), name
            seen.shot(f"staff-{name}-{look}")


def test_the_keyboard_map_opens_with_a_question_mark_and_is_accessible(
    browser: Browser, address: str
) -> None:
    with watched(browser, address) as seen:
        seen.sign_in().page.keyboard.press("?")
        assert seen.page.locator("dialog#keys").is_visible()
        assert seen.axe() == []
        seen.page.keyboard.press("Escape")
        assert not seen.page.locator("dialog#keys").is_visible()


def test_a_reviewer_clears_twenty_conversations_by_keyboard_alone(
    browser: Browser, address: str, sqlite_database: Database
) -> None:
    with watched(browser, address) as seen:
        seen.sign_in()
        page = seen.page
        page.keyboard.press("g")
        page.keyboard.press("i")
        page.wait_for_url("**/conversations?q=is%3Anew")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/conversations/*")
        took, read = [], []
        for _ in range(20):
            read.append(page.url.partition("?")[0])
            before, begun = page.url, time.perf_counter()
            page.keyboard.press("e")
            page.wait_for_url(lambda url, before=before: url != before, wait_until="domcontentloaded")
            took.append(time.perf_counter() - begun)
        page.keyboard.press("u")
        page.wait_for_url(f"{read[-1]}?*")
    assert len(set(read)) == 20
    with sqlite_database.reading() as session:
        reviewed = [one for one in read if conversations.get(session, one.rpartition("/")[2]).reviewed_at]  # type: ignore[union-attr]
    assert reviewed == read[:-1]
    print(
        f"key to next transcript: median {statistics.median(took) * 1000:.0f} ms, max {max(took) * 1000:.0f} ms"
    )
    # How fast that must be is measured by benchmarks/staff_site.py.


def _first_to_review(seen: Watched) -> Page:
    seen.sign_in().visit("/staff/conversations?q=is%3Anew")
    for key in ("j", "Enter"):
        seen.page.keyboard.press(key)
    seen.page.wait_for_url("**/staff/conversations/*")
    return seen.page


def test_a_key_that_is_held_down_reviews_one_conversation(
    browser: Browser, address: str, sqlite_database: Database
) -> None:
    with sqlite_database.reading() as session:
        before = conversation_queue.count_new(session)
    with watched(browser, address) as seen:
        page = _first_to_review(seen)
        page.keyboard.down("e")
        page.wait_for_url("**undo=*")
        for _ in range(5):
            page.keyboard.down("e")  # the keyboard repeats it
        page.keyboard.up("e")
        page.keyboard.press("d")
        page.wait_for_load_state("networkidle")
    with sqlite_database.reading() as session:
        assert conversation_queue.count_new(session) == before - 1


def test_the_next_transcript_begins_at_its_top_and_a_tag_leaves_the_eye_where_it_is(
    browser: Browser, address: str
) -> None:
    with watched(browser, address, viewport={"width": 1280, "height": 500}) as seen:
        page = _first_to_review(seen)
        page.evaluate("scrollTo(0, 200)")
        for key in ("e", "j"):
            before = page.url
            page.keyboard.press(key)
            page.wait_for_url(lambda url, before=before: url != before)
            assert page.evaluate("scrollY") == 0
        page.evaluate("scrollTo(0, 150)")
        page.locator("#tag").evaluate("field => field.focus({preventScroll: true})")
        page.keyboard.type("wording")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Remove wording").wait_for()
        assert page.evaluate("scrollY") == 150


def test_how_messages_were_understood_stays_open_on_the_transcripts_that_follow(
    browser: Browser, address: str
) -> None:
    with watched(browser, address) as seen:
        page = _first_to_review(seen)
        page.keyboard.press("j")
        page.locator("details.how").first.wait_for()
        page.keyboard.press("d")
        before = page.url
        page.keyboard.press("e")
        page.wait_for_url(lambda url: url != before)
        assert page.locator("details.how[open]").count() == page.locator("details.how").count() > 0


def test_back_leads_to_the_transcript_before(browser: Browser, address: str) -> None:
    with watched(browser, address) as seen:
        page = _first_to_review(seen)
        first, words = page.url, page.locator(".lines").inner_text()
        page.keyboard.press("e")
        page.wait_for_url("**undo=*")
        page.go_back()
        page.get_by_role("button", name="Put it back").wait_for()
        assert page.url == first and page.locator(".lines").inner_text() == words


def test_keys_rest_while_somebody_types_and_when_they_are_turned_off(browser: Browser, address: str) -> None:
    with watched(browser, address) as seen:
        seen.sign_in().visit("/staff/conversations?q=is%3Anew")
        seen.page.keyboard.press("j")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/staff/conversations/*")
        before = seen.page.url
        seen.page.keyboard.press("n")
        seen.page.keyboard.type("even jeux")
        assert seen.page.url == before
        assert seen.page.locator("#text").input_value() == "even jeux"
        seen.visit("/staff/account").page.get_by_label("Use keys such as").uncheck()
        seen.page.get_by_role("button", name="Save").click()
        seen.visit("/staff").page.keyboard.press("?")
        assert not seen.page.locator("dialog#keys").is_visible()


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    with watched(browser, address, java_script_enabled=False) as seen:
        seen.sign_in().visit("/staff/alerts")
        page = seen.page
        page.get_by_role("button", name="I take care of it").first.click()
        assert "Acknowledged" in page.content()
        page.get_by_label("Outcome").select_option("called")
        page.get_by_label("What was done").fill("Called, is fine.")
        page.get_by_role("button", name="Close the alert").click()
        assert "Closed lately" in page.content()
        seen.visit("/staff/conversations?q=is%3Anew").page.locator("tr[data-line] a").first.click()
        page.get_by_label("New tag").fill("wording")
        page.get_by_role("button", name="Add", exact=True).click()
        assert "Remove wording" in page.content()
        page.get_by_role("button", name="Reviewed, next").click()
        assert "Undo" in page.content()


def test_texts_that_try_to_become_something_else_stay_texts_on_every_page(
    browser: Browser, sqlite_database: Database, tmp_path: Path
) -> None:
    assert len(ALL) >= 200
    with sqlite_database.transaction() as session:
        person = patients.create(session, zone="America/New_York", now=NOW, name=ALL[0], external_id=ALL[3])
        for number, text in enumerate(ALL):
            thread = f"x{number // 30}"
            conversations.ensure(session, thread, "web", now=NOW, patient=person.id if number < 30 else None)
            heard, _ = inbox.receive(session, "web", f"{thread}:{number}", thread, text, now=NOW)
            messages.append(session, thread, "patient", text, now=NOW, inbox=heard.id)
            messages.append(session, thread, "assistant", text, now=NOW, answer=text, model_id=text)
            turns.record(
                session, thread, heard.id, now=NOW, text=text, intent=text, confidence=0.2,
                ranking=({"name": text, "confidence": 0.2},), entities=[{"entity": text, "value": text}],
                slots={text: text}, policy=text, actions=(text,), answers=(text,), model_id=text,
            )  # fmt: skip
            reviews.add_note(session, text, actor=text, now=NOW, conversation=thread)
            reviews.tag(session, thread, text, actor="x", now=NOW)
            conversations.add_topics(session, thread, (text,))
            unanswered.note(
                session, thread, heard.id, text, now=NOW, nearest=({"name": text, "confidence": 0.1},)
            )
            corrections.propose(session, text, text, actor=text, now=NOW, understood_as=text)
            audit.append(session, text, text, text, now=NOW, reason=text)
        reviews.add_note(session, ALL[5], actor="x", now=NOW, patient=person.id)
    demo_account(sqlite_database, NOW)
    with served(sqlite_database, tmp_path) as address, watched(browser, address) as seen:
        seen.sign_in()
        lists = (
            "/staff",
            "/staff/conversations",
            "/staff/unanswered",
            "/staff/teaching",
            "/staff/patients",
            "/staff/audit",
        )
        single = [f"/staff/conversations/x{number}" for number in range(len(ALL) // 30 + 1)]
        for path in (*lists, *single, f"/staff/patients/{person.id}"):
            seen.visit(path).page.wait_for_timeout(50)
        for text in ALL[::7]:
            seen.page.goto(f"{address}/staff/conversations?q=" + quote(text))
        assert seen.page.evaluate("window.pwned") is None
        shown = seen.visit("/staff/conversations/x0").page.locator(".patient .bubble").all_inner_texts()
        assert "<script>alert(1)</script>" in shown
