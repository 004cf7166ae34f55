"""Numbers that a message takes back: denied, corrected, imagined, somebody else's, or of something else."""

from __future__ import annotations

import re

from bot.reading.numerals import Numeral

_CORRECTION = re.compile(
    r"(?:\b(?:i lie|tell a lie|scrap (?:it|that)|forget (?:it|that)|ignore that|strike that|sorry|soz|"
    r"sry|oops|whoops|woops|i mean|i meant|meant|mean|actually|correction|wait|hang on|"
    r"hold on|scratch that|make (?:that|it)|"
    r"change (?:that|it|my answer)|should (?:be|have been|of been)|shld be|no it'?s|nvm|my bad|my "
    r"mistake|typo|wrong|edit|perdon|digo)\b|^\s*\*|\*\s*$|^\s*[.,;!-]*\s*(?:no|nah|nope)[\s,.]*(?:an?\s+)?$|"
    r"\.\.+\s*(?:ok|okay|well|hmm|or rather)[\s,.]*(?:an?\s+)?$)"
)


_NOT = re.compile(
    r"(?:\bnot|n't|\bnt|\brather than|\binstead of|\bthan|\bwasnt|\bisnt|\baint|\bnever|\bno "
    r"longer)\s+(?:an?\s+|at\s+|quite\s+|really\s+|even\s+|like\s+|about\s+|the\s+|to\s+|be\s+|it'?s\s+|"
    r"as (?:bad|high|much) as\s+|as\s+){0,3}$"
)


_LIMIT = re.compile(
    r"(?:\b(?:less|lower|more|higher|greater|better|worse|fewer)\s*than|\b(?:north|south) of|\b(?:under|"
    r"below|over|above)|(?<!\d)(?<!\d\s)[<>])\s*(?:an?\s+)?$"
)


_AT_MOST = re.compile(
    r"\b(?:no|not|never|nothing|no way|can'?t be|cannot be|couldn'?t be|wouldn'?t be|not be|"
    r"wouldn'?t (?:say|put it|go|rate it)|"
    r"isn'?t|is not)\s+(?:any\s+)?(?:it'?s\s+)?(?:more|higher|worse|above|over|greater)\s*(?:than)?\s+(?:an?\s+)?$"
)


def corrected(folded: str, numerals: list[Numeral]) -> list[Numeral]:
    """Drop a number that the next one corrects: "8 sorry 3", "neck 4 shoulder 2 no wait 3"."""
    kept: list[Numeral] = []
    for one in numerals:
        start = kept[-1].end if kept else 0
        if kept and _CORRECTION.search(folded[start : one.start]):
            kept.pop()
        kept.append(one)
    if len(kept) == 2 and re.match(r"\s*\*\s*$", folded[kept[1].end :]):
        return kept[1:]
    return kept


_UNSAID = re.compile(
    r"\b(?:gonna|going to|about to|would have|would'?ve|wanted to|thinking|thought|tempted "
    r"to)\s+(?:of\s+)?(?:say\w*|said|put|go with|been)?\s*(?:it was\s+|it'?d be\s+|it would be\s+|"
    r"it will be\s+)?(?:an?\s+)?$"
    r"|\b(?:expect\w*|dread\w*|fear\w*|brac\w+ for)\s+(?:it to be\s+)?(?:an?\s+)?$"
)


_MAY_BE = re.compile(
    r"\b(?:what if|(?:may|might|could|will|would|gonna|going to) (?:go|get|rise|climb|jump)|worried|"
    r"afraid|scared|hop(?:e|es|ing)|if (?:it|this|that) (?:hits|reaches|gets|goes|climbs|rises|passes|"
    r"tops))\b[^.,;\d]{0,20}$"
)


