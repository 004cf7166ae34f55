"""Body parts and their lay words, from `data/body_parts.yml`.

spaCy's PhraseMatcher finds the words; a misspelt single word is found by rapidfuzz.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reading.language import pipeline, tokens_of
from bot.reading.part_words import NOT_MISSPELT, OTHER_MEANINGS, SHORT_TYPOS
from bot.safety.spelling import real_words

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc, Token


LIST = Path(__file__).resolve().parents[2] / "data" / "body_parts.yml"


@dataclass(frozen=True)
class BodyPart:
    """An entry of `data/body_parts.yml`. `snomed` is not verified; see the head of that file."""

    name: str
    words: tuple[str, ...]
    near: tuple[str, ...]
    paired: bool
    snomed: str | None


@cache
def body_parts() -> dict[str, BodyPart]:
    """Read the list; keys are names."""
    entries = yaml.safe_load(LIST.read_text(encoding="utf-8"))["body_parts"]
    return {
        entry["name"]: BodyPart(
            entry["name"],
            tuple(entry["words"]),
            tuple(entry["near"]),
            entry["paired"],
            entry["snomed"]["code"] if entry["snomed"] else None,
        )
        for entry in entries
    }


def same_place(one: str | None, other: str | None) -> bool:
    """Tell whether two names would be taken for the same answer: equal, or `near` each other."""
    if one == other:
        return True
    known = body_parts()
    return one in known and other in known and (other in known[one].near or one in known[other].near)


def part_named(words: str) -> str | None:
    """Return the list's name for lay words such as "traps"; None when they name no part."""
    parts = find_parts(tokens_of(words.lower()))
    return parts[0][0] if parts else None


_IRREGULAR = {"calf": "calves", "foot": "feet", "scapula": "scapulae", "hammy": "hammies", "booty": "booties"}
_LINKS = {"of", "between", "behind", "under", "in", "and", "where", "below", "above", "meets", "joins", "to"}
_SMALL = {"my", "the", "your", "a", "that", "this", "our"}
_HEIGHTS = {"lower", "upper", "mid", "low", "middle", "inner", "outer"}


def _plural(word: str) -> str:
    return _IRREGULAR.get(word) or word + ("" if word.endswith("s") else "es" if word.endswith("ch") else "s")


@cache
def single_words() -> frozenset[str]:
    """Return every single word that names a part, with its plural."""
    words = {word for part in body_parts().values() for word in part.words if word.isalpha()}
    return frozenset(form for word in words for form in (word, _plural(word)))


@cache
def _spellings() -> frozenset[str]:
    """Words of the list that are long enough to be known when they are misspelt."""
    words = {word for part in body_parts().values() for phrase in part.words for word in phrase.split()}
    forms = {form for word in words for form in (word, _plural(word))}
    return frozenset(word for word in single_words() | (forms - NOT_MISSPELT) if len(word) >= 5)


@cache
def _spellings_with(letter: str) -> tuple[str, ...]:
    """The spellings that begin with a letter, in order, so that a tie is decided the same way each time."""
    return tuple(sorted(word for word in _spellings() if word[0] == letter))


@cache
def _matcher() -> PhraseMatcher:
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(pipeline().vocab, attr="LOWER")
    for part in body_parts().values():
        forms = {form for word in part.words for form in _forms(word)}
        matcher.add(part.name, [tokens_of(form) for form in sorted(forms)])
    return matcher


def _forms(word: str) -> set[str]:
    """A word, its plural, and the side that people put into a phrase ("back of left knee", "lower right back")."""
    *before, last = word.split()
    forms = {" ".join([*before, form]) for form in (last, _plural(last))}
    if len(before) > 1 and before[-1] == "of":  # "balls of feet"
        forms |= {" ".join([*before[:-2], _plural(before[-2]), "of", form.split()[-1]]) for form in forms}
    linked = next((n + 1 for n, link in enumerate(before) if link in _LINKS), None)
    if linked is None and len(before) == 1 and before[0] in _HEIGHTS:
        linked = 1
    if linked is None:
        return forms
    sides = ("left", "right", "both", "each")
    return forms | {
        " ".join([*form.split()[:linked], side, *form.split()[linked:]]) for form in forms for side in sides
    }


def find_parts(doc: Doc) -> list[tuple[str, int, int]]:
    """Parts as (name, first token, token after the last); longest match wins."""
    from spacy.tokens import Doc
    from spacy.util import filter_spans

    # "back of my knee" is matched as "back of knee", a misspelt word as it was meant.
    kept = [token.i for token in doc if not _between_words(doc, token)]
    plain = Doc(doc.vocab, words=[_respelt(doc[index]) for index in kept]) if kept else doc
    spans = filter_spans(_matcher()(plain, as_spans=True))
    found = [(span.label_, kept[span.start], kept[span.end - 1] + 1) for span in spans]
    found = [one for one in found if not _other_meaning(doc, one[1], one[2])]
    seat = next((start for name, start, _ in found if name == "glute"), len(doc))
    return [  # "my arse. left cheek"
        ("glute" if doc[end - 1].text in {"cheek", "cheeks"} and start > seat else name, start, end)
        for name, start, end in found
    ]


def _between_words(doc: Doc, token: Token) -> bool:
    return token.i > 0 and token.text in _SMALL and doc[token.i - 1].text in _LINKS


def _respelt(token: Token) -> str:
    """The word of the list that was meant, or the word itself."""
    word = token.text.strip("'")
    if word in SHORT_TYPOS:
        return SHORT_TYPOS[word]
    if len(word) < 5 or not word.isalpha() or token.is_stop or word in NOT_MISSPELT:
        return token.text
    if word in _spellings() or word in real_words():
        return token.text
    allowed = 1 if len(word) < 8 else 2
    # The first letter is seldom mistyped, and asking for it keeps ordinary words out.
    hit = process.extractOne(word, _spellings_with(word[0]), scorer=OSA.distance, score_cutoff=allowed)
    return hit[0] if hit else token.text


def _other_meaning(doc: Doc, start: int, end: int) -> bool:
    words = doc[start:end].text
    if words not in OTHER_MEANINGS:
        return False
    before, after = OTHER_MEANINGS[words]
    left = doc.text[: doc[start].idx].rstrip()
    right = doc.text[doc[start].idx + len(words) :].lstrip()
    return bool((before and re.search(before, left)) or (after and re.search(after, right)))
