"""Whatever breaks, each message is stored and answered exactly once, in order, and nothing is lost."""

import random
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub, run

POST_FAULTS = ["lost", "unseen", "empty", "cut", "late", "503", "429", "slow", "double", ""]
OTHER_FAULTS = ["lost", "503", "429", ""]


def answered_once(chat: Chat, said: list[str], timeout: float = 20_000) -> None:
    """On the screen, each message and each answer once and in order; on the server, one turn each."""
    chat.settled(len(said), timeout)
    expect(chat.frame.locator("#messages > .own .words")).to_have_text(said)
    expect(chat.frame.locator("#messages > .answer .words")).to_have_text(
        [f"You said: {text}" for text in said]
    )
    assert chat.stub.said() == said
    assert set(chat.stub.turns.values()) == {1}


@pytest.mark.parametrize("fault", [f for f in POST_FAULTS if f])
def test_a_message_that_meets_a_fault_is_answered_once(chat: Chat, fault: str) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.faults.append(fault)
    chat.say("second")
    chat.say("third")
    answered_once(chat, ["first", "second", "third"])


@pytest.mark.parametrize("fault", [f for f in OTHER_FAULTS if f])
def test_a_fault_at_the_beginning_only_delays(chat: Chat, fault: str) -> None:
    chat.stub.faults_elsewhere.extend([fault] * 3)
    chat.plain().say("hello")
    answered_once(chat, ["hello"])


