"""Misspells messages as thumbs do, always the same way for the same seed: to measure what typos cost."""

from __future__ import annotations

import random
import re

SHARE = 0.15  # of words
_WORD = re.compile(r"[A-Za-z]{2,}")
_BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil",
    "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def misspell(text: str, seed: int, share: float = SHARE) -> str:
    """Return `text` with about `share` of its words (two letters or more) misspelt by one slip each."""
    chance = random.Random(f"{seed} {text}")  # noqa: S311  (repeatable, not secret)
    return _WORD.sub(
        lambda match: _slip(match.group(), chance) if chance.random() < share else match.group(), text
    )


def _slip(word: str, chance: random.Random) -> str:
    """Swap two letters, leave one out, double one or hit the key beside it."""
    kind, at = chance.randrange(4), chance.randrange(len(word))
    if kind == 0:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[: at + 1] + word[at:]
    return word[:at] + chance.choice(_BESIDE[word[at].lower()]) + word[at + 1 :]
