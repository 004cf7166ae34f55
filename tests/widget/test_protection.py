"""What is said stays inside the frame, and nothing that anybody wrote is ever run."""

import html
import itertools

from playwright.sync_api import Browser, expect

from tests.widget.chat import Chat, chat_in
from tests.widget.stub import Stub

RUN = "top.ran=1;window.ran=1"
TAGS = [
    "img",
    "svg",
    "iframe",
    "video",
    "audio",
    "body",
    "object",
    "embed",
    "details",
    "input",
    "marquee",
    "style",
]
EVENTS = [
    "onerror",
    "onload",
    "onfocus",
    "ontoggle",
    "onmouseover",
    "onanimationstart",
    "onbegin",
    "onpointerenter",
]
SCHEMES = [
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    "\x01javascript:",
    " javascript:",
    "vbscript:",
    "data:text/html,",
]
URLS = [f"{scheme}{RUN}//" for scheme in SCHEMES] + [
    "data:text/html;base64,PHNjcmlwdD50b3AucmFuPTE8L3NjcmlwdD4=",
    "blob:https://x/1",
    "//evil.example/x.js",
    "file:///etc/passwd",
    "tel:911;ext=<script>",
    "https://x.example/\"onmouseover='top.ran=1'",
]


def payloads() -> list[str]:
    """More than 200 ways to smuggle a script in: elements, attributes, links, encodings, our own Markdown."""
    found = [f'<{t} src=x {e}="{RUN}" autofocus open>' for t, e in itertools.product(TAGS, EVENTS)]
    found += [f'"><{t} {e}={RUN} tabindex=1 autofocus>' for t, e in zip(TAGS, EVENTS * 2, strict=False)]
    found += [f"<a href='{url}'>click</a>" for url in URLS]
    found += [f"[click]({url})" for url in URLS] + [f"**[click]({url})**" for url in URLS]
    found += [f"| a | [b]({url}) |\n|---|---|\n| <img src=x onerror={RUN}> | {url} |" for url in URLS]
    found += [f"- <script>{RUN}</script>\n- [x]({url})" for url in URLS]
    scripts = [
        f"<script>{RUN}</script>",
        f"</div></li></ol><script>{RUN}</script>",
        f"<ScRiPt >{RUN}</sCrIpT>",
        f"<<script>{RUN}//<</script>",
        f"<scr<script>ipt>{RUN}</scr</script>ipt>",
        f"<svg><script>{RUN}</script></svg>",
        f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
        f"<template><script>{RUN}</script></template>",
        f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
        f"<iframe srcdoc='<script>{RUN}</script>'>",
        "<base href=//evil.example/><script src=x></script>",
        "<meta http-equiv=refresh content='0;url=javascript:top.ran=1'>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<style>@import'//evil.example/x.css'</style>",
        f"{{{{constructor.constructor('{RUN}')()}}}}",
        f"${{{RUN}}}",
        "\u202e<script>top.ran=1</script>",
        "<img src=x\x00 onerror=top.ran=1>",
        "<a\x0chref=javascript:top.ran=1>x",
        "&lt;script&gt;top.ran=1&lt;/script&gt;",
        "%3Cscript%3Etop.ran=1%3C/script%3E",
        "{name} {n} {__proto__} {constructor}",
        "<form action=javascript:top.ran=1><button id=text>",
        "<i id=messages></i><i id=log></i>",
    ]
    found += scripts + [html.escape(script) for script in scripts[:8]]
    return found


ALLOWED = """() => {
  const tags = new Set('LI DIV SPAN P UL OL STRONG A TABLE TR TH TD BR SMALL DETAILS SUMMARY BUTTON IMG'.split(' '));
  return [...document.querySelectorAll('#messages *, #log *')].filter(e => !tags.has(e.tagName)
    || [...e.attributes].some(a => a.name.startsWith('on')
      || (a.name == 'href' && !/^(https:|tel:[+\\d.-]+$)/.test(a.value))
      || (a.name == 'src' && !a.value.startsWith('data:image/svg+xml,')))).map(e => e.outerHTML.slice(0, 200));
}"""


def nothing_ran(chat: Chat) -> None:
    for frame in chat.page.frames:
        assert frame.evaluate("window.ran") is None
    assert chat.frame.evaluate(ALLOWED) == []


