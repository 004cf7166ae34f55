"""Short answers in the middle of a form, where the assistant's question gives the meaning.

"chest, 9" to "Where are you sore?"; "yes" to "Any trouble breathing?"; "no" to "Can you move your hand?".
A short answer and its question are turned into the statement that they make together, and that is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_ANSWER = 8  # words; a longer answer says what it means by itself, unless it begins with a yes

_WORD = re.compile(r"[a-z0-9']+")
_OFFER = re.compile(
    r"^(would you like|do you want|shall i|should i|want (me )?to|can i|may i|is that right|ready)\b"
)
_WHERE = re.compile(
    r"\b(where|which (part|area|place|spot|muscle)s?|what (part|area)|anywhere else|body part)\b"
)
_ASIDE = re.compile(
    r"\b(do|does|did|are|is|was|were|have|has|had|you|your|the|any|anything|there|been|got|get|getting|noticed|"
    r"notice|feel|feeling|having|experiencing|experienced|please|tell|me|about|how|what|when|still|right|now|such|"
    r"as|like|since|session|needling|appointment|today|or|and)\b"
)
_ABLE = re.compile(
    r"^(?:and )?(?:(?:can|could) you (?:still |now )?(?:able to )?|are you (?:still |now )?able to )"
)
_CANT = re.compile(r"\b(?:can'?t|cannot|can not|unable|not able|couldn'?t)\b")
_WELL = re.compile(
    r"\b(normally|normal|ok|okay|fine|better|easing|eased|stopp?(?:ed|ing)?|going|gone|settl\w+|improv\w+|moving)\b"
)
_YES = re.compile(
    r"^(yes|yeah|yaeh|yse|yep|yup|yea|yh|ye|ya|aye|y|sure|sort of|kind ?of|kinda|a bit|bit|a little|little|"
    r"slightly|sometimes|some|i do|i am|i have|it does|it is|it has|both|all|definitely|def|maybe|think so|i think so|"
    r"bit of (?:both|each)|"
    r"mild|mildly|unfortunately|afraid so|uh huh|mhm|probably|a lot|lots|on and off|only|just|mostly|constantly|when i|"
    r"since|started|last night|yesterday|this morning|not sure|ofc|of course|oh yes|erm yes|um yes|well yes|very|"
    r"really|loads|badly|quite|has been|had|did|si|oui|correct|true|absolutely|all of|the (first|last|second)|\W*👍)\b"
)
_PLAIN_YES = re.compile(r"^(?:yes|yeah|yep|yup|yea|yh|ye|ya|aye|both|bit of both|a bit of both|all of)\b")
_BUT_NO = re.compile(r"\b(?:no|not|none|nope|nothing|never|fine|ok|okay|good|grand|\w+n'?t)\b")
_NO = re.compile(
    r"^(no|nope|nah|none|nothing|not (really|at all|now|yet|that|any)|never|n|negative|"
    r"fine|all (good|fine|ok)|im fine|"
    r"i'm fine|ok|okay|good|great|normal|i cant|i can't|cant|can't|it isn'?t|it hasn'?t|its not|it's not|doesnt|"
    r"isnt|hasnt|"
    r"not)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What an answer says together with its question; `answer_from` is where the answer's words begin."""

    text: str
    answer_from: int
    agreed: bool


def statement(answer: str, question: str | None) -> Statement | None:
    """Join a short answer to its question; None when the answer stands alone or denies."""
    said = " ".join(answer.lower().replace("’", "'").split())
    if not question or not said:
        return None
    asked = _last_question(question)
    if len(_WORD.findall(said)) > LONGEST_ANSWER:
        if not _PLAIN_YES.match(said) or _BUT_NO.search(said) or _WHERE.search(asked):
            return None
        said = " ".join(said.split()[:LONGEST_ANSWER])
    # Words that ask nothing ("If you have chest pain, call 911.") give an answer no meaning, and a patient who asks
    # back ("can it collapse a lung?") is not answering.
    if not asked or answer.rstrip().endswith("?") or _OFFER.match(asked):
        return None
    if _WHERE.search(asked):
        return _joined("numb " if "numb" in asked or "tingl" in asked else "sore ", answer, False)
    if _NO.match(said) or (_ABLE.match(asked) and _CANT.search(said)):
        denied = _denied(asked)
        return _joined(denied + " . ", answer, True) if denied else None
    topic = " ".join(re.sub(r"[\d?-]+", " ", _ASIDE.sub(" ", asked)).split())
    return _joined(topic + " ", answer, bool(_YES.match(said)))


def _joined(before: str, answer: str, agreed: bool) -> Statement:
    return Statement(before + answer, len(before), agreed)


def _last_question(question: str) -> str:
    """The last sentence that asks ("Thanks. Any trouble breathing?"), or "" when none does."""
    sentences = [part.strip() for part in re.findall(r"[^.!?\n]+[.!?\n]?", question.lower())]
    asking = [sentence for sentence in sentences if sentence.endswith("?")]
    return (asking or [""])[-1]


def _denied(asked: str) -> str | None:
    """The statement that "no" makes of a question about being well; None when "no" is good news."""
    if _ABLE.match(asked):
        return "cant " + _ABLE.sub("", asked).replace("?", "").replace("your", "my")
    if _WELL.search(asked) and not re.search(r"\b(worse|any)\b", asked):
        return _WELL.sub(lambda match: "not " + match.group(), asked.replace("?", ""), count=1)
    return None
