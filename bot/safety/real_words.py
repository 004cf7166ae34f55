"""Writes `real_words.txt`: common English words that lie one slip from a word of the rules, and are no slip.

Run `python -m bot.safety.real_words` after words are added to `words.yml` or `signs.yml`; a test tells when.
Word frequencies: the English dictionary that comes with symspellpy (MIT), group `assistant`.
"""

from __future__ import annotations

from importlib.resources import files

from bot.safety.judge import rules
from bot.safety.spelling import REAL_WORDS, SHORTEST, Speller

COMMON = 30_000


def near_real_words() -> list[str]:
    """Return, sorted, the common words that would otherwise be taken for a misspelt word of the rules."""
    lexicon, _ = rules()
    speller = Speller(lexicon.vocabulary)
    listed = (
        files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    )
    common = [line.split()[0] for line in listed.splitlines()[:COMMON]]
    return sorted(
        word
        for word in common
        if word.isascii() and word.isalpha() and len(word) >= SHORTEST and word not in lexicon.vocabulary
        if speller.correct(word) or speller.split(word)
    )


if __name__ == "__main__":
    REAL_WORDS.write_text("\n".join(near_real_words()) + "\n", encoding="utf-8")
