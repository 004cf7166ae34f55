"""What a patient can do with the widget, beside talking."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import bot.widget
from bot.reading import read_report
from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub

STRINGS = Path(bot.widget.__file__).parent / "strings"


def test_the_first_lines_say_who_speaks_what_it_is_not_for_who_reads_and_where_privacy_is(chat: Chat) -> None:
    notice = chat.visit().open().frame.locator("#notice")
    expect(notice).to_contain_text("automated assistant, not a person")
    expect(notice).to_contain_text("Not for emergencies")
    expect(notice).to_contain_text("Clinic staff can read this chat")
    links = notice.get_by_role("link").evaluate_all("all => all.map(one => one.href)")
    assert links == ["https://www.example.org/privacy", "tel:911", "tel:+12025550143"]


def test_the_conversation_survives_a_reload_and_another_page_of_the_clinic(chat: Chat) -> None:
    chat.visit().open().say("What is dry needling?").wait_for("thin needle")
    before = chat.words()
    chat.page.reload()
    chat.open()
    chat.wait_for("thin needle")
    assert chat.words() == before
    chat.visit("/host?page=2").open()
    chat.wait_for("thin needle")
    assert chat.words() == before
    assert len(chat.stub.conversations) == 1


def test_a_chosen_reply_becomes_the_patients_message_and_the_offers_go(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.frame.get_by_role("button", name="Does it hurt?").click()
    chat.wait_for("You said: Does it hurt?")
    assert chat.stub.bodies[-1]["button"] == {"message": 2, "index": 0}
    assert "text" not in chat.stub.bodies[-1]
    expect(chat.frame.locator(".offer button")).to_have_count(0)
    assert chat.frame.evaluate("document.activeElement.id") == "text"


def test_offers_that_were_answered_do_not_come_back_with_a_reload(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.say("thanks").wait_for("You said: thanks")
    chat.page.reload()
    chat.wait_for("You said: thanks")
    expect(chat.frame.locator(".offer button")).to_have_count(0)


def test_sources_stand_under_the_answer(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.frame.get_by_text("Sources (2)").click()
    link = chat.frame.get_by_role("link", name="Dommerholt 2013")
    assert link.get_attribute("href") == "https://doi.org/10.1179/106698111X13129729551985"
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_answers_are_shown_as_paragraphs_lists_tables_bold_and_links(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.say("compare").wait_for("meridians")
    first, second = chat.frame.locator("#messages > .answer .words").all()
    assert first.locator("> ul > li").all_inner_texts() == [
        "a brief twitch",
        "a dull ache",
        "soreness for a day or two",
    ]
    assert first.locator("strong").all_inner_texts() == ["thin needle"]
    assert first.locator("p").count() == 2
    assert second.locator("th").all_inner_texts() == ["Dry needling", "Acupuncture"]
    assert second.locator("tr").last.locator("td").all_inner_texts() == ["Aim", "muscle", "meridians"]
    assert second.locator("ol > li").all_inner_texts() == ["Ask", "Choose"]
    links = second.get_by_role("link").evaluate_all("all => all.map(one => one.href)")
    assert links == ["https://www.example.org/compare", "tel:2025550143"]


def test_the_curve_is_a_picture_in_which_nothing_runs(chat: Chat) -> None:
    chat.plain().say("3").wait_for("It was 5")
    picture = chat.frame.get_by_role("img", name="Chart of your soreness")
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert chat.page.evaluate("window.ran") is None


def test_a_new_conversation_begins_after_a_question(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.frame.locator("#menu summary").click()
    chat.frame.get_by_role("button", name="New conversation").click()
    chat.frame.get_by_role("button", name="Cancel").click()
    assert chat.words() == ["first", "You said: first"]
    chat.frame.locator("#menu summary").click()
    chat.frame.get_by_role("button", name="New conversation").click()
    chat.frame.locator("#yes").click()
    expect(chat.frame.locator("#messages > li")).to_have_count(0)
    chat.say("second").settled(1)
    assert [len(c.messages) for c in chat.stub.conversations.values()] == [2]  # the first has ended


def test_clear_this_device_leaves_nothing_here_nor_in_other_tabs_and_ends_the_session(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    other = Chat(chat.page.context.new_page(), chat.stub).plain()
    other.wait_for("You said: first")
    chat.frame.locator("#menu summary").click()
    chat.frame.get_by_role("button", name="Clear this device").click()
    chat.frame.locator("#yes").click()
    for tab in (chat, other):
        expect(tab.frame.locator("#messages > li")).to_have_count(0)
        expect(tab.frame.locator("#state")).to_contain_text("This device is cleared")
    assert chat.frame.evaluate("Object.keys(localStorage)") == []
    assert chat.stub.conversations == {}
    chat.say("again").settled(1)
    other.wait_for("You said: again")


def test_clearing_works_without_a_connection(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.page.context.set_offline(True)
    chat.say("second")
    chat.frame.locator("#menu summary").click()
    chat.frame.get_by_role("button", name="Clear this device").click()
    chat.frame.locator("#yes").click()
    expect(chat.frame.locator("#messages > li")).to_have_count(0)
    assert chat.frame.evaluate("Object.keys(localStorage)") == []


def test_the_conversation_can_be_downloaded(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.frame.locator("#menu summary").click()
    with chat.page.expect_download() as download:
        chat.frame.get_by_role("button", name="Download my conversation").click()
    assert download.value.suggested_filename == "conversation.txt"
    assert download.value.path().read_text("utf-8") == "user: first\nbot: You said: first"


def test_a_day_later_the_device_has_forgotten(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.page.add_init_script("{ const now = Date.now; Date.now = () => now() + 25 * 3600e3; }")
    chat.page.reload()
    chat.say("second").settled(1)
    assert chat.words() == ["second", "You said: second"]


@pytest.mark.parametrize(("button", "consent"), [("Yes, keep it", True), ("No, delete it", None)])
def test_a_visitor_is_asked_once_whether_the_words_may_be_kept(
    chat: Chat, button: str, consent: bool | None
) -> None:
    chat.stub.consent_needed = True
    chat.plain().say("before").settled(1)
    chat.frame.get_by_role("button", name=button).click()
    chat.say("after").settled(2)
    assert [body.get("consent") for body in chat.stub.bodies] == [None, consent]
    chat.page.reload()
    chat.wait_for("You said: after")
    expect(chat.frame.get_by_role("button", name=button)).to_have_count(0)


def test_a_patient_is_not_asked(chat: Chat) -> None:
    chat.plain().say("hello").settled(1)
    expect(chat.frame.get_by_text("May we keep")).to_have_count(0)


def test_enter_sends_shift_enter_breaks_the_line_and_composition_sends_nothing(chat: Chat) -> None:
    chat.plain().input.fill("one")
    chat.input.press("Shift+Enter")
    chat.page.keyboard.type("two")
    chat.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    assert chat.stub.said() == []
    chat.input.press("Enter")
    chat.settled(1)
    assert chat.stub.said() == ["one\ntwo"]


def test_an_empty_message_is_not_sent(chat: Chat) -> None:
    chat.plain().say("   ").say("\n\n").say("words").settled(1)
    assert chat.stub.said() == ["words"]


def test_the_input_takes_a_thousand_characters_and_says_when_they_run_out(chat: Chat) -> None:
    chat.plain().input.fill("x" * 950)
    expect(chat.frame.locator("#state")).to_have_text("50 characters left")
    assert chat.input.get_attribute("maxlength") == "1000"


def test_the_button_counts_what_came_while_the_chat_was_closed(chat: Chat) -> None:
    chat.stub.delay = 0.5
    chat.visit().open().say("hello")
    chat.page.keyboard.press("Escape")
    expect(chat.launcher.locator("b")).to_have_text("1")
    chat.open()
    expect(chat.launcher.locator("b")).to_have_text("")


def test_without_storage_the_conversation_lasts_as_long_as_the_page(browser: Browser, stub: Stub) -> None:
    with chat_in(browser, stub, fast=True) as chat:
        chat.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
        )
        chat.visit().open().say("first").settled(1)
        chat.say("second").settled(2)
        assert stub.said() == ["first", "second"]


def test_the_frame_works_inside_a_page_of_another_site(browser: Browser, stub: Stub) -> None:
    with chat_in(browser, stub, fast=True) as chat:
        chat.page.route(
            "http://other.test/",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f'<iframe src="http://chat.clinic.localhost:{stub.port}/chat?embed=1"></iframe>',
            ),
        )
        chat.page.goto("http://other.test/")
        chat.page.wait_for_timeout(300)
        # frame-ancestors lists the clinic's sites, and this is none of them.
        assert chat.page.frames[1].url.startswith("chrome-error:")
        chat.errors.clear()
        chat.foreign.clear()


def test_every_language_has_every_string_and_every_place_of_the_english_one() -> None:
    english = json.loads((STRINGS / "en.json").read_text("utf-8"))
    for path in STRINGS.glob("*.json"):
        strings = json.loads(path.read_text("utf-8"))
        assert strings.keys() - {"parts"} == english.keys(), path.name
        for key, words in english.items():
            if isinstance(words, str):
                assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", strings[key])), key


def test_every_string_is_used_and_every_string_used_is_there() -> None:
    english = set(json.loads((STRINGS / "en.json").read_text("utf-8"))) - {"dir", "starters"}
    source = "".join(path.read_text("utf-8") for path in STRINGS.parent.glob("*.[jh]*"))
    used = set(re.findall(r'\bt\("(\w+)"', source)) | set(re.findall(r'data-t="(\w+)"', source))
    used -= {"state_", "urgent_"}
    used |= {"left", "right", "front", "back", "map_left", "map_right", "urgent_emergency", "urgent_same_day"}
    used |= {f"state_{name}" for name in ("offline", "waiting", "limited", "slow", "cleared")}
    used |= {"restart", "restart_ask", "clear", "clear_ask", "download"}
    assert english == used


def test_spanish_speaks_spanish_and_an_unknown_language_english(chat: Chat) -> None:
    chat.visit("/host?lang=es").open()
    expect(chat.frame.get_by_label("Su mensaje")).to_be_visible()
    assert chat.frame.evaluate("document.documentElement.lang") == "es"
    chat.say("I am sore").wait_for("Where are you sore")
    chat.frame.get_by_text("Elegir de una lista").click()
    chat.frame.get_by_label("rodilla, lado izquierdo").last.check()
    chat.frame.locator(".map").get_by_role("button", name="Enviar").click()
    chat.wait_for("How sore are you there")
    assert chat.stub.said()[-1] == "left knee"  # what is sent is read by the assistant, in English
    assert chat.frame.locator("#messages .words").last.get_attribute("lang") == "en"
    chat.plain("?lang=xx")
    expect(chat.frame.get_by_label("Your message")).to_be_visible()


def test_every_place_on_the_body_map_is_one_that_the_reading_understands(chat: Chat) -> None:
    from datetime import UTC, datetime

    chat.plain().say("I am sore").wait_for("Where are you sore")
    chat.frame.locator("path").first.wait_for()
    parts = set(chat.frame.locator("path").evaluate_all("all => all.map(one => one.dataset.part)"))
    assert len(parts) > 40
    for part in parts:
        reading = read_report(part, asked="where", now=datetime.now(UTC), zone="America/New_York")
        side = part.split()[0] if part.split()[0] in {"left", "right"} else None
        assert [(area.side) for area in reading.areas] == [side], part


def test_the_theme_is_set_by_attributes_and_by_css_variables(chat: Chat) -> None:
    chat.visit("/host?title=Fragen&accent=%23883300&side=start").open()
    assert chat.launcher.inner_text() == "Fragen"
    assert chat.frame.locator("h1").inner_text() == "Fragen"
    colour = "e => getComputedStyle(e).backgroundColor"
    assert (
        chat.launcher.evaluate(colour) == chat.frame.locator("header").evaluate(colour) == "rgb(136, 51, 0)"
    )
    box = chat.launcher.bounding_box()
    assert box and box["x"] == 20
    chat.page.evaluate("document.body.style.setProperty('--chat-accent', 'rgb(1, 2, 3)')")
    assert chat.launcher.evaluate(colour) == "rgb(1, 2, 3)"
