"""Misspelt warning words: one slip in a short word, two in a long one, never a real English word.

Deletion index (Garbe's symmetric delete): every vocabulary word is filed under itself with letters left
out, so that a look-up costs the length of the unknown word and not the size of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from rapidfuzz.distance import OSA

SHORTEST = 4  # letters; shorter words have too many real neighbours
LONG = 8  # letters; from here two slips are allowed
LONGEST = 24
PREFIX = 7  # letters that are filed; the whole word is compared afterwards

REAL_WORDS = Path(__file__).with_name("real_words.txt")


class Speller:
    """Finds the vocabulary word that an unknown word was meant to be."""

    def __init__(self, vocabulary: Iterable[str], real_words: Iterable[str] = ()) -> None:
        self.vocabulary = frozenset(vocabulary)
        self.real_words = frozenset(real_words)
        self._filed: dict[str, list[str]] = {}
        for word in sorted(self.vocabulary):
            if SHORTEST <= len(word) <= LONGEST:
                for key in _shortened(word):
                    self._filed.setdefault(key, []).append(word)

    def correct(self, word: str) -> str | None:
        """Return the nearest vocabulary word, or None when there is none or the word is a real one."""
        if not SHORTEST <= len(word) <= LONGEST or word in self.real_words:
            return None
        allowed = 2 if len(word) >= LONG else 1
        best: tuple[int, bool, str] | None = None
        for candidate in {near for key in _shortened(word) for near in self._filed.get(key, ())}:
            slips = OSA.distance(word, candidate, score_cutoff=allowed)
            if slips > allowed or (len(candidate) < LONG and slips > 1):
                continue
            other_start = word[0] != candidate[0]
            if other_start and len(candidate) <= 5 and word[:2] != candidate[1::-1]:
                continue
            if best is None or (slips, other_start, candidate) < best:
                best = (slips, other_start, candidate)
        return best[2] if best else None

    def split(self, word: str) -> tuple[str, str] | None:
        """Return the two vocabulary words that were run together ("cantbreathe"), or None."""
        if not 6 <= len(word) <= LONGEST or word in self.real_words:
            return None
        for cut in range(len(word) - 3, 2, -1):
            left, right = word[:cut], word[cut:]
            if left in self.vocabulary and right in self.vocabulary and max(len(left), len(right)) >= 4:
                return left, right
        return None


def _shortened(word: str) -> set[str]:
    """The beginning of a word, whole and with one or (long words) two letters left out."""
    stem = word[:PREFIX]
    letters = range(len(stem))
    keys = {stem} | {stem[:i] + stem[i + 1 :] for i in letters}
    if len(word) >= LONG:
        keys |= {stem[:i] + stem[i + 1 : j] + stem[j + 1 :] for i, j in combinations(letters, 2)}
    return keys
