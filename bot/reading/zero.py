"""Zero said in words: "none", "not sore at all", "gone now", "now nothing"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.reading.question import Question

_SORE = r"(?:sore|painful|achy|tender|hurting|in pain|aching|in any pain)"
_PAIN = r"(?:sore(?:ness)?|pain|pains|hurt|ache|aches|aching|discomfort|dolor)"

# (pattern, whether it speaks of now although something was there before)
_WORDINGS: tuple[tuple[str, bool], ...] = (
    ((
        r"\b(?:not|isnt|isn't|aint|ain't|no longer|no)\s+(?:even\s+)?(?:feeling\s+)?(?:a bit\s+|at "
        rf"all\s+)?{_SORE}\b(?:\s+(?:at all|anymore|any ?more|any longer|now|today|one bit|in the "
        r"slightest|in the least|whatsoever))*"
    ), False),
    ((
        r"\b(?:no|nil|zero|0|without(?: any)?|not? any|don't have any|dont have any|havent (?:any|got any)|"
        rf"haven't (?:any|got any))\s+(?:more\s+|real\s+)?(?:{_PAIN})(?:\s+(?:or|and|nor|"
        rf"/)\s+{_PAIN})?(?:\s+(?:at all|anymore|any ?more|now|today|whatsoever|left))*"
    ), False),
    ((
        r"\b(?:doesn't|doesnt|does not|don't|dont|do not|isn't|isnt|didn't|didnt|did not|"
        rf"never)\s+(?:even\s+)?(?:hurt(?:ing)?|ache|get {_SORE}|feel {_SORE}|feel any {_PAIN}|feel "
        rf"(?:any(?:thing)?|it)|have any {_PAIN}|got {_SORE})(?:\s+(?:at all|anymore|any ?more|now|today|"
        r"one bit))*"
    ), False),
    (r"\b(?:pain|soreness|ache)[ -]?free\b", True),
    (r"(?:^|[,.;]\s*|\bthen )gone (?:by|before|within|after|since)\b", True),
    ((
        r"\b(?:now|today)\s+(?:it'?s |i have |i've got |there'?s |its |im |i'm )?(?:all |completely |"
        r"totally |fully )?(?:nothing|none|gone|no pain|zero|nada)\b"
    ), True),
    ((
        rf"\b(?:nothing|none|gone|no {_PAIN}|nada|zero|cleared(?: up)?|not {_SORE})\s+(?:now|today|"
        r"anymore|any ?more|at the moment|right now|left)\b"
    ), True),
    ((
        rf"\b(?:it'?s |its |{_PAIN}\s*(?:is |has |'s )?|it has |it |its all |it's all )(?:now |all |"
        r"completely |totally |fully |pretty well |already |since |just )*(?:gone(?: away| now)?|"
        r"disappeared|cleared(?: up)?|went away|vanished|stopped hurting|wore off|worn off|resolved)\b"
    ), True),
    (r"\b(?:all|completely|totally|fully|entirely) gone\b|\bgone (?:completely|totally|entirely|"
     r"altogether|for good)\b", True),
    (rf"\b(?:wasn'?t|weren'?t|was not)\s+(?:even\s+)?{_SORE}\s+(?:at all|one bit|in the slightest)", False),
    (r"\bnothing (?:at all|whatsoever|to report|hurts)\b|\bnone (?:at all|whatsoever)\b", False),
    (r"\bno (?:me )?duele(?: nada)?\b|\b(?:nada|ninguno|ningun) (?:de )?dolor\b|\bsin dolor\b", False),
)  # fmt: skip

_WHOLE = re.compile(
    r"[\s.!,]*(?:(?:um+|uh|oh|well|honestly|tbh|still|today|now|id say|i'd say|i have|actually|literally|"
    r"absolutely|currently|basically|there is|there'?s|its|it's|sorry)[\s,]+)*"
    r"(?:none|(?:it'?s |all |its |all )*gone(?:,? (?:finito|completely|now|away|totally))*|not (?:a|"
    r"one) (?:thing|jot|bit|scrap|sausage|twinge|peep)|"
    r"nothing|nil|nada|diddly(?: ?squat)?|zero zilch nada|sweet fa|jack|bugger all|naff all|sod all|zip|"
    r"zilch|nought|naught|zippo|ninguno|cero|nothing at all|none at all|"
    r"nowt|nuthin|nuthing|nothin|noting)"
    r"(?:[\s,.!]*(?:really|today|now|so far|yet|at all|thanks|thank you|thankfully|lol|anymore|any more|"
    r"love|duck|pal|mate|hen|pet|"
    r"left|whatsoever|:\)|👍|🙂|😀|🎉|😊))*[\s.!,]*"
)
# These take the zero back: an exception, a softener, a condition, or the past.
_EXCEPTION = re.compile(
    r"^\s*,?\s*(?:but\b(?!\s+(?:yesterday|last night|\w+day|it was|i was|was|had|(?:im |i'm |i feel |feeling |"
    r"very |a bit |a little |just |really |so )*(?:tired|exhausted|sleepy|wiped|drained|knackered|shattered|bruised|"
    r"itchy|dizzy)\b))"
    r"|just\b|only\b|except|unless|until|til\b|till\b|when\b|if\b|apart|other than|"
    r"besides|really\b|enough|or anything|as\b|while|yet\b|like\b|in (?:my|the)\b|"
    r"on (?:my|the)\b|more\b|from\b|relief|med|kill|pills|yesterday|before|during|the first|at first|as "
    r"much|too|that|so\b|to (?:touch|start|begin)|much|worse|anywhere else)"
)
_SOFTENED = re.compile(
    r"\b(?:almost|nearly|practically|virtually|hardly|barely|pretty much|basically|close to|next to|"
    r"wasnt|wasn't|hope|hoping|want|wish|will|would be|should be|mostly|until|til|if|when|once|can't|"
    r"cant|cannot|says?|never|rarely|seldom)\s+(?:\w+\s+){0,2}$"
)
_OF_A_SYMPTOM = re.compile(
    r"\b(?:bruis\w*|swell\w*|swoll\w*|numb\w*|tingl\w*|headache|migraine|stiff\w*|red\w*|itch\w*|fever|"
    r"nausea|dizz\w*|lump|mark|rash|relief|benefit|effect)\b[^.;!?]{0,25}$"
)
_OWN_VERB = re.compile(r"(?:doesn'?t|does not|didn'?t|did not|don'?t|isn'?t) (?:even )?(?:hurt|ache)")
_QUESTION = re.compile(
    r"\b(?:is it (?:ok|okay|normal|bad|weird)|should i|does (?:an? )?\w+ mean|why am i|what if)\b|\bnormal\b[^.]*\?"
)


@dataclass(frozen=True)
class Zero:
    """A zero in words at `folded[start:end]`; `now` when it says that an earlier soreness is over."""

    now: bool
    start: int
    end: int


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple((re.compile(pattern), now) for pattern, now in _WORDINGS)


def find_zero(folded: str, question: Question) -> Zero | None:
    """Find a plain zero in words; None when there is none or when the message takes it back."""
    bare = {Question.SCORE, Question.NONE, Question.CONFIRM, Question.ANY_SORENESS}
    if question in bare and _WHOLE.fullmatch(folded):
        return Zero(False, 0, len(folded))
    if question is Question.ANY_SORENESS and re.fullmatch(
        r"[\s.!,]*(?:no+|nope|nah|not at all|nop|no thanks?)[\s.!,]*", folded
    ):
        return Zero(False, 0, len(folded))
    if question is Question.SCORE and re.fullmatch(
        (
            r"[\s.!,]*(?:(?:no|nah|nope)[\s,.]+)?not (?:at all|one bit|a bit|in the slightest|even a "
            r"little)[\s.!,]*"
        ),
        folded,
    ):
        return Zero(False, 0, len(folded))
    if _QUESTION.search(folded):
        return None
    for pattern, now in _compiled():
        for found in pattern.finditer(folded):
            over = now or bool(re.search(r"(?:anymore|any more|now|no longer|any longer|today)", found[0]))
            before = folded[: found.start()]
            if (
                not _SOFTENED.search(before)
                and not (_OF_A_SYMPTOM.search(before) and not _OWN_VERB.match(found[0]))
                and not _EXCEPTION.match(folded[found.end() :])
            ):
                return Zero(over, found.start(), found.end())
    return None
