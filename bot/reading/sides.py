"""Left, right and both, told from "right now", "all right" and "I left"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.reading.fine import FINE

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


_LEFT = {
    "esquerda", "esquerdo", "gauche", "izq", "izquierda", "izquierdo", "lef", "leff", "left", "lefthand",
    "leftie", "letf", "lewa", "lewe", "lewy", "lft", "lh", "lhs", "linke", "linken", "linkes", "links", "lt",
    "sinistra", "sinistro"
}  # fmt: skip


_RIGHT = {
    "der", "derecha", "derecho", "destra", "destro", "direita", "direito", "droit", "droite", "prawa",
    "prawe", "prawy", "rechte", "rechten", "rechts", "rght", "rh", "rhs", "right", "righthand", "rigth",
    "rite", "rt", "starboard"
}  # fmt: skip


_BOTH = {
    "2", "across", "ambas", "ambos", "bilateral", "bilaterally", "both", "either", "two"
}  # fmt: skip


_LETTERS = {"l": "left", "r": "right"}


_SIDE_NOUNS = {"side", "sided", "one", "ones", "lado", "hand"}


# What follows "right" when it is no side ("right now"), and what stands before and after "left" the verb.
_NOT_RIGHT_BEFORE = {
    "about", "all", "alright", "doing", "feel", "feels", "is", "it", "just", "not", "quite", "that's",
    "thats", "turn", "turning", "turns"
}  # fmt: skip


_NOT_RIGHT_AFTER = {
    "?", "above", "across", "after", "answer", "around", "as", "at", "away", "back", "before", "behind",
    "below", "beside", "between", "by", "down", "here", "into", "next", "now", "over", "then", "there",
    "through", "under", "up", "when", "where"
}  # fmt: skip


_NOT_LEFT_BEFORE = {
    "'ve", "after", "any", "anything", "before", "had", "has", "have", "he", "i", "ive", "just", "much",
    "none", "nothing", "pain", "s", "she", "since", "some", "soreness", "turn", "turning", "turns",
    "we", "what's", "whats", "when",
    "you"
}  # fmt: skip


_NOT_LEFT_AFTER = {
    "about", "alone", "at", "clinic", "early", "for", "here", "home", "it", "over", "the", "there", "with",
    "work", "you", "your"
}  # fmt: skip


# Words that may stand between a side and its part.
_BETWEEN = {
    "&", "+", "-", "/", "and", "anterior", "back", "bad", "big", "bottom", "de", "deep", "del", "front",
    "hand", "in", "inner", "inside", "is", "just", "lateral", "low", "lower", "medial", "mi", "mid", "middle",
    "my", "n", "of", "on", "outer", "outside", "part", "poor", "posterior", "side", "sided", "sore", "the",
    "top", "upper", "whole"
}  # fmt: skip


# Words that may be passed on the way from a side to its part.
PASSED = _BETWEEN | _LEFT | _RIGHT | _LETTERS.keys()


def find_sides(doc: Doc, parts: list[tuple[str, int, int]]) -> list[tuple[str, int]]:
    """Find side words, as (side, token index); `parts` are (name, first token, token after the last)."""
    part_starts = {start for _, start, _ in parts}
    part_ends = {end for _, _, end in parts}
    inside = {index for _, start, end in parts for index in range(start, end)}
    found: list[tuple[str, int]] = []
    for token in doc:
        if token.i in inside and token.text in _LETTERS:
            continue  # "l4"
        side = _side(doc, token, part_starts, part_ends)
        if token.i in inside and token.text in _LEFT | _RIGHT:
            side = "left" if token.text in _LEFT else "right"  # "lower right back"
        if side is None and found and _OTHER_ONE.match(doc.text[token.idx :]):
            side = {"left": "right", "right": "left"}.get(found[-1][0])
        if (
            side
            and not _side_denied(doc, token.i)
            and not _WELL.match(doc.text[token.idx + len(token.text) :])
        ):
            found.append((side, token.i))
    return found


# "left knee 3 the other 5".
_OTHER_ONE = re.compile(
    r"(?:t'?)?other(?: (?:one|side|knee|leg|hip|arm))?(?:'s|s| is| was| about| a| an|,|:)*\s+\d"
)
# "right knee, the left is fine", "the other one, left, is grand".
_WELL = re.compile(
    rf"(?:[ -](?:hand )?side|\s+one)?,?\s*(?:'?s|is|are|was|feels|seems)?\s+(?:all |completely |"
    rf"totally |absolutely )?{FINE}\b"
)


def _side_denied(doc: Doc, index: int) -> bool:
    """ "the left, not the right": the second side is denied; so is the one in "not left, right"."""
    before = [token.text for token in doc[max(0, index - 3) : index]]
    while before and before[-1] in {"the", "my", "on", "in", "of", "side", "than"}:
        before.pop()
    return bool(before) and before[-1] in {"not", "n't", "rather", "instead", "isn't", "isnt"}


# "right in the middle of my back": no side.
_AT_ONCE = re.compile(
    r"right (?:smack |bang )?(?:in|on|at|by|along|across|under|near|above|below|up|down|behind|"
    r"between) (?:the|my|where|between)\b"
)


def _side(doc: Doc, token: Token, part_starts: set[int], part_ends: set[int]) -> str | None:
    word = token.text
    before = doc[token.i - 1].text if token.i else ""
    after = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
    if word in _LEFT and after == "of" and re.search(r"\bwhat(?:'?s|ever is| is)\s*$", doc.text[: token.idx]):
        return None  # "what's left of my quads"
    near_part = any(
        start in part_starts and all(doc[i].text in PASSED for i in range(token.i + 1, start))
        for start in range(token.i + 1, min(token.i + 5, len(doc)))
    )
    if word in _LETTERS:
        if not any(other.text.isalnum() for other in doc if other.i != token.i):
            return _LETTERS[word]  # "R": the whole answer
        bracketed = before == "(" and after == ")" and bool(part_starts)
        scored = (
            token.whitespace_
            and after.isdigit()
            and part_starts
            and (before in {":", ",", ";", "\n"} or before.isdigit())
        )
        if bracketed or scored:
            return _LETTERS[word]
        closing = after in {"", ")", ",", ".", "\n", ";", ":", "side"} or after[:1].isdigit()
        beside = (
            token.i in part_ends
            or (before == "(" and token.i - 1 in part_ends)
            or before in {"&", "+", "and", "/"}
        )
        return (
            _LETTERS[word]
            if token.i + 1 in part_starts
            or (
                near_part
                and after in {"upper", "lower", "side", "outer", "inner", "mid", "&", "+", "and", "/"}
            )
            or (beside and closing)
            or after == "side"
            else None
        )
    if word in {"two", "2"} and after in {"sides", "side"}:
        return "both"
    if word in {"two", "2"}:
        return "both" if token.i + 1 in part_starts and before in {"the", "my", "all"} else None
    if word == "across":
        return (
            "both"
            if re.match(
                r"across (?:the |my |both )?(?:shoulders|hips|knees|calves|thighs|"
                r"traps)\b",
                doc.text[token.idx :],
            )
            else None
        )
    if word in _BOTH:
        if word == "either" and after not in _SIDE_NOUNS:
            return None
        return (
            "both"
            if near_part
            or after in {"sides", "side", "of", "", ",", ".", "legs", "arms", "but", ")"}
            or token.i in part_ends
            or (before == "(" and token.i - 1 in part_ends)
            or word.startswith("bilat")
            else None
        )
    if word in _RIGHT:
        if _AT_ONCE.match(doc.text[token.idx :]) and before not in {"the", "my", "on"}:
            return None
        if near_part or after in _SIDE_NOUNS:
            return None if before in {"all", "feel", "feels"} else "right"
        if (
            before in {"its", "'s", "is"}
            and _LEFT & {other.text for other in doc}
            and after in {"", ".", ","}
        ):
            return "right"  # "i said left but its right"
        too = doc[token.i + 1 : token.i + 3].text == "as well"
        if before in _NOT_RIGHT_BEFORE or (after in _NOT_RIGHT_AFTER and not too) or before == "'s":
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
                "of",
            }
            or token.i in part_ends
        )
        return "right" if (alone and not (not before and after == ",")) or len(doc) == 1 else None
    if word in _LEFT:
        if near_part or after in _SIDE_NOUNS:
            return "left"
        if before in _NOT_LEFT_BEFORE or after in _NOT_LEFT_AFTER:
            return None
        if before.isdigit() and "right" not in {other.text for other in doc}:
            return None  # "4 left": what remains
        return "left"
    return None
