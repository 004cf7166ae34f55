"""Another hurt beside the needling's: "trapped my finger so that's a 9, but what you did is a 2"."""

from __future__ import annotations

import re

from bot.reading.numerals import Numeral

_OTHER_HURT = re.compile(
    r"\b(?:stubb\w+|trapp(?:ed|ing)|bang(?:ed|ing)?|tro(?:d|de) on|stood on|stepp\w+ on|dropp\w+ \w+ on|"
    r"burn[te]d?|scald\w+|"
    r"(?:cut|bit|rolled|twisted|caught|broke|hit|shut|knocked) (?:my|the|it)|broken|fractured|slammed|"
    r"whack\w+|bitten|stung|"
    r"headaches?|migraines?|toothaches?|hangovers?|hungover|period pains?|sunburn\w*|blisters?|bunions?|heartburn|"
    r"labou?r|childbirth|giving birth|births?|kidney stones?|surgery|operation|op|root canal|broken leg|broken arm|"
    r"tummy ache|stomach ache|earache|sore throat|gout)\b"
)
_NEEDLED = re.compile(
    r"\b(?:what (?:you|u|ye) did|(?:where|bit|part|spot|muscle|one) (?:that )?(?:you|u|ye)|needl(?:ed|"
    r"ing) (?:bit|part|spot|one|side)|"
    r"(?:calf|knee|shoulder|neck|back|hip|arm|leg|elbow|glute|foot) (?:that )?(?:you|u|ye) (?:did|"
    r"needled|treated|worked))\b"
)
_CLAUSE = re.compile(r"[.;!?\n]|,(?!\s*so\b)|\bbut\b|\bwhile\b|\bwhereas\b")

Stretch = tuple[int, int]


def other_hurts(folded: str, numerals: list[Numeral]) -> list[Stretch]:
    """Return the clauses with a number that is not the needling's; none unless another number is."""
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(folded)), len(folded)]
    clauses = [
        (max(cut for cut in cuts if cut <= one.start), min(cut for cut in cuts if cut >= one.end))
        for one in numerals
    ]
    ours = [clause for clause in clauses if _NEEDLED.search(folded[slice(*clause)])]
    strange = [
        clause for clause in clauses if _OTHER_HURT.search(folded[slice(*clause)]) and clause not in ours
    ]
    if ours and re.search(r"\bbut\b|\bwhereas\b", folded):
        strange = [clause for clause in clauses if clause not in ours]
    return strange if len(strange) < len(clauses) else []