def test_a_message_written_offline_is_shown_as_waiting_and_sent_once_when_back(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.page.context.set_offline(True)
    chat.say("second").say("third")
    expect(chat.frame.locator(".queued")).to_have_count(2)
    expect(chat.frame.locator("#state")).to_contain_text("You are offline")
    assert chat.stub.said() == ["first"]
    chat.page.context.set_offline(False)
    answered_once(chat, ["first", "second", "third"])
    expect(chat.frame.locator("#state")).to_have_text("")


def test_a_message_that_waits_survives_a_reload(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.down = True
    chat.say("second")
    expect(chat.frame.locator(".queued")).to_have_count(1)
    chat.page.reload()
    expect(chat.frame.locator(".queued")).to_have_count(1)
    chat.stub.down = False
    answered_once(chat, ["first", "second"])


def test_a_reply_that_comes_while_offline_is_there_when_back(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.faults.append("late")
    chat.say("second")
    expect(chat.frame.locator(".queued")).to_have_count(0)
    chat.page.context.set_offline(True)
    chat.page.wait_for_timeout(1200)
    chat.page.context.set_offline(False)
    answered_once(chat, ["first", "second"])


def test_while_the_assistant_is_slow_the_patient_sees_that_the_message_was_received(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.faults.append("late")
    chat.say("second")
    expect(chat.frame.locator("#state")).to_contain_text("We have your message")
    expect(chat.frame.locator("#typing")).to_be_visible()
    answered_once(chat, ["first", "second"])
    expect(chat.frame.locator("#state")).to_have_text("")


def test_a_server_that_is_down_is_waited_for(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.down = True
    chat.say("second")
    expect(chat.frame.locator("#state")).to_contain_text("cannot be reached")
    chat.page.wait_for_timeout(500)
    chat.stub.down = False
    answered_once(chat, ["first", "second"])


def test_too_many_requests_are_not_repeated_before_the_server_allows_it(browser: Browser, stub: Stub) -> None:
    with chat_in(browser, stub) as chat:
        chat.plain().say("first").settled(1)
        stub.faults.append("429")
        chat.say("second")
        expect(chat.frame.locator("#state")).to_contain_text("a lot at once")
        chat.say("third")
        chat.page.wait_for_timeout(700)
        assert [r[2] for r in stub.requests if r[0] == "POST" and r[1] == "/chat/messages"] == [200, 429]
        answered_once(chat, ["first", "second", "third"])


@pytest.mark.parametrize("when", ["Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_a_limit_that_does_not_say_for_how_long_only_delays(chat: Chat, when: str) -> None:
    """As a proxy's: the time to come back may be a date, or missing."""
    chat.plain().say("first").settled(1)
    headers = {"Retry-After": when} if when else {}
    chat.page.route("**/chat/messages", lambda route: route.fulfill(status=429, headers=headers), times=1)
    chat.say("second")
    answered_once(chat, ["first", "second"])


def test_two_clicks_send_once(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.frame.get_by_role("button", name="Does it hurt?").dblclick()
    chat.input.fill("and again")
    chat.frame.get_by_role("button", name="Send").dblclick()
    chat.settled(3)
    assert chat.stub.said() == ["What is dry needling?", "Does it hurt?", "and again"]


def test_a_message_that_the_server_refuses_is_shown_with_the_reason_and_the_next_goes_on(chat: Chat) -> None:
    chat.plain().say("refuse me")
    expect(chat.frame.locator(".refused")).to_contain_text("Not sent. This text cannot be taken.")
    chat.say("next").settled(1)
    assert chat.stub.said() == ["next"]
    assert chat.stub.turns.total() == 1


def test_after_an_expired_session_the_message_goes_into_a_new_one(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.faults.append("expired")
    chat.say("second").settled(2)
    texts = chat.frame.locator("#messages > li").all_inner_texts()
    assert "first" in texts[0] and "You said: first" in texts[1]  # what was on the screen stays there
    assert "A new one starts here" in texts[2]
    assert "second" in texts[3] and "You said: second" in texts[4]
    assert chat.stub.said() == ["second"]


def test_a_button_of_an_ended_conversation_is_said_in_words(chat: Chat) -> None:
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    chat.stub.faults.append("expired")
    chat.frame.get_by_role("button", name="Does it hurt?").click()
    chat.settled(2)
    assert [body.get("text", body.get("button")) for body in chat.stub.bodies] == [
        "What is dry needling?",
        "Does it hurt?",
    ]


@pytest.mark.parametrize("skew", [-3 * 86_400_000, 3 * 86_400_000])
def test_a_clock_that_is_days_wrong_changes_nothing(browser: Browser, stub: Stub, skew: int) -> None:
    with chat_in(browser, stub, fast=True) as chat:
        chat.page.add_init_script(f"{{ const now = Date.now; Date.now = () => now() + {skew}; }}")
        chat.plain().say("first").say("second")
        answered_once(chat, ["first", "second"])
        chat.page.reload()
        answered_once(chat, ["first", "second"])


def test_a_clock_set_back_keeps_the_order_of_what_waits(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.down = True
    chat.say("second")
    chat.frame.evaluate("{ const now = Date.now; Date.now = () => now() - 9e6; }")
    chat.say("third")
    chat.stub.down = False
    answered_once(chat, ["first", "second", "third"])


def test_two_tabs_show_the_same_and_send_once(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    other = Chat(chat.page.context.new_page(), chat.stub).plain()
    answered_once(other, ["first"])
    chat.stub.delay = 0.2
    other.say("from the second tab")
    chat.say("from the first tab")
    for tab in (chat, other):
        tab.settled(3)
        expect(tab.frame.locator("#messages > li")).to_have_count(6)
    assert chat.words() == other.words()
    assert sorted(chat.stub.said()) == ["first", "from the first tab", "from the second tab"]
    assert set(chat.stub.turns.values()) == {1}


def test_what_one_tab_could_not_send_another_sends(chat: Chat) -> None:
    chat.plain().say("first").settled(1)
    chat.stub.down = True
    chat.say("second")
    other = Chat(chat.page.context.new_page(), chat.stub).plain()
    expect(other.frame.locator(".queued")).to_have_count(1)
    chat.page.close()
    other.stub.down = False
    answered_once(other, ["first", "second"])


#: From now on, what this page reads is what the server had when it asked, and arrives when the test says so.
LATE_READING = """() => { const real = fetch; window.fetch = async (url, options) => {
    const response = await real(url, options);
    if (options.method == 'GET') await new Promise(done => window.arrive = () => (window.fetch = real, done()));
    return response; } }"""
LOCKED = "() => { navigator.locks.request('chat-send', () => new Promise(done => window.unlock = done)); }"


def test_a_message_that_another_tab_finds_stored_is_shown_here_too(chat: Chat) -> None:
    """The answer to the POST is lost: the other tab learns from reading that it was stored, and says so."""
    chat.plain().say("first").settled(1)
    other = Chat(chat.page.context.new_page(), chat.stub).plain()
    answered_once(other, ["first"])
    other.frame.evaluate(LOCKED)
    other.say("second")
    expect(chat.frame.locator(".queued")).to_have_count(1)
    chat.frame.evaluate(LATE_READING)
    chat.frame.wait_for_function("() => window.arrive")  # read before the message is stored
    chat.stub.faults.append("unseen")
    other.frame.evaluate("window.unlock()")
    answered_once(other, ["first", "second"])
    chat.frame.evaluate("window.arrive()")
    answered_once(chat, ["first", "second"])


def test_two_hundred_random_scripts_of_faults_lose_and_double_nothing(browser: Browser) -> None:
    """Eight browser profiles at a time, each emptied after a script: a new profile costs most of a script's time."""
    with ExitStack() as stack:
        chats = []
        for _ in range(8):
            run(stub := Stub())
            profile = chat_in(
                browser, stub, fast=True, viewport={"width": 360, "height": 480}, reduced_motion="reduce"
            )
            chats.append(stack.enter_context(profile))
        for batch in range(25):
            runs = [(batch * 8 + place, chat) for place, chat in enumerate(chats)]
            for seed, chat, said in [(seed, chat, random_script(seed, chat)) for seed, chat in runs]:
                try:
                    answered_once(chat, said, timeout=60_000)  # longer than a stalled request may hang
                except Exception as error:
                    kept = chat.frame.evaluate("JSON.stringify(localStorage)")
                    found = f"stored {chat.stub.said()}, shown {chat.words()}, kept {kept}"
                    raise AssertionError(f"script {seed}: {found}, {chat.stub.requests[-12:]}") from error
                empty(chat)


def empty(chat: Chat) -> None:
    """Leaves nothing of a script, on the device or on the server."""
    for page in chat.page.context.pages:
        if page != chat.page:
            page.close()
    chat.frame.evaluate("localStorage.clear()")
    chat.page.goto("about:blank")
    chat.stub.forget()


def random_script(seed: int, chat: Chat) -> list[str]:
    """A patient's messages among faults, reloads and losses of the connection; what was said, in order."""
    dice = random.Random(seed)
    chat.stub.faults.extend(dice.choices(POST_FAULTS, k=dice.randint(1, 6)))
    chat.plain()
    chat.stub.faults_elsewhere.extend(dice.choices(OTHER_FAULTS, k=dice.randint(0, 4)))
    said = []
    for number in range(dice.randint(2, 4)):
        text = f"message {number}"
        chat.say(text)
        said.append(text)
        match dice.choice(["", "", "", "wait", "wait", "reload", "offline", "offline", "tab", "blink"]):
            case "wait":
                chat.page.wait_for_timeout(dice.randint(0, 120))
            case "reload":
                chat.page.reload()
            case "offline":
                chat.page.context.set_offline(True)
                chat.page.wait_for_timeout(dice.randint(0, 60))
                chat.page.context.set_offline(False)
            case "tab":
                Chat(chat.page.context.new_page(), chat.stub).plain()
            case "blink":
                chat.frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return said
