"""Anyone can use it: WCAG 2.2 AA and best practice by axe-core, and what axe cannot see, by script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
RECORD_LINES = """() => {
  window.lines = [];
  new MutationObserver(list => list.forEach(change => change.addedNodes.forEach(node => {
    if (change.target.id == 'log') lines.push('log ' + node.textContent.trim());
    else if (node.querySelector)
      for (const alert of node.querySelectorAll('[role=alert]')) lines.push('alert ' + alert.innerText);
  }))).observe(document.body, {childList: true, subtree: true});
}"""


def sideways(chat: Chat) -> list[str]:
    """The elements that stick out at the side, in the page and in the frame."""
    script = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
      [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 80))"""
    return [place for frame in chat.page.frames for place in frame.evaluate(script)]


@pytest.mark.parametrize(
    "scene", ["desktop", "phone", "small", "dark", "dark-phone", "forced-colors", "spanish"]
)
def test_axe_finds_nothing_in_any_state_of_the_widget(browser: Browser, stub: Stub, scene: str) -> None:
    options: dict[str, Any] = {
        "phone": PHONE,
        "small": SMALL,
        "dark": DARK,
        "dark-phone": PHONE | DARK,
        "forced-colors": {"forced_colors": "active"},
    }.get(scene, {})
    stub.consent_needed = True
    with chat_in(browser, stub, **options) as chat:
        chat.visit("/host?lang=es" if scene == "spanish" else "/")
        # With forced colours the colours are the patient's own, and axe cannot measure them.
        without = "color-contrast" if scene == "forced-colors" else ""
        found = {"closed": chat.axe(without)}
        chat.shot(f"{scene}-closed")
        chat.open()
        found["open"] = chat.axe(without)
        chat.shot(f"{scene}-open")
        for state, text, answer in [
            ("turn", "What is dry needling?", "thin needle"),
            ("table", "compare them", "meridians"),
            ("urgent", "urgent: I cannot breathe", "collapsed lung"),
            ("same-day", "I have a fever", "looked at today"),
            ("body-map", "I am sore", "Where are you sore"),
            ("scale", "left shoulder", "How sore are you there"),
            ("curve", "3", "It was 5"),
        ]:
            chat.say(text).wait_for(answer)
            if state == "body-map":
                chat.frame.locator("path").first.wait_for()
                chat.frame.locator(
                    "path[aria-label*='left shoulder'], path[aria-label^='hombro, lado izq']"
                ).first.click(force=True)
            if state == "scale":
                chat.frame.locator(".scores input").nth(6).check()
            found[state] = chat.axe(without)
            chat.shot(f"{scene}-{state}")
        chat.frame.locator("#menu summary").click()
        found["menu"] = chat.axe(without)
        chat.shot(f"{scene}-menu")
        chat.frame.locator("#clear").click()
        found["question"] = chat.axe(without)
        chat.shot(f"{scene}-question")
        assert {state: places for state, places in found.items() if places} == {}
        assert sideways(chat) == []


