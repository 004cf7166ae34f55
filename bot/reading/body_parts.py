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


# Short words as they are mistyped; one letter off is too much freedom for them in general.
_SHORT_TYPOS = {
    "nek": "neck", "nck": "neck", "neckk": "neck", "kne": "knee", "knne": "knee", "kneee": "knee", "bak": "back",
    "bck": "back", "bakc": "back", "claf": "calf", "clf": "calf", "calff": "calf", "hipp": "hip", "shn": "shin",
    "foots": "foot", "feets": "foot", "tumb": "thumb", "thum": "thumb", "quadd": "quad", "qaud": "quad", "amr": "arm",
    "foor": "foot", "fott": "foot",
    "glut": "glute", "gluts": "glute", "shldr": "shoulder", "shulder": "shoulder", "sholder": "shoulder",
    "elbo": "elbow", "elbw": "elbow", "ribz": "ribs", "trapz": "upper trapezius", "hamy": "hamstring",
    "hamies": "hamstring", "wrst": "wrist", "ankel": "ankle", "achilies": "achilles", "akilles": "achilles",
}  # fmt: skip


_IRREGULAR = {"calf": "calves", "foot": "feet", "scapula": "scapulae", "hammy": "hammies", "booty": "booties"}


# Ordinary words that lie one letter from a body part.
_NOT_MISSPELT = frozenset(
    ["should", "shouldn", "shoulda", "shouldnt", "thing", "things", "think", "thinks", "thick", "tight",
    "tights", "night", "sight", "weight", "eight", "right", "light", "might", "fight", "check", "cheek",
    "chess", "cheat", "guest", "crest", "quest", "wrest", "twist", "knead", "kneed", "kneel", "needle",
    "needles", "heels", "health", "healed", "healthy", "heard", "heart", "hears", "herd", "bathe", "backs",
    "backed", "black", "slack", "pack", "spin", "spain", "pain", "pains", "paint", "stone", "stones",
    "scale", "small", "smell", "shine", "shines", "shirt", "thirst", "first", "third", "church", "chair",
    "change", "class", "clever", "fingers", "forever", "before", "forget", "former", "forward", "quiet",
    "quite", "quit", "squad", "squat", "elbow", "world", "would", "could", "while", "throw", "through",
    "though", "thought", "these", "those", "there", "their", "where", "truck", "trunk", "tramp", "strap",
    "straps", "train", "trains", "rapid", "hander", "handed", "hands", "handy", "handle", "heads", "ready",
    "steady", "stead", "really", "real", "rear", "reap", "rest", "chose", "chore", "choir", "those", "gross",
    "grown", "groan", "growing", "group", "going", "glue", "globe", "gluten", "bottom", "button", "buttons",
    "bitten", "butter", "better", "bother", "muscle", "muscles", "temple", "tempo", "simple", "sample",
    "pencil", "pelvic", "pills", "spike", "spine", "sport", "sports", "hotel", "whole", "other", "another",
    "brother", "mother", "father", "rather", "whether", "weather", "leather", "tender", "under", "wonder",
    "yonder", "plater", "planter", "calls", "calm", "cafe", "half", "halves", "chew", "jaws", "laws", "saw",
    "raw", "low", "blow", "below", "allow", "tow", "towel"]
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
        matcher.add(part.name, [tokens_of(form) for form in sorted(forms)])
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


def find_parts(doc: Doc) -> list[tuple[str, int, int]]:
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
    if word in _SHORT_TYPOS:
        return _SHORT_TYPOS[word]
    if len(word) < 5 or not word.isalpha() or token.is_stop or word in _NOT_MISSPELT or word in real_words():
        return None
    allowed = 1 if len(word) < 8 else 2
    hit = process.extractOne(word, _single_words().keys(), scorer=OSA.distance, score_cutoff=allowed)
    # The first letter is seldom mistyped, and asking for it keeps ordinary words out.
    return _single_words()[hit[0]] if hit and hit[0][0] == word[0] else None


# Words that are a body part only sometimes: when the text around them matches, they are not.
_OTHER_MEANINGS: dict[str, tuple[str, str]] = {
    # word: (text just before, text just after); an empty pattern never matches
    "back": (
        r"\b(come|came|coming|go|going|went|get|got|getting|text|write|call|bring|brought|be|am|im|i'm|"
        r"is|are|was|ring|give|"
        r"gave|take|took|look|looking|hold|days?|hours?|weeks?|bit|it|them|me|you|straight|right|started|"
        r"writing|report|"
        r"head|heading|walk(ed|ing)?|drove|drive|driving|hear|check|pain|soreness|swelling|laid|lying|"
        r"lie|lay|sleep(ing)?) on my$|"
        r"\b(come|came|coming|go|going|went|gone|get|got|getting|text|write|call|bring|brought|be|ring|"
        r"give|gave|take|took|"
        r"look|looking|hold|days?|hours?|weeks?|head|heading|walking|drove|drive|driving|hear|check|"
        r"straight|way|was|am|"
        r"i'm|im|on my way|its|it's|it|pain|soreness|me|started|creeping|crept|comes|goes|right)$",
        (
        r"^(to|in|then|again|at work|home|into|from|up|at the|on (mon|tue|wed|thu|fri|sat|sun)|and forth|"
        r"ache again)\b"
        ),
    ),
    "head": ((
        r"\b(turn|turning|move|moving|rotate|rotating|tilt|tilting|lift|lifting|over|off the top of|"
        r"shake|nod) my$"
    ),
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
    "arse": (r"\bpain in the$", r""), "ass": (r"\bpain in the$|\bbad$|\bkick(ed|ing|s)?( my)?$", r""),
    "butt": (r"\bpain in the$", r""),
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
    return bool((before and re.search(before, left)) or (after and re.search(after, right)))
