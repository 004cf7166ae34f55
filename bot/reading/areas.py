"""Which named places are the sore ones, and which score belongs to which: "neck 4 shoulder 2"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.reading.fine import FINE
from bot.reading.numerals import Numeral
from bot.reading.places import Place
from bot.reading.score_value import Ask, Score
from bot.reading.symptoms import Symptom


def read_areas(
    folded: str, places: list[Place], score: Score, symptoms: list[Symptom]
) -> tuple[list[Place], list[float | None], Score]:
    """Return the sore places, their own scores,
    and the score of the message: the highest area's when areas have theirs."""
    told = _told_for_itself(folded, _of_needling(places, score))
    sore = _without_symptom_sites(folded, [place for place in told if not _not_sore(folded, place)], symptoms)
    earlier = score.previous_start if score.previous is not None and score.value is not None else -1
    numerals = [
        one
        for one in score.numerals
        if 0 <= one.low <= one.high <= 10 and one.scale in (None, 10) and one.start != earlier
    ]
    if len(sore) == 1:
        return sore, [score.value], score
    if not sore or not numerals:
        return sore, [None] * len(sore), score
    owned = _owned(folded, sore, numerals, score)
    nothing = [n for n, place in enumerate(sore) if n not in owned and _NOTHING.match(folded[place.end :])]
    if len({id(one) for one in owned.values()}) + len(nothing) < 2:
        return sore, [None] * len(sore), score
    own: list[float | None] = [
        owned[n].high if n in owned else 0.0 if n in nothing else None for n in range(len(sore))
    ]
    if len(owned) == len(numerals) or score.ask is Ask.SEVERAL or score.value is None:
        top = max(owned.values(), key=lambda one: one.high)
        current = list(owned.values())
        if score.previous is None or score.value is None:
            low = min(one.low for one in current)
            score = replace(
                score, value=top.high, low=low, high=top.high, ask=None, start=top.start, end=top.end
            )
    return sore, own, score


def _of_needling(places: list[Place], score: Score) -> list[Place]:
    """Leave out the places of another hurt, if one remains."""
    return [
        one for one in places if not any(start <= one.start < end for start, end in score.elsewhere)
    ] or places


# "neck 6, traps 4, lower back nothing": a zero in the list.
_NOTHING = re.compile(
    r"(?:'s|s)?\s*(?:is|has|:|=|-)?\s*(?:nothing|nil|none|nowt|nought|nada|zip|gone(?: (?:quiet|"
    r"completely|away|now))?)\s*"
    r"(?:$|[,.;)\n])"
)


# "forearm near the wrist": the second place only tells where the first one is.
_NEAR = re.compile(
    r"^[\w\s]{0,12}\b(?:near|close to|next to|towards?|above|below|under|underneath|beneath|"
    r"nearest|meets|joins|runs into)\s+(?:the|my)?\s*(?:left|"
    r"right)?\s*$"
)
_SITE = re.compile(
    r"\s*(?:feeling\s+|sensation\s+)?(?:(?:in|down|on|into|to|around|along|at|over|of|through|"
    r"all)\s+)+(?:(?:my|the|his|both|each|left|right|l|r|lower|upper|whole)\s+)*"
)


# "head ache", "tight chest": the part belongs to the symptom; in "dead arm" it is the arm that is told of.
_OF_SYMPTOMS = {"head", "chest", "abdomen"}


def _told_for_itself(folded: str, places: list[Place]) -> list[Place]:
    """Leave out a place that only tells where the one before it is."""
    return [
        one
        for n, one in enumerate(places)
        if n == 0 or not _NEAR.search(folded[places[n - 1].end : one.start])
    ]


def _without_symptom_sites(folded: str, places: list[Place], symptoms: list[Symptom]) -> list[Place]:
    """Leave out where another symptom is ("tingling in my fingers,
    neck is 3") if a sore place remains; "head ache" is none."""
    bodily = [
        one
        for one in places
        if one.part not in _OF_SYMPTOMS
        or not any(sym.start <= one.start and one.end <= sym.end for sym in symptoms)
    ]
    elsewhere = [
        one
        for one in bodily
        if not any(
            sym.end <= one.start
            and (_SITE.fullmatch(folded[sym.end : one.start]) or (sym.denied and one.start - sym.end == 1))
            for sym in symptoms
        )
        or re.match(r"\s*,?\s*(?:is|was|it'?s|at|:)?\s*(?:an?\s+)?\d", folded[one.end :])
    ]
    return elsewhere or bodily


def _owned(folded: str, sore: list[Place], numerals: list[Numeral], score: Score) -> dict[int, Numeral]:
    """Pair places with numbers: in the order of a list ("neck and calf, 4 and 2"),
    else each number with its neighbour."""
    last_place, first_number = sore[-1].end, numerals[0].start
    if len(sore) == len(numerals) and last_place <= first_number:
        return dict(enumerate(numerals)) if len(numerals) > 1 else {}
    if len(sore) == len(numerals):
        number_first = numerals[0].end <= sore[0].start
        orderly = all(
            (one.end <= place.start if number_first else place.end <= one.start)
            for place, one in zip(sore, numerals, strict=True)
        )
        if orderly:
            return dict(enumerate(numerals))
    pairs: dict[int, Numeral] = {}
    for one in numerals:
        before = [n for n, place in enumerate(sore) if place.end <= one.start]
        after = [n for n, place in enumerate(sore) if place.start >= one.end]
        near_after = after and re.fullmatch(
            r"\s*(?:/10|out of (?:10|ten))?\s*(?:in|on|for|at|with)?\s*(?:my|the|both|mi)?\s*",
            folded[one.end : sore[after[0]].start],
        )
        if near_after and after[0] not in pairs:
            pairs[after[0]] = one
        elif before and before[-1] not in pairs:
            pairs[before[-1]] = one
        elif after and after[0] not in pairs:
            pairs[after[0]] = one
    return pairs


