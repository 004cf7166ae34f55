"""How bad it is said to be without a number: mild, moderate or severe. A word never becomes a score."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_SORE = (
    r"(?:sore|tender|achy|achey|painful|ouchy|uncomfortable|stiff|tight|bad|pain|soreness|hurt(?:s|ing)?|"
    r"aching|ache|bruised)"
)

# The first that matches wins: negated and softened wordings stand before the plain words that they contain.
_WORDINGS: tuple[tuple[str, str], ...] = (
    ("mild", (
        r"(?:not|isn'?t|wasn'?t|aint|ain't|nothing|no|nt)\s+(?:too|that|so|very|really|super|all that|"
        rf"terribly|particularly|overly|as|much|hugely|crazy|at all|majorly)\s*(?:\w+ly\s+)?(?:{_SORE}|"
        r"terrible|awful|much|severe|intense|major|worrying|dreadful|unbearable)"
    )),
    ("mild", (
        r"(?:not|isn'?t|wasn'?t|never)\s+(?:bad|terrible|awful|severe|unbearable|horrible|dreadful|"
        r"major)|nothing (?:major|serious|crazy|terrible|too bad|dramatic|much|bad|to write home)|"
        r"nothing i can'?t (?:handle|cope)|no big deal|no biggie|bearable|hardly (?:any|anything|"
        r"noticeable|notice|sore|feel|hurts)|barely (?:any|anything|there|noticeable|notice|sore|feel|"
        r"hurts)|almost (?:nothing|none|gone)|next to nothing|(?:can|could) (?:just|only) (?:just "
        r")?(?:feel|notice)"
    )),
    ("mild", (
        r"(?:a (?:little|lil|wee)?\s*bit|little bit|lil bit|bit|a little|a lil|slight(?:ly)?|a tad|tad|"
        r"a touch|touch|a smidge|kinda|kind of|sort of|sorta|mildly|somewhat|a teeny bit|a wee bit|"
        rf"faintly|un poco|poquito|a hint)\s*(?:of\s+(?:a\s+|an\s+)?)?(?:\w+\s+)?(?:{_SORE}|discomfort|"
        r"niggle|twinge|of it)"
    )),
    ("moderate", (
        r"medium|moderate(?:ly)?|in the middle|middling|so so|so-so|middle of the road|half and half|"
        r"average|tolerable|manageable|noticeable|uncomfortable|fair(?:ly)? (?:sore|bit|amount)|"
        r"(?:pretty|quite|rather|fairly|decently|reasonably|properly) (?:sore|achy|tender|painful|"
        r"uncomfortable|stiff|bad)|bastante"
    )),
    ("severe", (
        r"agony|(?:pain(?:s|ing)?|hurts?|hurting) me (?:so |very )?(?:much|a lot|bad)|(?:back|neck|"
        r"shoulder|leg|\w+)'?s? (?:is |are )?in bits|hurts? (?:real |really |so )?bad(?:ly)?|(?:can |"
        r"could |can't )?(?:barely|hardly) (?:move|"
        r"walk|sit|stand|sleep|lift)|agonising|agonizing|excruciat\w+|unbearable|killing me|kills|"
        r"terrible|terribly|horrible|"
        r"horrendous|horrific|awful|dreadful|severe(?:ly)?|intense|worst (?:pain|ever|soreness|(?:it'?s|"
        r"it has) (?:ever )?been)|can'?t "
        r"(?:walk|move|sleep|bear|stand it|sit|function)|in tears|crying|dying|brutal|insane(?:ly)?|"
        r"crippling|torture|wrecked|so much pain|(?:lots|a lot|loads|tons) of (?:pain|soreness)|(?:sore|"
        r"hurts?) as (?:hell|anything|heck|fuck)|hurts? (?:like (?:hell|crazy|mad|a (?:mother|b))|so "
        r"(?:much|bad)|really bad|a lot|loads|badly)|(?:really|very|so+|super|extremely|crazy|mega|"
        r"incredibly|hella|freaking|fucking|bloody|mad|dead|well|ridiculously|extra|terribly) (?:\w+ "
        rf")?{_SORE}|through the roof|off the charts?|muy (?:adolorid\w|mal|fuerte)|muchisimo|mucho "
        r"dolor|(?:hurts|sore) a lot"
    )),
    ("mild", (
        r"mild(?:ly)?|slight(?:ly)?|minor|minimal|niggle|twinge|a (?:little|touch|bit)|little bit|tiny "
        r"bit|leve|not much|un poco|poquito"
    )),
)  # fmt: skip
# "not severe", "didn't kill me": the wording is denied.
_DENIED = re.compile(r"(?:\bnot|n't|\bno|\bnever|\bwithout|\bnt)\s+(?:\w+\s+)?(?:be\s+|in\s+|so\s+)?$")


@dataclass(frozen=True)
class Severity:
    """A severity word found at `folded[start:end]`: mild, moderate or severe."""

    word: str
    start: int
    end: int


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((word, re.compile(rf"\b(?:{pattern})\b")) for word, pattern in _WORDINGS)


# "bit of a bruise", "slight swelling": the word weighs something else than the soreness.
_OF_SOMETHING_ELSE = re.compile(
    r"^\s*(?:of\s+)?(?:an?\s+|some\s+)?(?:\w+\s+)?(?:bruis|swell|swoll|numb|tingl|headache|tired|dizz|"
    r"light ?head|nause|hinch|red|itch|fatigue|fever|better|worse|easier|less|more|bleed|"
    r"stiff|tight|weak|later|longer|late|after|rash|spasm|twitch|lump)"
)


def severity_in(folded: str) -> Severity | None:
    """Return the strongest plain reading of how bad it is, or None."""
    for word, pattern in _compiled():
        for found in pattern.finditer(folded):
            softened = word == "mild" or not _DENIED.search(folded[: found.start()])
            if _OF_SOMETHING_ELSE.match(folded[found.end() :]) or re.search(
                r"(?:bruis|swell|numb|stiff|tight)\w*$", found[0]
            ):
                continue
            if not softened:
                return Severity("mild", found.start(), found.end()) if word == "severe" else None
            return Severity(word, found.start(), found.end())
    return None