PERSON = (
    r"(?:husband|wife|missus|sister|brother|mum|mom|mam|dad|son|daughter|friend|mate|boss|neighbou?r|kid|child|gran|"
    r"grandad|nan|auntie?|uncle|cousin|partner|boyfriend|girlfriend|therapist)"
)
SAID_BY_ANOTHER = re.compile(
    rf"\b(?:{PERSON}|he|she|they)\s+(?:would |'d |wd )?(?:have |of |'ve )?(?:says?|said|"
    r"thinks?|thought|reckons?|"
    r"guess\w*|put)\b[^.;\d]{0,15}$"
    r"|\b(?!body\b)\w+\s+(?:says|thinks|reckons|guesses)\b[^.;\d]{0,15}$"
    r"|\b(?:you|u|ye|yous|yall)(?:'ve)?\s+(?:have|has|had|got|put|wrote|noted|recorded|said|say|think)\b[^.;\d]{0,15}$"
)


# What another number may measure: it gives way to the one for soreness.
_OTHER_MEASURE = re.compile(
    r"\b(?:stiff\w*|tight\w*|fatigue|tired\w*|energy|stress|sleep|mood|swelling|bruising|anxiety|"
    r"function|mobility|numbness|tingling|headache)\s*(?:level|is|:|at|about|was|an?|like)*\s*$"
)


_OTHER_MEASURE_AFTER = re.compile(
    r"\s*(?:/\s*10|out of 10)?\s*(?:for\s+)?(?:stiff\w*|tight\w*|fatigue|tired\w*|energy|stress|sleep|"
    r"mood|pain)\b"
)


def of_soreness(folded: str, kept: list[Numeral]) -> list[Numeral]:
    """ "soreness 6 tightness 4": keep the soreness."""
    mine = [one for one in kept if not _OTHER_MEASURE.search(folded[: one.start])]
    mine = [one for one in mine if not _OTHER_MEASURE_AFTER.match(folded[one.end :])] or mine
    return mine or kept


# "half of the 8 I had", "two less than yesterday's 6": a number to reckon from.
_RECKONED = re.compile(
    r"\b(?:half of|(?:half|twice|double|a third|a quarter)\s+(?:of\s+)?(?:the|that|what|my|yesterday'?s|last \w+'?s)"
    r"|(?:less|more|better|worse|lower|higher|down|up)\s+(?:than|from|on)\s+(?:yesterday|last \w+|"
    r"\w+day)'?s)\s+(?:an?\s+)?$"
)
# "if 10 is childbirth then 3": what the patient measures by.
_YARDSTICK = re.compile(
    r"\b(?:if|where|when|say)\s+(?:an?\s+)?$|\b(?:if|where|say)\s+[\w' ]{2,25}?(?:'s|\bis|\bwas|\bwere)\s+(?:an?\s+)?$"
)
_IS = re.compile(r"\s+(?:is|was|=|means|being)\b")


def _measures_by(folded: str, one: Numeral) -> bool:
    before, after = folded[: one.start], folded[one.end :]
    if one.high != 10 or not re.search(
        r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine)\b", after
    ):
        return False
    return bool(
        (_YARDSTICK.search(before) and (_IS.match(after) or not before.rstrip().endswith("if")))
        or _BEING.match(after)
    )


_BEING = re.compile(r"\s+being\b")


# "8 it aint, 6", "where did you get 8 from? 3", "that 7 I gave you, scrap it".
_TAKEN_BACK = re.compile(
    r"\s+(?:it (?:isn'?t|ain'?t|is not|was not|wasn'?t)|is wrong|was wrong|"
    r"is not right|from\s*\?|i (?:gave|told|sent)\b)"
)


def denied(folded: str, one: Numeral, others: bool) -> bool:
    """Tell whether the words around a number take it back: "not 8", "less than 3", "what if it's a 9"."""
    before = folded[: one.start]
    if _TAKEN_BACK.match(folded[one.end :]) or _RECKONED.search(before) or _measures_by(folded, one):
        return True
    if _UNSAID.search(before) and re.search(r"\d", folded[one.end :]):
        return True
    if _MAY_BE.search(before) or re.match(
        r"\s+(?:by |until |at |in )?(?:the |a )?(?:tomorrow|tmrw|tmr|tomoz|2moro|later|next week|"
        r"weekend|end of|few days|day or two)\b",
        folded[one.end :],
    ):
        return True
    if others and SAID_BY_ANOTHER.search(before):
        return True
    if _AT_MOST.search(before):
        return False
    return bool(_NOT.search(before) or _LIMIT.search(before))
