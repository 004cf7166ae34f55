"""Other symptoms after a session, and those said not to be there; spaCy's Matcher finds the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reading.denial import denied as is_denied
from bot.reading.language import pipeline, tokens_of
from bot.reading.symptom_lookalikes import NOT_A_SYMPTOM, NOT_MISSPELT, TYPO_WORDS
from bot.reading.symptom_words import SYMPTOMS
from bot.safety.spelling import real_words

if TYPE_CHECKING:
    from spacy.matcher import Matcher
    from spacy.tokens import Doc, Span, Token


@dataclass(frozen=True)
class Symptom:
    """A symptom at `folded[start:end]`; `denied` when the patient says that it is not there."""

    name: str
    denied: bool
    start: int
    end: int


@cache
def _matcher(name: str) -> Matcher:
    from spacy.matcher import Matcher

    matcher = Matcher(pipeline().vocab)
    rules = [
        [{"LOWER": {"REGEX": f"^(?:{word})$"}} for word in pattern.split(" ")] for pattern in SYMPTOMS[name]
    ]
    matcher.add(name, rules)
    return matcher


@cache
def _first_words() -> dict[str, re.Pattern[str]]:
    """Each symptom with the words that one of its wordings may begin with."""
    return {
        name: re.compile("|".join(f"^(?:{pattern.split(' ')[0]})$" for pattern in patterns), re.MULTILINE)
        for name, patterns in SYMPTOMS.items()
    }


def _matches(doc: Doc) -> list[Span]:
    """Run spaCy's Matcher for the symptoms that can be there: for all of them it would be half of the reading."""
    lines = "\n".join(token.lower_ for token in doc)
    return [
        span
        for name, first in _first_words().items()
        if first.search(lines)
        for span in _matcher(name)(doc, as_spans=True)
    ]


def _misspelt(token: Token) -> str | None:
    word = token.text
    if len(word) < 5 or not word.isalpha() or token.is_stop or word in NOT_MISSPELT or word in real_words():
        return None
    hit = process.extractOne(
        word, TYPO_WORDS.keys(), scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2
    )
    return TYPO_WORDS[hit[0]] if hit and hit[0][0] == word[0] else None


def symptom_named(words: str) -> str:
    """Return the list's name for lay words such as "bruised"; the words themselves when it has none."""
    found = find_symptoms(tokens_of(words.lower()))
    return found[0].name if found else " ".join(words.lower().split())


def find_symptoms(doc: Doc) -> list[Symptom]:
    """Find symptoms other than soreness in a tokenised, folded message, each once, in order."""
    from spacy.util import filter_spans

    spans = filter_spans(_matches(doc))
    found = [
        (span.label_, span.start, span.end) for span in spans if not _looks_alike(doc, span.start, span.end)
    ]
    taken = {index for span in spans for index in range(span.start, span.end)}
    found += [
        (name, token.i, token.i + 1) for token in doc if token.i not in taken and (name := _misspelt(token))
    ]
    found.sort(key=lambda one: one[1])
    starts = {index for _, start, end in found for index in range(start, end)}
    symptoms: dict[str, Symptom] = {}
    for name, start, end in found:
        place = doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text)
        denied = is_denied(doc, start, end, starts)
        if _hypothetical(doc, start) or _slept(doc, start, end):
            continue
        earlier = symptoms.get(name)
        if earlier is None or (earlier.denied and not denied):
            symptoms[name] = Symptom(name, denied, *place)
    return list(symptoms.values())


def _looks_alike(doc: Doc, start: int, end: int) -> bool:
    if end - start != 1:
        return False
    before = doc[start - 1].text if start else ""
    after = doc[end].text if end < len(doc) else ""
    return any(
        doc[start].text == word
        and (before in left or after in right or (not (left or right) and word == "unused"))
        for word, left, right in NOT_A_SYMPTOM
    )


# "is bruising normal?"
_ASKED = re.compile(
    r"(?:^|[.,;!?]\s*|\b(?:and|but|so)\s+)(?:is|are|was)\s+(?:some\s+|a\s+|the\s+|"
    r"a bit of\s+|any\s+)?$"
)
_WHETHER_USUAL = re.compile(
    r"\w+(?:\s+(?:and|or)\s+\w+)?\s+(?:normal|ok|okay|common|usual|expected|bad|"
    r"a problem)\b"
)


_LIMBS = re.compile(r"(?:foot|feet|hand|arm|leg|toe|finger|thumb|limb|side)s?|keeps?|kept|it|they")


_HAS = {"'s", "s", "has", "have", "had", "is", "was", "just", "both", "even"}


def _slept(doc: Doc, start: int, end: int) -> bool:
    """ "I went to sleep" is no tingling, "my foot went to sleep" is."""
    if doc[end - 1].text not in {"sleep", "asleep"} or doc[start].text in {"bad", "no"} or end - start > 3:
        return False
    moved = doc[start].text in {"gone", "go", "goes", "went", "going", "falls", "falling", "fell", "fallen"}
    doer = next((doc[i].text for i in range(start - 1, -1, -1) if doc[i].text not in _HAS), "")
    return moved and not _LIMBS.fullmatch(doer)


def _hypothetical(doc: Doc, start: int) -> bool:
    """ "in case it swells", "worried about bruising", "should I watch for swelling?"."""
    text = doc.text
    before, after = text[max(0, doc[start].idx - 30) : doc[start].idx], text[doc[start].idx :]
    if _ASKED.search(before) and _WHETHER_USUAL.match(after):
        return True
    return any(
        phrase in before
        for phrase in (
            "in case",
            "watch for",
            "watch out for",
            "worried about",
            "what if",
            "normal to get",
            "normal to be",
            "prone to",
            "is it ok to be",
            "should i be",
        )
    )
