"""A message as it was understood: its words, and where it mentions which concept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

Phrase = tuple[str, ...]


class Token(NamedTuple):
    """A word as understood (`text`), its place in the original, and its distance from the beginning.

    `place` counts content words; fillers and time words cost nothing, a full stop costs more, so that
    two words are "near" the way a reader feels it. `sentence` numbers the sentences.
    """

    text: str
    start: int
    end: int
    place: float
    sentence: int
    is_word: bool
    corrected: bool = False
    value: float | None = None
    others: Phrase = ()


class Mention(NamedTuple):
    """A concept in a text: tokens `first` to `last`, inclusive."""

    concept: str
    first: int
    last: int


class ReadText:
    """A text as tokens and the concepts it mentions, filed by concept and by token."""

    def __init__(self, original: str, tokens: tuple[Token, ...], mentions: Iterable[Mention]) -> None:
        self.original = original
        self.tokens = tokens
        self.mentions: dict[str, list[Mention]] = {}
        for mention in _in_order(mentions):
            self.mentions.setdefault(mention[0], []).append(mention)
        self._at: dict[str, set[int]] = {}
        self._elsewhere_at: dict[frozenset[str], set[int]] = {}
        self._filed: dict[tuple[str, ...], list[Mention]] = {}

    def of(self, *concepts: str) -> list[Mention]:
        """Every mention of any of these concepts, in order."""
        if len(concepts) == 1:
            return self.mentions.get(concepts[0], [])
        found = self._filed.get(concepts)
        if found is None:
            filed = [self.mentions[concept] for concept in concepts if concept in self.mentions]
            found = filed[0] if len(filed) == 1 else _in_order(chain.from_iterable(filed))
            self._filed[concepts] = found
        return found

    def without(self, idioms: str) -> ReadText:
        """This text with everything taken out that lies inside the words of an idiom; itself when there is none."""
        said = self.mentions.get(idioms)
        if not said:
            return self
        ends: dict[int, int] = {}  # of the longest idiom over each word
        for idiom in said:
            for index in range(idiom.first, idiom.last + 1):
                ends[index] = max(idiom.last, ends.get(index, idiom.last))
        left = [
            one for one in chain.from_iterable(self.mentions.values()) if one.last > ends.get(one.first, -1)
        ]
        return ReadText(self.original, self.tokens, left)

    def is_at(self, index: int, concept: str) -> bool:
        """True when the token is part of a mention of the concept."""
        places = self._at.get(concept)
        if places is None:
            found = self.mentions.get(concept, ())
            places = {index for mention in found for index in range(mention.first, mention.last + 1)}
            self._at[concept] = places
        return index in places

    def is_at_other(self, index: int, concepts: frozenset[str]) -> bool:
        """True when the token is part of a mention of a concept that is none of these.

        A plain word that some pattern names is no concept: "enough" says nothing by itself.
        """
        places = self._elsewhere_at.get(concepts)
        if places is None:
            places = {
                index
                for concept, found in self.mentions.items()
                if concept not in concepts and concept[0] != "="
                for mention in found
                for index in range(mention.first, mention.last + 1)
            }
            self._elsewhere_at[concepts] = places
        return index in places


def _in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """By first word; of those that begin together the longest first."""
    ordered = sorted(mentions, key=itemgetter(2), reverse=True)
    ordered.sort(key=itemgetter(1))
    return ordered
