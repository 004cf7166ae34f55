"""Hostile input is read in bounded work, and the door stays small."""

import json
import subprocess
import sys

import pytest

from bot.safety import assess, judge
from bot.safety.judge import rules
from bot.safety.lexicon import Lexicon
from bot.safety.normalise import HEAD, TAIL, fold
from bot.safety.patterns import TRIED, find, parse

LEXICON, _ = rules()
HOSTILE = {
    "10 kB of one sign": "cant breathe " * 800,
    "10 kB of denials": "no chest pain, " * 700,
    "5,000 combining marks": "c" + "\u0301" * 5000 + "ant breathe",
    "nested quotes": '"' * 5000 + "cant breathe" + '"' * 5000,
    "unknown words": " ".join(f"zq{i:x}breathx" for i in range(1000)),
    "characters that unfold": "\ufdfa" * 5000,
    "one endless word": "breathe" * 2000,
    "questions": "what if can it i had " * 500,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_more_than_a_fixed_number_of_characters_is_read(text):
    folded, _ = fold(text)
    assert len(folded) <= 18 * (HEAD + TAIL) + 2  # 18: the longest unfolding of one character in Unicode


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_four_times_as_long_is_hardly_more_work(text):
    assess(text * 4)  # words that were not met before are worked out once
    assert _steps(text * 4) < 1.5 * _steps(text) + 5_000


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_worst_is_bounded_work(text):
    assert _steps(text) < MOST_STEPS


def test_a_pattern_looks_at_a_fixed_number_of_places():
    lexicon = Lexicon({"concepts": {"A": "a", "B": "b"}, "skipped": {"words": "", "free": ""}, "slang": {}})
    from bot.safety.read_text import ReadText

    text = "a b " * 500
    read = ReadText(text, *lexicon.read(text))
    assert len(list(find(parse("A B"), read, lambda _: False))) <= 4 * TRIED


def test_a_sign_at_the_end_of_a_very_long_message_is_still_found():
    assert assess("hello there. " * 2000 + "I cant breathe").is_alert


def test_any_text_is_judged_without_an_error():
    for text in ("", " ", "\x00", "\ud800", "🤷" * 50, "1" * 5000, "?!" * 1000, "'" * 100, "\u202egnp"):
        assert assess(text).tier in judge.Tier


def test_the_rules_start_without_spacy_rasa_or_a_database_and_stay_small():
    code = (
        "import json, re, sys; from pathlib import Path; from bot.safety import assess; assess('hello');"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text()).group(1);"
        "print(json.dumps([sorted({m.split('.')[0] for m in sys.modules}), int(peak) // 1024]))"
    )
    modules, megabytes = json.loads(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert not {"spacy", "rasa", "tensorflow", "sqlalchemy", "numpy"} & set(modules)
    assert megabytes < 100


MOST_STEPS = 250_000  # function calls; a message of 1,600 characters takes some 20,000


def _steps(text: str) -> int:
    """Function calls, which unlike seconds are the same on a busy machine."""
    assess(text)
    steps = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        assess(text)
    finally:
        sys.setprofile(None)
    return steps
