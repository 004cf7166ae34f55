"""Writes `real_words.txt`: common English words, which are never taken for a misspelt word of the rules.

Run `python -m bot.safety.real_words` to write it again. Word frequencies: the English dictionary that comes
with symspellpy (MIT), group `assistant`.
"""

from __future__ import annotations

from importlib.resources import files

from bot.safety.spelling import REAL_WORDS, SHORTEST_SWAPPED

COMMON = 30_000
COMMON_LONG = 55_000  # a slip seldom makes a long word another real one, however rare
LONG = 6  # letters
RARE = (
    "baled",
    "bide",
    "bund",
    "chili",
    "chook",
    "copd",
    "fait",
    "fibs",
    "lunge",
    "pillion",
    "werk",
)  # once taken for a warning


def common_words() -> list[str]:
    """Return, sorted, the common English words that are long enough to be corrected."""
    listed = (
        files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    )
    ranked = [line.split()[0] for line in listed.splitlines()]
    common = ranked[:COMMON] + [word for word in ranked[COMMON:COMMON_LONG] if len(word) >= LONG]
    return sorted(
        word
        for word in {*common, *RARE}
        if word.isascii() and word.isalpha() and len(word) >= SHORTEST_SWAPPED
    )


if __name__ == "__main__":
    REAL_WORDS.write_text("\n".join(common_words()) + "\n", encoding="utf-8")
