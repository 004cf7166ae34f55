"""A follow-up and the question before it: "for how long?", "and on my neck?", "is that normal". Pure: no Rasa.

A short message has two readings, its own words alone and its words after the question before it. They count together,
unless it says plainly by itself what it is about: "and swimming?" names a subject, "for how long?" names none, and "and
on my neck?" asks the same again of another place. "Is that normal?" means nearly nothing but the question before it.

"It" is the treatment ("how much is it?"), unless the answer before was about something else that a patient gets, has or
does: after a bruise, "how do I get rid of it?" is about the bruise. "Why?" is about that answer whatever it was.
"""

from __future__ import annotations

import re

import numpy as np

from bot.nlu.parts import parts
from bot.reading.body_parts import single_words

LONGEST = 9  # words
# Of a follow-up's own words, beside those words with the question before them. Set on tests/questions: with less, "how
# often?" after a question of the price is about the price; with more, "how big?" after a bruise is about the needles.
WEIGHT_ALONE = 0.4
WEIGHT_OF_POINTING = 0.1  # the same of "is that normal?" and, after a bruise, "is it dangerous?"

_OF_ANOTHER = re.compile(
    r"^(?:(?:and|but|or|so|even|same|what about|how about) )*(?:for|with|in|on|at) (?!how\b)", re.IGNORECASE
)
_WHY = re.compile(
    r"(?:(?:and|but|so|ok|okay|oh) )*(?:why|how come|how so|what for)(?: (?:is|was|not|so|that|it|this|though))*"
    r"(?: (?:few|little|long|many|weak))?\W*",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"(?:and |but |so )?(?:is|are|was|were|isn't) (?:that|this|these|those|they)\b", re.IGNORECASE
)
# "It" is not among them: whether it names something depends on the topic before.
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
# "It", and what is said of it whatever it is: "does it go away by itself?", "is it dangerous?", "how do I prevent it?".
_WORDS_SAID_OF_IT = """
it it's its itself own myself dangerous danger serious harmful worrying worry worried scary permanent forever sign
rid prevent avoid lessen reduce ease treat fix helps heal heals clear clears fade fades settle settles disappear gone
cause causes caused know tell look looks feel feels stop stops stay stays happening
"""
_POINTERS = frozenset(("it", "it's", "its", "itself", "that", "this", "these", "those", "they", "them"))
_SAID_OF_IT = frozenset(_WORDS_SAID_OF_IT.split())
_PRICE = frozenset(("much",))  # "how much is it?" is about the treatment whatever was answered
_LENGTH = frozenset(("take", "takes"))  # "how long does it take?" is, unless it may be a bruise's
# Topics of what a patient gets, has or does; "it" is that afterwards.
_GETS = """
soreness_normal soreness_duration soreness_relief pain_worse side_effects bruising bleeding fatigue fainting emotional
headache_after risks pneumothorax infection nerve_hit broken_needle twitch trigger_points
"""
_HAS = """
pregnancy blood_thinners pacemaker metal_allergy diabetes epilepsy immune implants cancer_lymphedema ms_neuro children
older_adults after_surgery medication_question needle_phobia e_stim
"""
WHAT_A_PATIENT_GETS = frozenset(_GETS.split())
WHAT_A_PATIENT_HAS = frozenset(_HAS.split())
_DOES = "aftercare_"
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")


def asks_the_same_again(text: str, topic: str | None = None) -> bool:
    """Whether a text names no subject of its own after the answer to `topic`, or asks the same of another case."""
    return _names_nothing(text, topic) or bool(_OF_ANOTHER.match(text))


def asks_why(text: str) -> bool:
    """Whether a text asks nothing but the reason of what was said."""
    return bool(_WHY.fullmatch(text.strip()))


def together(text: str, topic: str | None, alone: np.ndarray, after_the_question: np.ndarray) -> np.ndarray:
    """Return the probabilities of a text's two readings as one; `topic` was answered before."""
    points = _names_nothing(text, topic) and (_is_a_matter(topic) or _JUDGES.match(text))
    weight = WEIGHT_OF_POINTING if points else WEIGHT_ALONE
    product: np.ndarray = alone**weight * after_the_question ** (1 - weight)
    return product / product.sum()


def _is_a_matter(topic: str | None) -> bool:
    """Whether "it" is this topic, once it was answered: a bruise, a pacemaker, a swim."""
    return topic is not None and (topic in WHAT_A_PATIENT_GETS or _can_be_unsafe(topic))


def _can_be_unsafe(topic: str | None) -> bool:
    """Whether "is it safe?" asks of this topic; of a bruise nobody asks that."""
    return topic is not None and (topic in WHAT_A_PATIENT_HAS or topic.startswith(_DOES))


def _names_nothing(text: str, topic: str | None) -> bool:
    words = set(_WORD.findall(text.lower()))
    named = words - _NAMES_NOTHING - single_words()
    if not named or not words:
        return bool(words)
    if not (words & _POINTERS or parts(text)[0].asks):
        return False  # "stop", "I feel fine"
    if words & (_PRICE if topic in WHAT_A_PATIENT_GETS else _PRICE | _LENGTH):
        return False
    return named <= _SAID_OF_IT | ({"safe"} if _can_be_unsafe(topic) else set())
