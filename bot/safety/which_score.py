"""Which of several numbers answers "how sore are you, 0 to 10?": in "left 4, right 9" both, in "neck 4, mood 9" one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from bot.safety.clauses import word_set
from bot.safety.read_text import Mention, Token

LOW = 6  # a score up to here, said beside a higher number, may be the only score
_BODY = frozenset({"PART", "LIMB", "CHEST", "RIBS", "HEAD", "FACE", "SPINE", "SITE", "CALF_ONLY"})
_BEFORE = word_set(
    "left right both a an about like is its now at to still maybe say id im pain sore soreness score and or but be "
    "solid roughly around gives give than it then today yesterday tonight morning night monday tuesday wednesday "
    "thursday friday saturday sunday mon tues wed thurs fri sat sun day"
)
_AFTER = word_set(
    "now today tonight on in if when but and or ish for with this that since after at by left right both to pain sore "
    "soreness out from all still again easily round around over under between near down up just only"
)


def body_places(mentions: Collection[Mention]) -> frozenset[int]:
    """Return the tokens that are part of the body."""
    return frozenset(
        index for one in mentions if one.concept in _BODY for index in range(one.first, one.last + 1)
    )


def is_placed_as_a_score(index: int, tokens: tuple[Token, ...], body: frozenset[int]) -> bool:
    """True for "9, neck", "neck 9 now", "right 9"; false for "mood 9", "9 patients", "my locker is 9 doors down"."""
    return _is_beside(index - 1, tokens, body, _BEFORE) and _is_beside(index + 1, tokens, body, _AFTER)


def says_a_low_score(index: int, values: Collection[tuple[int, float]]) -> bool:
    """True when another number of the message may be a low score."""
    return any(other != index and 0 <= value <= LOW for other, value in values)


def rising(values: Sequence[tuple[int, float]], tokens: tuple[Token, ...]) -> tuple[int, int] | None:
    """Return where scores told by their days go up to a high one: "mon was a 4, tues 6, today 8"; None otherwise."""
    told = [(index, value) for index, value in values if 0 < value <= 10 and _has_a_day(index, tokens)]
    rises = len(told) > 1 and all(one[1] < other[1] for one, other in pairwise(told))
    return (told[0][0], told[-1][0]) if rises and told[-1][1] > LOW else None


_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mon tues tue wed thurs thur fri sat sun yesterday today "
    "now tonight day night morning"
)
_NEAR = 5  # words between a day and its score


def _has_a_day(index: int, tokens: tuple[Token, ...]) -> bool:
    before = [token.text for token in tokens[max(0, index - _NEAR - 1) : index]]
    return before[-1:] != ["day"] and bool(_DAYS & {*before})


def _is_beside(index: int, tokens: tuple[Token, ...], body: frozenset[int], words: frozenset[str]) -> bool:
    if not 0 <= index < len(tokens) or index in body:
        return True
    return not tokens[index].is_word or tokens[index].text in words
