"""spaCy in the reading room: the rule tokeniser for English, no trained model.

spaCy takes about two seconds to import, so it is imported at the first message read, not with this module;
`bot.reading.warm_up()` lets a process do that before its first patient.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@cache
def pipeline() -> Language:
    """Build the tokeniser once a process. The matchers hold their own plurals and stems, so no lemmas are needed."""
    import spacy

    return spacy.blank("en")


def tokens_of(folded: str) -> Doc:
    """Tokenise a folded message; token offsets are offsets of `folded`.

    Letters are parted from digits and slashes first ("neck4", "neck/shoulder") without moving an offset.
    """
    from spacy.tokens import Doc

    nlp = pipeline()
    words: list[str] = []
    spaces: list[bool] = []
    for token in nlp.make_doc(folded):
        pieces = _pieces(token.text)
        words.extend(pieces)
        spaces.extend([False] * (len(pieces) - 1) + [bool(token.whitespace_)])
    return Doc(nlp.vocab, words=words, spaces=spaces)


def _pieces(word: str) -> list[str]:
    """Part a word where letters meet digits, slashes, plus signs, brackets, stops or hyphens."""
    if word == "w/o":
        return [word]
    pieces: list[str] = []
    for character in word:
        kind = _kind(character)
        if pieces and kind != "mark" and kind == _kind(pieces[-1][-1]):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces or [word]


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "letter" if character.isalpha() or character == "'" else "mark"