# "my hip replacement", "the knee I did in at football": not what the needling left.
_HURT_ELSEWHERE = re.compile(
    r"(?:replace\w*|replacement|op\b|operation|surgery|(?:that |"
    r"which )?i (?:did in|hurt|broke|twisted|banged|bashed)\b)"
)
_FINE = re.compile(
    r"^(?:'s|s)?\s*(?:side\s+)?(?:\s*(?:is|are|was|feels?|feeling|seems?|has been|all|both|totally|"
    r"completely|now|pretty|actually|much|looks|were|isnt|isn't|arent|aren't|doesnt|doesn't)\s+)*"
    rf"(?:{FINE}|hurt|sore at all|nothing)\b"
)
_DENIED = re.compile(
    r"(?:\bnot|\bn't|\bisn't|\bisnt|\bit's not|\bno pain in|\bnothing in|\bno soreness in|\bno longer in|"
    rf"\binstead of|\brather than|\bnot sore in|\bnot in|\bexcept|\bdon'?t ask about|\bnever mind|"
    rf"\bforget|\bapart from|\bnot counting|\bignore|\bnone in|\b{FINE} in|\b(?:think|thought|expected|"
    r"assumed|reckoned)\s+(?:it'?d|it would|it was|it)(?:\s+be)?)\s+(?:really\s+)?(?:so "
    r"much\s+)?(?:in\s+|on\s+)?(?:my\s+|the\s+|both\s+|any of\s+)*$"
)
_USED = re.compile(
    r"\b(?:turn|turning|lift|lifting|raise|raising|bend|bending|lie|lying|lay|laying|sleep|sleeping|"
    r"stand|standing|on|using|use|move|moving|rotate|rolled|roll|over|straighten|put|"
    r"with)\s+(?:on\s+)?(?:my\s+|the\s+)(?:left\s+|right\s+|other\s+)?$"
)


# "woke up with my neck really sore": it is not what was used.
_SORE_ITSELF = re.compile(
    r"(?:(?:really|so|very|all|a bit|quite|pretty|still|is|feeling)\s+)*(?:sore|stiff|achy|aching|hurting|tender|"
    r"throbbing)\b"
)


def _not_sore(folded: str, place: Place) -> bool:
    """ "neck is fine", "not my knee", "you needled my calf but …": named, but not where it is sore."""
    before, after = folded[: place.start], folded[place.end :].lstrip(" )")
    if _NOTHING.match(after) and re.search(r"\d", before):
        return False
    if place.part is None:
        return bool(re.search(r"\bnot\s+(?:the\s+|my\s+)?$", before))
    if re.search(r"\b(?:your|ur|yr)\s+$", before):
        return True  # "God bless your hands"
    if _DENIED.search(before):
        return True
    fine = _FINE.match(after)
    if fine and _plainly_fine(fine[0], after):
        return not re.match(r"\s*(?:until|when|unless|except|if)\b", after[fine.end() :])
    if re.match(r"(?:doesn't|doesnt|isn't|isnt|aren't|arent|don't|dont) (?:hurt|sore)", after):
        return True
    if re.match(r"done\b", after) and re.search(r"\ba (?:new )?$", before):
        return True  # "four kids and a hip done"
    if _HURT_ELSEWHERE.match(after) or re.search(
        r"\bneedles? (?:was|were|went|is|goes) in (?:my |the )?$", before
    ):
        return True
    if re.search(
        r"(?:can'?t|cannot|couldn'?t|hard to|hurts? to|sore to|"
        r"difficult to)\s+(?:\w+\s+)?\w+\s+(?:my|the)\s+$",
        before,
    ):
        return False  # "couldnt turn my neck"
    return bool(
        _USED.search(before)
        and not _SORE_ITSELF.match(after)
        and not re.search(
            (
                r"\b(?:sore|pain|hurts?|ache|soreness|bruise|bruising)\s+(?:on|with|in)\s+(?:my\s+|"
                r"the\s+)(?:left\s+|right\s+)?$"
            ),
            before,
        )
        and not re.search(r"\bon (?:my|the)\s+(?:left\s+|right\s+)?$", before)
    )


def _plainly_fine(words: str, after: str) -> bool:
    """ "is fine", "doesn't hurt"; not "isn't fine" and not "hurt"."""
    if re.match(r"(?:'s|s)?\s*(?:hurt|sore)\b", after):
        return False
    if re.search(r"\b(?:doesn't|doesnt|isn't|isnt|aren't|arent)\s+(?:hurt|sore)", words):
        return True
    return not re.search(
        r"\bnot\b|n't", words.replace("not sore", "").replace("not bad", "")
    ) and not re.search(r"\b(?:hurt|sore at all)\b", words)