def test_the_plain_page_of_the_chat_passes_axe(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    assert chat.axe() == []
    assert not chat.frame.locator("#close").is_visible()
    chat.shot("plain-page")


def test_a_whole_soreness_report_works_by_keyboard_alone(chat: Chat) -> None:
    page = chat.visit().page
    page.keyboard.press("Tab")  # the link of the clinic's page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.ariaExpanded") == "false"
    page.keyboard.press("Enter")
    chat.page.frame_locator("iframe").locator("#notice p").first.wait_for()
    chat.frame.wait_for_function(
        "document.activeElement.id == 'text'"
    )  # opening moves the focus into the chat
    page.keyboard.type("I am sore")
    page.keyboard.press("Enter")
    chat.wait_for("Where are you sore")
    chat.frame.locator("path").first.wait_for()
    assert chat.frame.evaluate("document.activeElement.id") == "text"  # an answer does not move it

    def back_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Shift+Tab")
            if chat.frame.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    back_to("svg[aria-label=Back] path")
    back_to("svg[aria-label=Front] path")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    assert chat.frame.evaluate("document.activeElement.ariaLabel") == "left shoulder"
    page.keyboard.press("Space")
    assert chat.frame.evaluate("document.activeElement.ariaChecked") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Send
    chat.wait_for("How sore are you there")
    chat.frame.locator(".scores input").first.wait_for()
    assert chat.frame.evaluate("document.activeElement.id") == "text"
    back_to(".scores input")
    page.keyboard.press("ArrowLeft")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    chosen = chat.frame.evaluate("document.activeElement.value")
    assert len(chat.stub.said()) == 2  # looking through the numbers sends nothing
    page.keyboard.press("Enter")
    chat.wait_for(f"I have noted {chosen} of 10")
    assert chat.stub.said() == ["I am sore", "left shoulder", chosen]
    page.keyboard.press("Escape")
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    expect(chat.launcher).to_be_focused()


def test_the_open_panel_lies_wholly_on_the_screen(browser: Browser, stub: Stub) -> None:
    for width, height in [(1280, 800), (1920, 1080), (700, 500), (390, 844), (320, 480)]:
        with chat_in(browser, stub, viewport={"width": width, "height": height}) as chat:
            box = chat.visit().open().page.locator("iframe").bounding_box()
            assert box and box["x"] >= 0 and box["y"] >= 0
            assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def test_a_closed_chat_has_nothing_to_tab_into(chat: Chat) -> None:
    chat.visit().open()
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()
    places = []
    for _ in range(4):
        chat.page.keyboard.press("Tab")
        places.append(chat.page.evaluate("document.activeElement.tagName"))
    assert "IFRAME" not in places
    assert (
        chat.page.evaluate("document.querySelector('clinic-chat').shadowRoot.activeElement?.tagName")
        != "IFRAME"
    )


def test_escape_closes_the_menu_first_and_then_the_chat(chat: Chat) -> None:
    chat.visit().open()
    chat.frame.locator("#menu summary").click()
    chat.page.keyboard.press("Escape")
    assert not chat.frame.locator("#restart").is_visible()
    assert chat.frame.evaluate("document.activeElement.localName") == "summary"
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_each_answer_is_announced_once_and_history_never(chat: Chat) -> None:
    chat.plain()
    chat.frame.evaluate(RECORD_LINES)
    for text, answer in [
        ("What is dry needling?", "thin needle"),
        ("3", "It was 5"),
        ("urgent", "collapsed lung"),
    ]:
        chat.say(text).wait_for(answer)
    chat.settled(4)
    lines = chat.frame.evaluate("lines")
    assert [line.split()[0] for line in lines] == ["log", "log", "log", "alert"]
    assert lines[0].startswith("log Assistant: Dry needling uses a thin needle")
    assert lines[0].endswith("Suggested replies: Does it hurt?, How long will I be sore?")
    chat.frame.wait_for_function("document.querySelector('#log').childNodes.length == 0")  # gone again
    chat.page.add_init_script("addEventListener('DOMContentLoaded', " + RECORD_LINES + ")")
    chat.page.reload()
    chat.wait_for("collapsed lung")
    assert chat.frame.evaluate("lines") == []
    assert chat.frame.locator("[role=alert]").count() == 0


def test_the_transcript_itself_is_not_live(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    live = (
        "#transcript [aria-live], #transcript [role=log], #transcript [role=status], #transcript [role=alert]"
    )
    assert chat.frame.locator(live).count() == 0


def test_an_urgent_answer_is_an_alert_with_the_number_to_call(chat: Chat) -> None:
    chat.plain().say("urgent").wait_for("collapsed lung")
    alert = chat.frame.get_by_role("alert")
    assert alert.get_by_role("link", name="Call 911").get_attribute("href") == "tel:911"
    assert [link.get_attribute("href") for link in alert.get_by_role("link").all()] == [
        "tel:911",
        "tel:988",
        "tel:911",
    ]
    chat.say("fever").wait_for("looked at today")
    alert = chat.frame.get_by_role("alert").last
    assert alert.get_by_role("link", name="Call (202) 555-0143").get_attribute("href") == "tel:+12025550143"


def test_the_scale_is_a_radio_group_with_words_at_its_ends(chat: Chat) -> None:
    chat.plain().say("left knee").wait_for("How sore are you there")
    group = chat.frame.get_by_role("radiogroup", name="Soreness from 0 to 10")
    group.wait_for()
    assert [r.get_attribute("value") for r in group.get_by_role("radio").all()] == [str(n) for n in range(11)]
    described = group.evaluate(
        "g => g.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).innerText).join(' ')"
    )
    assert "no soreness" in described and "worst imaginable" in described
    assert chat.frame.get_by_role("button", name="Skip this").is_visible()


def test_the_list_of_body_parts_is_the_equal_of_the_picture(chat: Chat) -> None:
    chat.plain().say("I am sore").wait_for("Where are you sore")
    chat.frame.get_by_text("Choose from a list").click()
    listed = set(chat.frame.locator(".list label").all_inner_texts())
    drawn = set(
        chat.frame.locator("path").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    )
    assert listed == drawn
    chat.frame.get_by_label("right calf").last.check()
    assert chat.frame.locator("path[aria-label='right calf']").get_attribute("aria-checked") == "true"
    chat.frame.locator("path[aria-label='left elbow']").first.click(force=True)
    assert chat.frame.locator(".list").get_by_label("left elbow").is_checked()
    chat.frame.locator(".map").get_by_role("button", name="Send").click()
    chat.settled(2)
    assert chat.stub.said()[-1] == "right calf, left elbow"


def test_left_and_right_are_the_patients_own(chat: Chat) -> None:
    chat.plain().say("I am sore").wait_for("Where are you sore")

    def middle(view: str) -> float:
        box = chat.frame.locator(f"svg[aria-label={view}] path[aria-label='left elbow']").bounding_box()
        picture = chat.frame.locator(f"svg[aria-label={view}]").bounding_box()
        assert box and picture
        return (box["x"] + box["width"] / 2 - picture["x"]) / picture["width"]

    assert middle("Front") > 0.5 > middle("Back")


def test_every_target_is_44_pixels_or_has_an_equal_that_is(browser: Browser, stub: Stub) -> None:
    with chat_in(browser, stub, **SMALL) as chat:
        chat.visit().open()
        chat.say("I am sore").wait_for("Where are you sore")
        chat.frame.get_by_text("Choose from a list").click()
        small = chat.frame.evaluate(
            """() => [...document.querySelectorAll('button, summary, textarea, .list label, .scores label')]
                .filter(e => e.checkVisibility() && !e.closest('dialog'))
                .filter(e => { const b = e.getBoundingClientRect(); return b.height < 44 || b.width < 44 })
                .map(e => e.outerHTML)"""
        )
        assert small == []


def test_at_320_pixels_and_at_200_percent_nothing_scrolls_sideways(browser: Browser, stub: Stub) -> None:
    # 200 % of a 1280 px window is a 640 px window with twice the pixels.
    zoomed: dict[str, Any] = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    for options in (SMALL, zoomed, {"viewport": {"width": 320, "height": 256}}):
        with chat_in(browser, stub, **options) as chat:
            chat.visit("/").open()
            chat.say("compare them").wait_for("meridians")
            chat.say("a-very-long-word-" * 20).wait_for("You said")
            chat.say("I am sore").wait_for("Where are you sore")
            chat.frame.locator("path").first.wait_for()
            assert sideways(chat) == []
            assert chat.input.bounding_box()["height"] >= 40  # type: ignore[index]


def test_on_a_phone_the_chat_fills_the_screen_and_the_page_behind_is_inert(
    browser: Browser, stub: Stub
) -> None:
    with chat_in(browser, stub, **PHONE) as chat:
        chat.visit().open()
        box = chat.page.locator("iframe").bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert chat.page.evaluate(
            "document.querySelector('clinic-chat').shadowRoot.querySelector('dialog').matches(':modal')"
        )


def test_a_language_from_right_to_left_turns_the_chat_around(browser: Browser, stub: Stub) -> None:
    with chat_in(browser, stub) as chat:
        strings = chat.page.request.get(f"http://127.0.0.1:{stub.port}/static/widget/strings/en.json").json()
        chat.page.route(
            "**/strings/ar.json", lambda route: route.fulfill(json=strings | {"dir": "rtl", "send": "أرسل"})
        )
        chat.visit("/host?lang=ar").open()
        chat.say("مرحبا").wait_for("You said")
        chat.say("What is dry needling?").wait_for("thin needle")
        chat.shot("rtl-turn")
        assert chat.frame.evaluate("document.documentElement.dir") == "rtl"
        own = chat.frame.locator(".own .words").first.bounding_box()
        answer = chat.frame.locator("li:not(.own) > .words").first.bounding_box()
        assert own and answer and own["x"] < answer["x"]
        assert chat.axe() == []


def test_a_patient_who_wants_less_motion_sees_still_dots(browser: Browser, stub: Stub) -> None:
    stub.delay = 0.4
    motions: list[tuple[Any, str]] = [("reduce", "none"), ("no-preference", "wait")]
    for motion, animation in motions:
        with chat_in(browser, stub, reduced_motion=motion) as chat:
            chat.plain().say("hello")
            dot = chat.frame.locator("#typing i").first
            dot.wait_for()
            assert dot.evaluate("dot => getComputedStyle(dot).animationName") == animation
            chat.settled(1)


def test_words_on_the_accent_can_be_read_whatever_the_accent(browser: Browser, stub: Stub) -> None:
    for accent in ("#ffd54f", "#0b5c6b", "#777777", "#e91e63", "#ffffff", "#000000"):
        with chat_in(browser, stub) as chat:
            chat.plain(f"?accent=%23{accent[1:]}").say("hello").wait_for("You said")
            assert chat.axe() == [], accent
