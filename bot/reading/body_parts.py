"""Where it is sore: body parts with their side, from `data/body_parts.yml`.

Words are matched by spaCy's PhraseMatcher on lemma-like forms; a misspelt single word is matched by rapidfuzz.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reading.language import pipeline

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


@dataclass(frozen=True)
class Place:
    """A body part named in a message, at `folded[start:end]`; `part` is None when only a side was named."""

    part: str | None
    side: str | None
    start: int
    end: int


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
    places = find_places(pipeline_tokens(words))
    return places[0].part if places else None


def pipeline_tokens(words: str) -> Doc:
    """Tokenise lay words the way a message is tokenised."""
    from bot.reading.language import tokens_of

    return tokens_of(words.lower())


_IRREGULAR = {"calf": "calves", "foot": "feet", "scapula": "scapulae", "hammy": "hammies", "booty": "booties"}
_SKIPPED = {
    "my",
    "the",
    "your",
    "his",
    "her",
    "our",
    "a",
    "both",
    "mi",
    "la",
    "el",
    "left",
    "right",
    "those",
    "that",
}
# Ordinary words that lie one letter from a body part.
_NOT_MISSPELT = frozenset(
    """should shouldn shoulda shouldnt thing things think thinks thick tight tights night sight weight eight right
    light might fight check cheek chess cheat guest crest quest wrest twist knead kneed kneel needle needles
    heels health healed healthy heard heart hears herd bathe backs backed black slack pack spin spain pain pains
    paint stone stones scale small smell shine shines shirt thirst first third church chair change class clever
    fingers forever before forget former forward quiet quite quit squad squat elbow world would could while
    throw through though thought these those there their where truck trunk tramp strap straps train trains rapid
    hander handed hands handy handle heads ready steady stead really real rear reap rest chose chore choir those
    gross grown groan growing group going glue globe gluten bottom button buttons bitten butter better bother
    muscle muscles temple tempo simple sample pencil pelvic pills spike spine sport sports hotel whole
    other another brother mother father rather whether weather leather tender under wonder yonder plater planter
    calls calm cafe half halves chew jaws laws saw raw low blow below allow tow towel""".split()
)  # fmt: skip


@cache
def _single_words() -> dict[str, str]:
    vocabulary = {}
    for part in body_parts().values():
        for word in part.words:
            if " " not in word and len(word) >= 5:
                vocabulary[word] = part.name
                vocabulary[word + "s"] = part.name
    return vocabulary


@cache
def _matcher() -> PhraseMatcher:
    from spacy.matcher import PhraseMatcher

    nlp = pipeline()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for part in body_parts().values():
        forms = {form for word in part.words for form in _forms(word)}
        matcher.add(part.name, [pipeline_tokens(form) for form in sorted(forms)])
    return matcher


def _forms(word: str) -> set[str]:
    """A word, its plural, and "of" phrases with the small words people put in ("back of my knee")."""
    *before, last = word.split()
    plural = _IRREGULAR.get(last, last if last.endswith("s") else last + "s")
    forms = {word, " ".join([*before, plural])}
    if before and before[-1] in {"of", "between", "behind", "under"}:
        forms |= {
            " ".join([*before, small, form])
            for small in (
                "my",
                "the",
                "both",
                "your",
                "both my",
                "my left",
                "my right",
                "the left",
                "the right",
                "left",
                "right",
                "each",
            )
            for form in (last, plural)
        }
    elif len(before) >= 2 and before[-2] in {"of", "between", "behind", "under", "in"}:
        forms |= {
            " ".join([*before[:-1], small, before[-1], form])
            for small in (
                "my",
                "the",
                "your",
                "both",
                "my left",
                "my right",
                "the left",
                "the right",
                "left",
                "right",
            )
            for form in (last, plural)
        }
    elif len(before) == 1 and before[0] in {"lower", "upper", "mid", "low", "middle", "inner", "outer"}:
        forms |= {f"{before[0]} {side} {form}" for side in ("left", "right") for form in (last, plural)}
    return forms


def find_places(doc: Doc) -> list[Place]:
    """Find body parts and sides in a tokenised, folded message, in order, each part and side once."""
    parts = _parts(doc)
    sides = _sides(doc, parts)
    return _joined(doc, parts, sides)


def _parts(doc: Doc) -> list[tuple[str, int, int]]:
    """Parts as (name, first token, token after the last); longest match wins."""
    from spacy.util import filter_spans

    spans = filter_spans(_matcher()(doc, as_spans=True))
    found = [
        (span.label_, span.start, span.end) for span in spans if not _other_meaning(doc, span.start, span.end)
    ]
    taken = {index for _, start, end in found for index in range(start, end)}
    matched = {index for span in spans for index in range(span.start, span.end)}
    for token in doc:
        if token.i not in taken | matched and (name := _misspelt(token)):
            found.append((name, token.i, token.i + 1))
    return sorted(found, key=lambda one: one[1])


def _misspelt(token: Token) -> str | None:
    word = token.text.strip("'")
    if len(word) < 5 or not word.isalpha() or token.is_stop or word in _NOT_MISSPELT:
        return None
    allowed = 1 if len(word) < 8 else 2
    hit = process.extractOne(word, _single_words().keys(), scorer=OSA.distance, score_cutoff=allowed)
    # The first letter is seldom mistyped, and asking for it keeps ordinary words out.
    return _single_words()[hit[0]] if hit and hit[0][0] == word[0] else None


# Words that are a body part only sometimes: when the text around them matches, they are not.
_OTHER_MEANINGS: dict[str, tuple[str, str]] = {
    # word: (text just before, text just after); an empty pattern never matches
    "back": (
        r"\b(come|came|coming|go|going|went|get|got|getting|text|write|call|bring|brought|be|am|im|i'm|is|are|was|ring|give|"
        r"gave|take|took|look|looking|hold|days?|hours?|weeks?|bit|it|them|me|you|straight|right|started|writing|report|"
        r"head|heading|walk(ed|ing)?|drove|drive|driving|hear|check|pain|soreness|swelling|laid|lying|lie|lay|sleep(ing)?) on my$|"
        r"\b(come|came|coming|go|going|went|gone|get|got|getting|text|write|call|bring|brought|be|ring|give|gave|take|took|"
        r"look|looking|hold|days?|hours?|weeks?|head|heading|walking|drove|drive|driving|hear|check|straight|way|was|am|"
        r"i'm|im|on my way|its|it's|it|pain|soreness|me|started|creeping|crept|comes|goes|right)$",
        r"^(to|in|then|again|at work|home|into|from|up|at the|on (mon|tue|wed|thu|fri|sat|sun)|and forth|ache again)\b",
    ),
    "head": (r"\b(turn|turning|move|moving|rotate|rotating|tilt|tilting|lift|lifting|over|off the top of|shake|nod) my$",
             r"^(start|out|to the|over|back|off)\b"),
    "leg": (r"", r"^day\b"),
    "heads": (r"", r"^up\b"),
    "feet": (r"\b(on my|\d+|on your|getting to my|off my|back on)$", r""),
    "foot": (r"\b(\d+|on|by)$", r""),
    "hand": (r"\b(other|on|by|first|second|at|to|a|gave me a|give me a)$", r"^(it|me|over|out|in|side)\b"),
    "hands": (r"", r"^(down|on)\b"),
    "bottom": (r"", r"^(line|of (the|this|it))\b"),
    "behind": (r"(?<!my)$", r""),
    "rear": (r"(?<!my)$", r""),
    "arse": (r"\bpain in the$", r""), "ass": (r"\bpain in the$|\bbad$|\bkick(ed|ing|s)?( my)?$", r""), "butt": (r"\bpain in the$", r""),
    "neck": (r"\bpain in the$", r"^and neck\b"),
    "face": (r"", r"^(to face|it|the|up)\b"),
    "arch": (r"", r"^(my|your)\b"),
    "side": (r"", r""),
    "stomach": (r"", r"^(it|this)\b"),
    "quad": (r"", r"^bike"),
    "lat": (r"", r""),
    "pie": (r"(?<!el)(?<!mi)$", r""),
    "cara": (r"(?<!la)(?<!mi)$", r""),
    "mano": (r"(?<!la)(?<!mi)$", r""),
    "talon": (r"(?<!el)(?<!mi)$", r""),
    "extensor": (r"", r"^digitorum brevis"),
    "hams": (r"(?<!my)(?<!both)(?<!the)$", r""),
    "sole": (r"", r"^(reason|purpose|survivor|parent)"),
    "heel": (r"", r"^(turn)"),
    "traps": (r"", r"^(me|you)\b"),
    "trap": (r"\b(a|the)$", r""),
    "caff": (r"", r"^(e|eine)"),
    "cheek": (r"\b(bit of|the|a)$", r""),
    "temple": (r"\b(to the|at the|a)$", r""),
    "cervical": (r"", r"^(cancer|smear|screen)"),
    "chest": (r"", r"^(infection|of drawers)"),
}  # fmt: skip


def _other_meaning(doc: Doc, start: int, end: int) -> bool:
    if end - start != 1 or doc[start].text not in _OTHER_MEANINGS:
        return False
    before, after = _OTHER_MEANINGS[doc[start].text]
    left = doc.text[: doc[start].idx].rstrip()
    right = doc.text[doc[start].idx + len(doc[start].text) :].lstrip()
    return bool(before and re.search(before, left) or after and re.search(after, right))


_LEFT = {"left", "lft", "leftie", "lhs", "lh", "lefthand", "izquierdo", "izquierda", "izq"}
_RIGHT = {"right", "rt", "rhs", "rh", "righthand", "rigth", "rite", "rght", "derecho", "derecha", "der"}
_BOTH = {"both", "bilateral", "bilaterally", "ambos", "ambas", "either"}
_LETTERS = {"l": "left", "r": "right"}
_SIDE_NOUNS = {"side", "sided", "one", "ones", "lado", "hand"}
# What follows "right" when it is no side ("right now"), and what stands before and after "left" the verb.
_NOT_RIGHT_BEFORE = {
    "all",
    "alright",
    "that's",
    "thats",
    "feel",
    "feels",
    "quite",
    "not",
    "about",
    "just",
    "it",
    "is",
    "doing",
}
_NOT_RIGHT_AFTER = {
    "now", "after", "away", "before", "where", "when", "between", "there", "here", "as", "up", "through", "back", "?",
    "behind", "under", "above", "below", "into", "then", "across", "beside", "next", "over", "around", "at", "by", "down", "answer",
}  # fmt: skip
_NOT_LEFT_BEFORE = {"nothing", "none", "any", "anything", "soreness", "pain", "some", "much", "what's", "whats", 
    "i",
    "we",
    "since",
    "ive",
    "'ve",
    "have",
    "has",
    "had",
    "s",
    "after",
    "when",
    "before",
    "just",
    "you",
    "she",
    "he",
}
_NOT_LEFT_AFTER = {
    "the",
    "your",
    "you",
    "clinic",
    "there",
    "work",
    "at",
    "over",
    "it",
    "early",
    "home",
    "for",
    "here",
    "about",
    "with",
    "alone",
}
# Words that may stand between a side and its part.
_BETWEEN = {
    "side", "sided", "hand", "of", "my", "the", "upper", "lower", "outer", "inner", "front", "back", "top", "bottom", "outside", "inside",
    "sore", "middle", "-", "part", "in", "and", "&", "mid", "big", "whole", "just", "poor", "/", "del", "de", "mi",
    "+", "n", "on", "is", "bad", "low", "medial", "lateral", "posterior", "anterior", "deep",
}  # fmt: skip


def _sides(doc: Doc, parts: list[tuple[str, int, int]]) -> list[tuple[str, int]]:
    part_starts = {start for _, start, _ in parts}
    part_ends = {end for _, _, end in parts}
    found: list[tuple[str, int]] = []
    for token in doc:
        side = _side(doc, token, part_starts, part_ends)
        if side and not _side_denied(doc, token.i):
            found.append((side, token.i))
    return found


def _side_denied(doc: Doc, index: int) -> bool:
    """"the left, not the right": the second side is denied; so is the one in "not left, right"."""
    before = [token.text for token in doc[max(0, index - 3) : index]]
    while before and before[-1] in {"the", "my", "on", "in", "of", "side", "than"}:
        before.pop()
    return bool(before) and before[-1] in {"not", "n't", "rather", "instead", "isn't", "isnt"}


def _side(doc: Doc, token: Token, part_starts: set[int], part_ends: set[int]) -> str | None:
    word = token.text
    before = doc[token.i - 1].text if token.i else ""
    after = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
    passed = _BETWEEN | _LEFT | _RIGHT | _LETTERS.keys()
    near_part = any(
        start in part_starts and all(doc[i].text in passed for i in range(token.i + 1, start))
        for start in range(token.i + 1, min(token.i + 5, len(doc)))
    )
    if word in _LETTERS:
        closing = after in {"", ")", ",", ".", "\n", ";", ":", "side"} or after[:1].isdigit()
        beside = (
            token.i in part_ends
            or (before == "(" and token.i - 1 in part_ends)
            or before in {"&", "+", "and", "/"}
        )
        return (
            _LETTERS[word]
            if token.i + 1 in part_starts
            or (near_part and after in {"upper", "lower", "side", "outer", "inner", "mid", "&", "+", "and"})
            or (beside and closing)
            or after == "side"
            else None
        )
    if word in _BOTH:
        if word == "either" and after not in _SIDE_NOUNS:
            return None
        return (
            "both"
            if near_part
            or after in {"sides", "side", "of", "", ",", ".", "legs"}
            or token.i in part_ends
            or word.startswith("bilat")
            else None
        )
    if word in _RIGHT:
        if near_part or after in _SIDE_NOUNS:
            return None if before in {"all", "feel", "feels"} else "right"
        if before in {"its", "'s", "is"} and _LEFT & {other.text for other in doc} and after in {"", ".", ","}:
            return "right"  # "i said left but its right"
        if before in _NOT_RIGHT_BEFORE or after in _NOT_RIGHT_AFTER or before == "'s":
            return None
        alone = (
            before
            in {
                "the",
                "my",
                "on",
                ",",
                "(",
                "",
                "no",
                "not",
                "and",
                "&",
                "-",
                "mainly",
                "mostly",
                "only",
                "la",
                "el",
                "lado",
                "sorry",
                "meant",
                "than",
            }
            or token.i in part_ends
        )
        return "right" if alone and not (not before and after == ",") or len(doc) == 1 else None
    if word in _LEFT:
        if near_part or after in _SIDE_NOUNS:
            return "left"
        if before in _NOT_LEFT_BEFORE or after in _NOT_LEFT_AFTER:
            return None
        if before.isdigit() and "right" not in {other.text for other in doc}:
            return None  # "4 left": what remains
        return "left"
    return None


def _joined(doc: Doc, parts: list[tuple[str, int, int]], sides: list[tuple[str, int]]) -> list[Place]:
    """Give each side to its part: the part it stands before, else the one it follows; else it stands alone."""
    owned: dict[int | None, list[list[tuple[str, int]]]] = {}
    for side, at in sides:
        groups = owned.setdefault(_owner(doc, parts, at), [[]])
        if groups[-1] and _number_between(doc, groups[-1][-1][1], at):
            groups.append([])  # "right knee 4, left 6": the same part on its other side
        groups[-1].append((side, at))
    places: list[Place] = []
    for number, (name, start, end) in enumerate(parts):
        groups = owned.get(number, [[]])
        side = _one_side(doc, groups[0])
        if side is None and number and _shares_side(doc, parts, owned, number):
            side = places[-1].side
        first = min([start, *(at for _, at in groups[0] if at < start and at >= (parts[number - 1][2] if number else 0))])
        places.append(Place(name, side, doc[first].idx, _end(doc, end - 1)))
        places += [Place(name, _one_side(doc, group), doc[group[0][1]].idx, _end(doc, group[-1][1])) for group in groups[1:]]
    if not parts:
        places = [
            Place(None, _one_side(doc, group), doc[group[0][1]].idx, _end(doc, group[-1][1]))
            for group in owned.get(None, [])
        ]
    return _once(_on_limb(doc, places))


_LIMBS = {"leg", "arm", "back"}


def _on_limb(doc: Doc, places: list[Place]) -> list[Place]:
    """"calf on my left leg" is the left calf: the limb only tells the side."""
    kept: list[Place] = []
    for place in places:
        before = kept[-1] if kept else None
        between = doc.text[before.end : place.start] if before else ""
        if before and before.side is None and place.part in _LIMBS and re.fullmatch(r"\s+(?:muscle\s+)?(?:on|of|in)\s+(?:my|the)?\s*", between):
            kept[-1] = replace(before, side=place.side)
        else:
            kept.append(place)
    return kept


def _owner(doc: Doc, parts: list[tuple[str, int, int]], at: int) -> int | None:
    following = next((n for n, part in enumerate(parts) if part[1] > at or part[1] <= at < part[2]), None)
    preceding = max((n for n, part in enumerate(parts) if part[2] <= at), default=None)
    passed = _BETWEEN | _LEFT | _RIGHT | _LETTERS.keys()
    if following is not None and all(doc[i].text in passed for i in range(at + 1, parts[following][1])):
        return following
    if preceding is not None:
        return preceding
    return following if following is not None and parts[following][1] - at < 12 else None


def _number_between(doc: Doc, start: int, end: int) -> bool:
    return any(token.text.isdigit() or token.like_num for token in doc[start:end])


def _end(doc: Doc, index: int) -> int:
    return doc[index].idx + len(doc[index].text)


def _shares_side(
    doc: Doc,
    parts: list[tuple[str, int, int]],
    owned: dict[int | None, list[list[tuple[str, int]]]],
    number: int,
) -> bool:
    """Tell whether a paired part shares the side word of the part before: "left calf and hamstring"."""
    name, start, _ = parts[number]
    _, first, last = parts[number - 1]
    between = [token.text for token in doc[last:start]]
    theirs = owned.get(number - 1, [[]])
    return (
        body_parts()[name].paired
        and len(theirs) == 1
        and bool(theirs[0])
        and all(at < first for _, at in theirs[0])
        and between in (["and"], ["&"], ["+"], ["n"], ["/"])
    )


def _one_side(doc: Doc, sides: list[tuple[str, int]]) -> str | None:
    """"left and right" is both; "i said left but its right" is the last one."""
    if not sides:
        return None
    if "both" in {side for side, _ in sides}:
        return "both"
    if len(sides) > 1 and sides[-1][0] != sides[-2][0]:
        between = {token.text for token in doc[sides[-2][1] + 1 : sides[-1][1]]}
        if between & {"and", "&", "+", "n", "/", ","} and not between & {"but", "actually", "sorry"}:
            return "both"
    return sides[-1][0]


def _once(places: list[Place]) -> list[Place]:
    """Keep one place a part and side; a part named again without a side is the same one."""
    kept: list[Place] = []
    for place in places:
        for number, earlier in enumerate(kept):
            if earlier.part == place.part and (
                earlier.side == place.side or None in (earlier.side, place.side)
            ):
                kept[number] = replace(earlier, side=earlier.side or place.side)
                break
        else:
            kept.append(place)
    return kept