def test_the_corpus_is_large_enough_and_has_no_doubles() -> None:
    assert len(set(payloads())) == len(payloads()) >= 200


def test_no_payload_runs_as_answer_button_source_picture_or_words_of_the_patient(chat: Chat) -> None:
    chat.visit().open()
    conversation = next(iter(chat.stub.conversations.values()))
    for number, payload in enumerate(payloads()):
        chat.stub._add(conversation, role="user", client_id=f"id-{number}", text=payload)
        chat.stub._add(
            conversation,
            role="bot",
            client_id=f"id-{number}",
            text=payload,
            kind=["answer", "urgent", "notice", "curve"][number % 4],
            buttons=[{"title": payload}],
            sources=[{"label": payload, "url": payload}],
            svg=f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script>{payload}</svg>',
        )
    chat.page.reload()
    chat.open()
    expect(chat.frame.locator("#messages > li")).to_have_count(2 * len(payloads()))
    own = chat.frame.locator(".own .words").evaluate_all("all => all.map(one => one.textContent)")
    assert own == payloads()  # every character as it was written
    for details in chat.frame.locator(".sources").all()[:5]:
        details.locator("summary").click()
    chat.frame.locator("#messages").hover()
    nothing_ran(chat)


def test_no_payload_runs_when_it_is_typed_and_comes_back_as_answer_and_button(chat: Chat) -> None:
    chat.visit().open()
    sample = [payload for payload in payloads() if "\n" not in payload and "\x00" not in payload][::4]
    for payload in sample:
        text = payload.strip()
        chat.stub.echo[text] = {"text": payload, "buttons": [{"title": payload}]}
        chat.say(text)
    chat.settled(len(sample))
    chat.frame.locator("#messages .replies button").last.click()
    chat.settled(len(sample) + 1)
    nothing_ran(chat)


def test_the_attributes_of_the_tag_cannot_smuggle_anything(browser: Browser, stub: Stub) -> None:
    for title in payloads()[::25]:
        with chat_in(browser, stub) as chat:
            chat.plain(
                f"?title={title.encode().hex()}&lang=../../x&accent=red;background:url(//evil.example)"
            )
            chat.input.wait_for()
            assert chat.frame.evaluate("document.documentElement.style.cssText") == ""
            assert chat.frame.evaluate("document.documentElement.lang") == "en"
            nothing_ran(chat)


def test_a_page_of_another_origin_learns_neither_keys_nor_words(chat: Chat) -> None:
    chat.page.add_init_script(
        """if (self == top) { window.keys = []; window.heard = [];
        for (const type of ['keydown', 'keyup', 'keypress', 'input', 'beforeinput', 'paste'])
          addEventListener(type, event => keys.push(event.key ?? event.data), true);
        addEventListener('message', event => heard.push(JSON.stringify(event.data))); }"""
    )
    chat.visit().open()
    chat.input.press_sequentially("my secret pain")
    chat.input.press("Enter")
    chat.wait_for("You said: my secret pain")
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()
    assert set(chat.page.evaluate("keys")) <= {"Escape"}  # let go when the page already has the focus again
    heard = " ".join(chat.page.evaluate("heard"))
    assert "close" in heard
    assert "secret" not in heard and "t-" not in heard
    script = """() => { try { return document.querySelector('clinic-chat').shadowRoot.querySelector('iframe')
        .contentDocument?.body.innerText ?? '' } catch (error) { return '' } }"""
    assert chat.page.evaluate(script) == ""
    assert "secret" not in chat.page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def test_the_frame_obeys_only_the_page_around_it(chat: Chat) -> None:
    chat.plain()
    chat.input.wait_for()
    chat.frame.evaluate("postMessage({chat: 1, open: 1}, '*'); postMessage(null, '*'); postMessage('x', '*')")
    chat.visit().open()
    chat.page.evaluate("postMessage({chat: 1, close: 1}, '*')")  # not from the frame
    chat.page.wait_for_timeout(50)
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")


def test_nothing_of_the_conversation_is_kept_on_the_device_but_the_session(chat: Chat) -> None:
    chat.plain().say("my secret pain").settled(1)
    kept = chat.frame.evaluate(
        "JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie"
    )
    assert "secret" not in kept
    assert chat.frame.evaluate("Object.keys(localStorage).sort()") == ["chat-session", "chat-used"]
