"""A follow-up and the question before it: "for how long?", "and on my neck?", "is that normal". Pure: no Rasa.

A short message has two readings, its own words alone and its words after the question before it. They count together,
unless it says plainly by itself what it is about: "and swimming?" names a subject, "for how long?" names none, and "and
on my neck?" asks the same again of another place. "Is that normal?" means nearly nothing but the question before it.
"""

from __future__ import annotations

import re

import numpy as np

from bot.reading.body_parts import single_words

LONGEST = 9  # words
# Of a follow-up's own words, beside those words with the question before them. Set on tests/questions: with less, "how
# often?" after a question of the price is about the price; with more, "how big?" after a bruise is about the needles.
WEIGHT_ALONE = 0.4
WEIGHT_OF_A_JUDGEMENT = 0.1  # the same of "is that normal?"

_OF_ANOTHER = re.compile(
    r"^(?:(?:and|but|or|so|even|same|what about|how about) )*(?:for|with|in|on|at) (?!how\b)", re.IGNORECASE
)
_JUDGES = re.compile(
    r"(?:and |but |so )?(?:is|are|was|were|isn't) (?:that|this|these|those|they)\b", re.IGNORECASE
)
# "It" is not among them: "how much is it?" speaks of the treatment.
_WORDS_THAT_NAME_NOTHING = """
a an the and but or so then also even just only still yet though too as if than like ok okay
who whose which what what's when where why how how's come
i me my mine we us our you your he she him her his they them their this that that's those these there one ones
some any all both each other others another none everyone everybody anyone someone something anything nothing
am is are was were be been being isn't aren't wasn't do does did doesn't don't didn't done doing have has had
having can can't could couldn't will won't would wouldn't should shouldn't shall may might must
get gets getting got go goes going make makes take takes happen happens happened keep keeps need needs mean
of for with without in on at to from by off out up down over under about after before during until till since
afterwards beforehand between into through
now today tomorrow tonight later soon sooner straight away already again ever never always often usually
sometimes once twice first second third last next not no
long longer much many more most less least few fewer lot lots big bigger small bad badly good better worse best
worst far deep hard high low early earlier late quick quickly fast slow very really quite enough exactly rather
normal usual common rare weird strange odd fine allowed supposed meant right wrong true sure likely possible
minute minutes hour hours day days week weeks month months year years time times
"""
_NAMES_NOTHING = frozenset(_WORDS_THAT_NAME_NOTHING.split())
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")


def asks_the_same_again(text: str) -> bool:
    """Whether a text names no subject of its own, or asks of another case or place what was asked before."""
    return _names_nothing(text) or bool(_OF_ANOTHER.match(text))


def together(text: str, alone: np.ndarray, after_the_question: np.ndarray) -> np.ndarray:
    """Return the probabilities of a text's two readings as one."""
    judges = _JUDGES.match(text) and _names_nothing(text)
    weight = WEIGHT_OF_A_JUDGEMENT if judges else WEIGHT_ALONE
    product: np.ndarray = alone**weight * after_the_question ** (1 - weight)
    return product / product.sum()


def _names_nothing(text: str) -> bool:
    words = _WORD.findall(text.lower())
    return bool(words) and all(word in _NAMES_NOTHING or word in single_words() for word in words)
