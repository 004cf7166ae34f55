"""Ways of speaking in which a warning word is no warning: denied, asked about, over, long ago, someone else's.

After NegEx (Chapman 2001) and ConText (Harkema 2009), which read doctors' notes; here the scopes are
shorter and doubt goes the other way: a scope ends at the first word that we cannot account for.
The cue words are concepts in `words.yml`.
"""

from __future__ import annotations

from bot.safety.asking import is_asked
from bot.safety.assessment import Tier
from bot.safety.negation import Denials
from bot.safety.others import is_about_others
from bot.safety.past import is_history, is_long_ago, is_over
from bot.safety.patterns import Match
from bot.safety.read_text import ReadText


def silenced(match: Match, text: ReadText, denials: Denials, by: frozenset[str], tier: Tier) -> str | None:
    """Return which way of speaking makes this match no sign, or None when it stands."""
    if "negated" in by and denials.negate(match, tier):
        return "negated"
    if "asked" in by and is_asked(match, text, tier):
        return "asked"
    if "history" in by and is_history(match, text, denials, tier):
        return "history"
    if "long_ago" in by and is_long_ago(match, text, denials):
        return "long_ago"
    if "others" in by and is_about_others(match, text):
        return "others"
    if "over" in by and is_over(match, text):
        return "over"
    return None
