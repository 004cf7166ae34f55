"""The spaCy pipeline of the reading room: rule tokeniser and lookup lemmas for English, no trained model.

spaCy takes about two seconds to import, so it is imported at the first message read, not with this module;
`warm_up()` lets a process do that before its first patient.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@cache
def pipeline() -> Language:
    """Build the pipeline once a process: `blank("en")` and the lemmas of spacy-lookups-data."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


def tokens_of(folded: str) -> Doc:
    """Tokenise and lemmatise a folded message; token offsets are offsets of `folded`.

    Letters are parted from digits and slashes first ("neck4", "neck/shoulder") without moving an offset.
    """
    from spacy.tokens import Doc

    nlp = pipeline()
    doc = nlp.make_doc(folded)
    words: list[str] = []
    spaces: list[bool] = []
    for token in doc:
        pieces = _pieces(token.text)
        words.extend(pieces)
        spaces.extend([False] * (len(pieces) - 1) + [bool(token.whitespace_)])
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    for _, step in nlp.pipeline:
        doc = step(doc)
    return doc


def _pieces(word: str) -> list[str]:
    """Part a word where letters meet digits, slashes, plus signs, brackets, stops or hyphens."""
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


def warm_up() -> None:
    """Load what the first message would otherwise wait for."""
    tokens_of("warm")
