"""Misspelt warning words: one slip in a short word, two in a long one, never a real English word.

Deletion index (Garbe's symmetric delete): every vocabulary word is filed under itself with letters left
out, so that a look-up costs the length of the unknown word and not the size of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path

from rapidfuzz.distance import OSA

SHORTEST = 4  # letters; shorter words have too many real neighbours
SHORTEST_SWAPPED = 3  # letters in the wrong order ("hte") are forgiven in shorter words too
MOST = 8  # readings of one misspelt word
LONG = 8  # letters; from here two slips are allowed
LONGEST = 24
PREFIX = 7  # letters that are filed; the whole word is compared afterwards

REAL_WORDS = Path(__file__).with_name("real_words.txt")


@cache
def real_words() -> frozenset[str]:
    """Return common English words, read once a process; one of them is never taken for a misspelt word."""
    return frozenset(REAL_WORDS.read_text(encoding="utf-8").split())


class Speller:
    """Finds the vocabulary words that an unknown word may have been meant to be."""

    def __init__(self, vocabulary: Iterable[str], real_words: Iterable[str] = ()) -> None:
        self.vocabulary = frozenset(vocabulary)
        self.real_words = frozenset(real_words)
        self._filed: dict[str, list[str]] = {}
        for word in sorted(self.vocabulary):
            if SHORTEST <= len(word) <= LONGEST:
                for key in _shortened(word):
                    self._filed.setdefault(key, []).append(word)

    def candidates(self, word: str) -> tuple[str, ...]:
        """Return every vocabulary word that a word may be meant as, likeliest first; none for a real word.

        Letters in the wrong order ("haed") say more than a wrong letter ("hand"): then nothing else is meant.
        """
        if not SHORTEST_SWAPPED <= len(word) <= LONGEST or word in self.real_words:
            return ()
        swapped = [other for other in _swapped(word) if other in self.vocabulary]
        if swapped or len(word) < SHORTEST:
            return tuple(swapped[:MOST])
        allowed = 2 if len(word) >= LONG else 1
        ranked: list[tuple[int, bool, str]] = []
        for candidate in {near for key in _shortened(word) for near in self._filed.get(key, ())}:
            slips = OSA.distance(word, candidate, score_cutoff=allowed)
            if slips > allowed or (len(candidate) < LONG and slips > 1):
                continue
            other_start = word[0] != candidate[0]
            if other_start and len(candidate) <= 5 and word[:2] != candidate[1::-1]:
                continue
            ranked.append((slips, other_start, candidate))
        if not ranked:
            return ()
        fewest, start, _ = min(ranked)
        return tuple(word for slips, other, word in sorted(ranked) if (slips, other) == (fewest, start))[
            :MOST
        ]

    def split(self, word: str) -> tuple[str, str] | None:
        """Return the two vocabulary words that were run together ("cantbreathe"), or None."""
        if not 6 <= len(word) <= LONGEST or word in self.real_words:
            return None
        for cut in range(len(word) - 3, 2, -1):
            left, right = word[:cut], word[cut:]
            if left in self.vocabulary and right in self.vocabulary and max(len(left), len(right)) >= 4:
                return left, right
        return None


def _swapped(word: str) -> list[str]:
    """A word with each two neighbouring letters changed about, those inside first."""
    places = [*range(1, len(word) - 1), 0]
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places if word[i] != word[i + 1]]


def _shortened(word: str) -> set[str]:
    """The beginning of a word, whole and with one or (long words) two letters left out."""
    stem = word[:PREFIX]
    letters = range(len(stem))
    keys = {stem} | {stem[:i] + stem[i + 1 :] for i in letters}
    if len(word) >= LONG:
        keys |= {stem[:i] + stem[i + 1 : j] + stem[j + 1 :] for i, j in combinations(letters, 2)}
    return keys
