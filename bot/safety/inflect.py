"""Regular English endings, so that the word files name each word once: `faint+` is faint, faints, fainted…"""

from __future__ import annotations

import re

_VOWELS = "aeiou"
_DOUBLES = re.compile(r"[^aeiou][aeiou][bdgklmnprt]$")


def inflections(word: str) -> set[str]:
    """Return a verb or noun with its regular endings, also as texted ("faintin")."""
    forms = {word}
    if word.endswith("e"):
        forms |= {word + "s", word + "d", word[:-1] + "ing"}
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        forms |= {word + "es", word + "ed", word + "ing"}
    else:
        forms |= {word + "s", word + "ed", word + "ing"}
        if _DOUBLES.search(word):
            forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms | {form[:-1] for form in forms if form.endswith("ing")}
