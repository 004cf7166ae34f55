"""The small language that signs are written in.

CANNOT > BREATHE      both, in this order, near each other
CHEST HURTS ~8        both, in any order, at most 8 words apart (default 6)
RASH|HIVES SPREADING  one of several concepts
!FUNGUS               nothing of this in the same statement (clauses.py)
&PREGNANT             also said somewhere in the message
bent                  a plain word (`hit_head`: a phrase)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from bot.safety.assessment import Tier
from bot.safety.clauses import apart
from bot.safety.read_text import Mention, ReadText

_first = attrgetter("first")

NEAR = 6.0
GUESS_REACHES = 4  # words from a guess to the cause that it names
TRIED = 40  # how many places of one concept are looked at: bounds hostile input


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a pattern looks for; `after` when it must follow the item before it."""

    concepts: tuple[str, ...]
    after: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying a sign."""

    written: str
    items: tuple[Item, ...]
    absent: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, ...], ...] = ()
    nowhere: tuple[str, ...] = ()
    near: float = NEAR


@dataclass(slots=True)
class Match:
    """Where a pattern was found: the mentions in the pattern's order, its first and its last token."""

    pattern: Pattern
    mentions: tuple[Mention, ...]
    first: int = field(init=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        self.first = min([mention.first for mention in self.mentions])
        self.last = max([mention.last for mention in self.mentions])

    def covers(self, token: int) -> bool:
        """True when the token is part of one of the mentions."""
        return self.first <= token <= self.last and any(
            mention.first <= token <= mention.last for mention in self.mentions
        )


def parse(written: str) -> Pattern:
    """Read one pattern; raise ValueError when it names nothing to look for."""
    items: list[Item] = []
    absent: list[str] = []
    nowhere: list[str] = []
    elsewhere: list[tuple[str, ...]] = []
    near, after = NEAR, False
    for word in written.split():
        if word == ">":
            after = True
        elif word.startswith("~"):
            near = float(word[1:])
        elif word.startswith("!!"):
            nowhere += _names(word[2:])
        elif word.startswith("!"):
            absent += _names(word[1:])
        elif word.startswith("&"):
            elsewhere.append(_names(word[1:]))
        else:
            items.append(Item(_names(word), after))
            after = False
    if not items:
        raise ValueError(f"pattern {written!r} looks for nothing")
    return Pattern(written, tuple(items), tuple(absent), tuple(elsewhere), tuple(nowhere), near)


def _names(word: str) -> tuple[str, ...]:
    return tuple(name if name.isupper() else f"={name}" for name in word.split("|"))


def literals(pattern: Pattern) -> set[str]:
    """The plain words that a pattern names, for the lexicon."""
    groups = (*(item.concepts for item in pattern.items), pattern.absent, pattern.nowhere, *pattern.elsewhere)
    return {name[1:] for group in groups for name in group if name.startswith("=")}


class Filed:
    """Groups of patterns, filed by the concepts they need: a text is asked only for what it could hold."""

    def __init__(self, groups: Iterable[Iterable[Pattern]]) -> None:
        self._bits: dict[str, int] = {}
        self._groups = [[(pattern, *self._needs(pattern)) for pattern in group] for group in groups]

    def _needs(self, pattern: Pattern) -> tuple[int, list[int]]:
        """What each item of a pattern needs said, the most particular first."""
        first, *rest = sorted(pattern.items, key=lambda item: len(item.concepts))
        return self._any_of(first.concepts), [self._any_of(item.concepts) for item in rest]

    def _any_of(self, concepts: tuple[str, ...]) -> int:
        for concept in concepts:
            self._bits.setdefault(concept, 1 << len(self._bits))
        return sum(self._bits[concept] for concept in set(concepts))

    def possible(self, text: ReadText) -> list[list[Pattern]]:
        """Of every group, the patterns whose every item the text mentions."""
        said = sum(self._bits.get(concept, 0) for concept in text.mentions)
        return [
            [pattern for pattern, first, rest in group if said & first and _all_said(rest, said)]
            for group in self._groups
        ]


def _all_said(needs: list[int], said: int) -> bool:
    return all([said & need for need in needs])  # noqa: C419  a generator costs more than the comparisons


def find(
    pattern: Pattern, text: ReadText, denied: Callable[[Mention], bool], tier: Tier = Tier.SAME_DAY
) -> Iterator[Match]:
    """Every place where a pattern stands, at most `TRIED` of them.

    `denied` tells whether a mention is negated: a denied word neither supports nor spoils a pattern. What
    spoils it stands in its own statement; of an emergency (`tier`) that is read narrowly.
    """
    places = [text.of(*item.concepts) for item in pattern.items]
    if not all(places):
        return
    if any(not denied(mention) for mention in text.of(*pattern.nowhere)):
        return
    rarest = min(range(len(places)), key=lambda index: len(places[index]))
    for anchor in _spread(places[rarest]):
        for mentions in _around(pattern, text, places, rarest, anchor):
            match = Match(pattern, mentions)
            if _supported(match, text, denied) and not _spoilt(match, text, denied, tier):
                yield match


def _spread(mentions: list[Mention]) -> list[Mention]:
    half = TRIED // 2
    return mentions if len(mentions) <= TRIED else mentions[:half] + mentions[-half:]


def _around(
    pattern: Pattern, text: ReadText, places: list[list[Mention]], rarest: int, anchor: Mention
) -> Iterator[tuple[Mention, ...]]:
    """Complete an anchor with the nearest mention before and after it of every other item."""
    choices: list[list[Mention]] = []
    for index, mentions in enumerate(places):
        if index == rarest:
            choices.append([anchor])
            continue
        start = bisect_left(mentions, anchor.first, key=_first)
        before = [mention for mention in mentions[max(0, start - 4) : start] if mention.last < anchor.first]
        after = [mention for mention in mentions[start : start + 6] if mention.first > anchor.last]
        nearest = before[-2:] + after[:2]
        near = [mention for mention in nearest if _gap(text, mention, anchor) <= pattern.near]
        if not near:
            return
        choices.append(near)
    chosen: list[tuple[Mention, ...]] = [()]
    for options in choices:
        chosen = [(*some, option) for some in chosen for option in options]
    for picked in chosen:
        if _fits(pattern, text, picked):
            yield picked


def _gap(text: ReadText, one: Mention, other: Mention) -> float:
    """Words between two mentions (negative or zero when they touch)."""
    left, right = (one, other) if one.first <= other.first else (other, one)
    return text.tokens[right.first].place - text.tokens[left.last].place - 1


def _fits(pattern: Pattern, text: ReadText, mentions: tuple[Mention, ...]) -> bool:
    for before, item, mention in zip((None, *mentions), pattern.items, mentions, strict=False):
        if item.after and before is not None and mention.first <= before.last:
            return False
    between = 0.0
    for left, right in pairwise(sorted(mentions, key=_first)):
        if left.last >= right.first:
            return False
        between += max(0.0, _gap(text, left, right))
    return between <= pattern.near


def _supported(match: Match, text: ReadText, denied: Callable[[Mention], bool]) -> bool:
    return all(
        any(not match.covers(mention.first) and not denied(mention) for mention in text.of(*names)[:TRIED])
        for names in match.pattern.elsewhere
    )


def _spoilt(match: Match, text: ReadText, denied: Callable[[Mention], bool], tier: Tier) -> bool:
    """True when the sentence explains the match away; a guess ("probably my bra") and what was treated do not."""
    sentence = text.tokens[match.first].sentence
    return any(
        text.tokens[mention.first].sentence == sentence
        and not any(own.first <= mention.first and mention.last <= own.last for own in match.mentions)
        and not denied(mention)
        and not _ruled_out(mention, text)
        and not _guessed(mention, text)
        and not _set_against(mention, match, text)
        and not _in_passing(mention, match, text, tier is Tier.EMERGENCY)
        for mention in text.of(*match.pattern.absent)[:TRIED]
    )


def _set_against(mention: Mention, match: Match, text: ReadText) -> bool:
    """True for "went for a run, BUT I cant breathe": what comes before "but" or "now" does not explain what follows."""
    return any(token.text in ("but", "now") for token in text.tokens[mention.last + 1 : match.first])


def _in_passing(mention: Mention, match: Match, text: ReadText, narrowly: bool) -> bool:
    """True for "cant breathe, i had a cold last week", "…, cycled in no bother": this does not explain it."""
    return (
        apart(mention.last + 1, match.first, text, narrowly)
        or apart(match.last + 1, mention.first, text, narrowly)
        or (narrowly and _went_well(mention, text))
    )


_WELL = frozenset(
    {"fine", "ok", "okay", "bother", "problem", "problems", "trouble", "issue", "issues", "easily"}
)
_WELL_REACHES = 3  # words from a run to "no bother"


def _went_well(mention: Mention, text: ReadText) -> bool:
    """True for "i did parkrun no bother", and not for "after a run but fine now": that says how it ended."""
    for index in range(mention.last + 1, min(len(text.tokens), mention.last + 2 + _WELL_REACHES)):
        token = text.tokens[index]
        if not token.is_word or token.text == "but":
            return False
        if token.text in _WELL:
            return not (
                index + 1 < len(text.tokens) and text.tokens[index + 1].text in ("now", "after", "again")
            )
    return any(
        token.text in _WELL for token in text.tokens[max(0, mention.first - _WELL_REACHES) : mention.first]
    )


_NO = frozenset({"not", "isnt", "wasnt", "arent", "werent"})
_TO_IT = frozenset({"my", "the", "a", "an", "any", "from", "just", "only", "down", "to", "because", "of"})


def _ruled_out(mention: Mention, text: ReadText) -> bool:
    """True for "spat up blood, WASNT my gums": a denial reads no further than "my", where somebody else may begin."""
    at = mention.first - 1
    while at >= 0 and text.tokens[at].text in _TO_IT:
        at -= 1
    return 0 <= at < mention.first - 1 and text.tokens[at].text in _NO


def _guessed(mention: Mention, text: ReadText) -> bool:
    return any(
        0 < mention.first - guess.last <= GUESS_REACHES for guess in text.of("GUESS", "TREATED")[:TRIED]
    )
