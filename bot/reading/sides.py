"""Left, right and both, told from "right now", "all right" and "I left"."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


# What stands before "right" when it is a side without its part ("the right", "not the left, right").
_RIGHT_ALONE = {
    "", "&", "(", ",", "-", "and", "el", "la", "lado", "mainly", "meant", "mostly", "my", "no", "not", "of", "on",
    "only", "sorry", "than", "the"
}  # fmt: skip


# What follows "both" when it is about sides, and a letter that is one.
_AFTER_BOTH = {"", ")", ",", ".", "arms", "but", "legs", "of", "side", "sides"}
_AFTER_LETTER = {"", "\n", ")", ",", ".", ":", ";", "side"}
_FROM_LETTER_TO_PART = {"&", "+", "/", "and", "inner", "lower", "mid", "outer", "side", "upper"}


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
    inside = {index for _, start, end in parts for index in range(start, end)}
    starts, ends = {start for _, start, _ in parts}, {end for _, _, end in parts}
    found: list[tuple[str, int]] = []
    for token in doc:
        if token.i in inside and token.text in _LETTERS:
            continue  # "l4"
        side = _side(_Word(doc, token, starts, ends))
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


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that may be a side, the words beside it, and where the body parts begin and end."""

    doc: Doc
    token: Token
    starts: set[int]
    ends: set[int]

    @property
    def before(self) -> str:
        return self.doc[self.token.i - 1].text if self.token.i else ""

    @property
    def after(self) -> str:
        return self.doc[self.token.i + 1].text if self.token.i + 1 < len(self.doc) else ""

    @property
    def onwards(self) -> str:
        """The message from this word on."""
        return self.doc.text[self.token.idx :]

    def leads_to_a_part(self) -> bool:
        """True for "right knee", "left lower back": only words that may be passed stand between."""
        at = self.token.i
        return any(
            start in self.starts and all(self.doc[i].text in PASSED for i in range(at + 1, start))
            for start in range(at + 1, min(at + 5, len(self.doc)))
        )

    def is_after_a_part(self) -> bool:
        """True for "knee, right" without the comma."""
        return self.token.i in self.ends

    def is_bracketed_after_a_part(self) -> bool:
        """True for "knee (right)"."""
        return self.before == "(" and self.token.i - 1 in self.ends

    def says(self, words: set[str]) -> bool:
        """True when one of these words stands anywhere in the message."""
        return bool(words & {other.text for other in self.doc})


def _side(word: _Word) -> str | None:
    text = word.token.text
    if text in _LETTERS:
        return _LETTERS[text] if _letter_is_a_side(word) else None
    if text in _BOTH:
        return "both" if _means_both(word) else None
    if text in _RIGHT:
        return "right" if _right_is_a_side(word) else None
    if text in _LEFT:
        return "left" if _left_is_a_side(word) else None
    return None


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
_ACROSS_BOTH = re.compile(r"across (?:the |my |both )?(?:shoulders|hips|knees|calves|thighs|traps)\b")
_WHAT_IS = re.compile(r"\bwhat(?:'?s|ever is| is)\s*$")


def _letter_is_a_side(word: _Word) -> bool:
    """True for "R", "knee (r)", "r 5, l 3", "l upper trap"; false for the l of "l4" and of "l ove"."""
    before, after = word.before, word.after
    if not any(other.text.isalnum() for other in word.doc if other.i != word.token.i):
        return True  # "R": the whole answer
    if word.starts and before == "(" and after == ")":
        return True
    if word.starts and word.token.whitespace_ and after.isdigit():
        scored = before in {":", ",", ";", "\n"} or before.isdigit()
        if scored:
            return True
    if word.token.i + 1 in word.starts or after == "side":
        return True
    if after in _FROM_LETTER_TO_PART and word.leads_to_a_part():
        return True
    beside = word.is_after_a_part() or word.is_bracketed_after_a_part() or before in {"&", "+", "and", "/"}
    return beside and (after in _AFTER_LETTER or after[:1].isdigit())


def _means_both(word: _Word) -> bool:
    """True for "both knees", "two sides", "across my shoulders"; false for "both are fine" and a 2."""
    text, before, after = word.token.text, word.before, word.after
    if text in {"two", "2"}:
        return after in {"sides", "side"} or (
            word.token.i + 1 in word.starts and before in {"the", "my", "all"}
        )
    if text == "across":
        return bool(_ACROSS_BOTH.match(word.onwards))
    if text == "either" and after not in _SIDE_NOUNS:
        return False
    return (
        word.leads_to_a_part()
        or after in _AFTER_BOTH
        or word.is_after_a_part()
        or word.is_bracketed_after_a_part()
        or text.startswith("bilat")
    )


def _right_is_a_side(word: _Word) -> bool:
    """True for "right knee", "the right"; false for "right now", "all right", "right in the middle"."""
    before, after = word.before, word.after
    if _AT_ONCE.match(word.onwards) and before not in {"the", "my", "on"}:
        return False
    if word.leads_to_a_part() or after in _SIDE_NOUNS:
        return before not in {"all", "feel", "feels"}
    if before in {"its", "'s", "is"} and after in {"", ".", ","} and word.says(_LEFT):
        return True  # "i said left but its right"
    if before.isdigit() and word.says(_LEFT):
        return True  # "neck 4 left, 2 right"
    too = word.doc[word.token.i + 1 : word.token.i + 3].text == "as well"
    if before in _NOT_RIGHT_BEFORE or before == "'s" or (after in _NOT_RIGHT_AFTER and not too):
        return False
    opens = not before and after == ","  # "right, so"
    return len(word.doc) == 1 or (not opens and (before in _RIGHT_ALONE or word.is_after_a_part()))


def _left_is_a_side(word: _Word) -> bool:
    """True for "left knee", "the left"; false for "i left at 4", "4 left", "what's left of my quads"."""
    before, after = word.before, word.after
    if after == "of" and _WHAT_IS.search(word.doc.text[: word.token.idx]):
        return False
    if word.leads_to_a_part() or after in _SIDE_NOUNS:
        return True
    if before in _NOT_LEFT_BEFORE or after in _NOT_LEFT_AFTER:
        return False
    return not before.isdigit() or word.says({"right"})  # "4 left": what remains
