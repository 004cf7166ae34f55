"""Every text that nobody asked for is one segment with the longest names, and asks nothing that carriers answer."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bot.reading.keywords import keyword_in
from bot.settings import Clinic
from bot.sms import wording
from bot.sms.replies import texts_of
from bot.sms.segments import cost, plain
from bot.web.assistant import Spoken
from tests import node
from tests.sms.practice import CLINIC

HERE = Path(__file__).parent / "segments"
#: The longest that clinic.yml and patients allow: 20 characters, 16 of a first name, an international number.
LONGEST: Clinic = CLINIC.model_copy(update={"sms_name": "W" * 20, "phone": "+442079460000"})
NAMES = ("W" * 40, "Maximiliana-Sophia", "Zoë", "Иван", "小明", "", None, "Ana")
TEXTS = {
    **{f"question {name}": wording.question(LONGEST, name) for name in NAMES},
    **{f"reminder {name}": wording.reminder(LONGEST, name) for name in NAMES},
    "invitation": wording.invitation(LONGEST),
    "agreed": wording.agreed(LONGEST),
    "declined": wording.declined(LONGEST),
    "stopped": wording.stopped(LONGEST),
    "stopped_perhaps": wording.stopped_perhaps(LONGEST),
    "help": wording.help_text(LONGEST),
    "no_words": wording.no_words(LONGEST),
    "holding": wording.holding(LONGEST),
    "cannot_answer": wording.cannot_answer(LONGEST),
    "ask_whether": wording.ask_whether(LONGEST, "about a six!", "Sep 30"),
    "ask_who": wording.ask_who(LONGEST, ("W" * 16, "M" * 16), "10"),
}  # fmt: skip
QUESTIONS = [name for name, text in TEXTS.items() if "?" in text and name != "help"]


def test_every_fixed_text_is_one_segment_by_our_count_and_by_twilios() -> None:
    node.install(HERE)
    counted = node.ask(HERE / "count.mjs", list(TEXTS.values()))
    for (name, text), (encoding, segments) in zip(TEXTS.items(), counted, strict=True):
        assert (encoding, segments) == ("GSM-7", 1), (name, len(text), text)
        assert (cost(text).encoding, cost(text).segments) == (encoding, segments), name


def test_our_count_is_twilios_for_texts_of_every_kind() -> None:
    chance, letters = random.Random(5), "aé{€~ç’😀👨‍👩‍👧小 \n"
    texts = ["a" * 160, "a" * 161, "{" * 80, "{" * 81, "’" * 70, "’" * 71, "😀" * 35, "😀" * 36, "ç"]
    texts += ["".join(chance.choice(letters[:kinds]) for _ in range(chance.randrange(1, 330)))
              for kinds in (1, 4, 6, 7, 8) for _ in range(40)]  # fmt: skip
    node.install(HERE)
    for text, (encoding, segments) in zip(texts, node.ask(HERE / "count.mjs", texts), strict=True):
        assert (cost(text).encoding, cost(text).segments) == (encoding, segments), ascii(text)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_is_naturally_answered_by_a_word_that_carriers_take(name: str) -> None:
    text = TEXTS[name].lower()
    assert not re.search(
        r"\b(did|does|do|has|have) [^?]*\b(stop|end|cancel|quit|start|help)\w*\b[^?]*\?", text
    )
    assert not re.search(r"reply (yes|no\b|cancel|end|quit|info)", text)


def test_what_we_ask_people_to_reply_is_heard_as_an_answer() -> None:
    for answer in ("OK", "6", "Ana 6", "0", "10"):
        assert keyword_in(answer) is None


def test_texts_name_neither_body_part_nor_last_name() -> None:
    text = wording.question(CLINIC, "Ana Quetzal")
    assert "Quetzal" not in text and not re.search(r"calf|neck|back|shoulder|hip", text)


def test_help_puts_the_emergency_number_first() -> None:
    assert wording.help_text(CLINIC).startswith("Emergency? Call 911.")


def test_curly_letters_are_made_plain() -> None:
    assert plain("it’s “fine” – really…") == 'it\'s "fine" - really...'


def test_lines_are_joined_while_they_fit_three_segments() -> None:
    lines = [Spoken("a" * 200, [], {}), Spoken("b" * 200, [], {}), Spoken("c" * 200, [], {})]
    assert [cost(text).segments for text in texts_of(lines)] == [3, 2]


def test_offers_become_words() -> None:
    (text,) = texts_of(
        [Spoken("What about?", [{"title": "Bruising", "payload": "/faq/bruising"}], {"kind": "notice"})]
    )
    assert text == "What about?\nYou can reply: Bruising"
