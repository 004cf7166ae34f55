"""What a message denies: "no chest pain", "no fever, chills or rash", "swelling: none".

After NegEx (Chapman 2001), which reads doctors' notes; here a negation ends at the first word that we cannot
account for. The cue words are concepts in `words.yml`.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum, auto
from typing import NamedTuple

from bot.safety.assessment import Tier
from bot.safety.lexicon import Mention, ReadText
from bot.safety.patterns import TRIED, Match, Pattern

_NEAREST = 8  # cues looked at: bounds hostile input
_LIST_LIMIT = 3  # words in one entry of a list such as "no fever, chills, rash"
_LONGEST_LIST = 40  # words and commas


class Denials:
    """What is negated in a text; each mention by itself is looked at once."""

    def __init__(self, text: ReadText) -> None:
        self._text = text
        self._known: dict[Mention, bool] = {}
        self._steps: list[_Step] | None = None

    def has(self, mention: Mention) -> bool:
        """True when this mention by itself is negated."""
        if mention not in self._known:
            self._known[mention] = self.negate(Match(_ANY_PATTERN, (mention,)), Tier.SAME_DAY)
        return self._known[mention]

    def negate(self, match: Match, tier: Tier) -> bool:
        """True for "no chest pain", "havent had any numbness", "swelling: no"."""
        text = self._text
        if _denied_afterwards(match, text):
            return True
        targets = sorted(match.mentions, key=lambda mention: mention.first)
        for cue in nearby(text.of("NOT", "NOT_ANY"), match.last):
            if match.covers(cue.first) or _inside(cue, nearby(text.of("NOT_DENYING"), cue.last)):
                continue
            if text.tokens[cue.first].text == "never" and _follows(cue, "LIKE_THIS", text):
                continue  # "never had a headache like this": there is one
            target = next((mention for mention in targets if mention.first > cue.last), None)
            if target is not None and self._reaches(cue, target, match, tier):
                return True
        return False

    def _reaches(self, cue: Mention, target: Mention, match: Match, tier: Tier) -> bool:
        """Walk from the negation to the symptom; stop at whatever a negation does not pass."""
        if self._steps is None:
            self._steps = [_step(index, self._text) for index in range(len(self._text.tokens))]
        unknown_left = 1 if cue.concept == "NOT_ANY" else 0
        carried_pronoun = False
        for index in range(cue.last + 1, target.first):
            step = self._steps[index]
            if step.way is _Way.ENDS or (step.is_and and tier is Tier.EMERGENCY):
                return False
            if step.way is _Way.MARK:
                continue
            if step.way is _Way.COMMA:
                if not _is_list(cue, self._text) or _predicate(index, match.last, self._text):
                    return False
                continue
            if step.way is _Way.SUBJECT:
                if not carried_pronoun:
                    return False
            elif step.way is _Way.ANY:
                unknown_left = 1
            elif step.way is _Way.UNKNOWN:
                unknown_left -= 1
                if unknown_left < 0:
                    return False
            carried_pronoun = step.thinks or (carried_pronoun and step.carries)
        return True


_ANY_PATTERN = Pattern("", ())


class _Way(Enum):
    """What a token is to a negation that comes across it."""

    ENDS = auto()
    MARK = auto()
    COMMA = auto()
    SUBJECT = auto()
    ANY = auto()
    KNOWN = auto()
    UNKNOWN = auto()


class _Step(NamedTuple):
    way: _Way
    is_and: bool = False
    thinks: bool = False
    carries: bool = False


def _step(index: int, text: ReadText) -> _Step:
    token = text.tokens[index]
    if not token.is_word:
        passes = _Way.MARK if token.text in '/&-"(' else _Way.ENDS
        return _Step(_Way.COMMA if token.text == "," else passes)
    if is_at(index, text, "BREAKS"):
        return _Step(_Way.ENDS)
    carries = is_at(index, text, "CARRIES")
    if is_at(index, text, "SUBJECT"):
        way = _Way.SUBJECT
    elif is_at(index, text, "ANY"):
        way = _Way.ANY
    else:
        way = _Way.KNOWN if carries or _at_symptom(index, text) else _Way.UNKNOWN
    return _Step(way, token.text == "and", is_at(index, text, "THINKS"), carries)


def _follows(cue: Mention, concept: str, text: ReadText) -> bool:
    sentence = text.tokens[cue.first].sentence
    return any(
        mention.first > cue.last and text.tokens[mention.first].sentence == sentence
        for mention in text.of(concept)[:TRIED]
    )


def _is_list(cue: Mention, text: ReadText) -> bool:
    """True when commas after the negation join a list: closed by "or", or three short entries."""
    entries, length = 1, 0
    for token in text.tokens[cue.last + 1 : cue.last + 1 + _LONGEST_LIST]:
        if token.text in ("or", "nor"):
            return True
        if token.text == ",":
            entries, length = entries + 1, 0
        elif not token.is_word and token.text in ".!?;":
            break
        elif token.is_word:
            length += 1
            if length > _LIST_LIMIT:
                break
    return entries >= 3


def _predicate(first: int, last: int, text: ReadText) -> bool:
    """True when these words say something ("cant breathe", "chest is tight") and do not just name a symptom."""
    return any(mention.last >= first for mention in nearby(text.of("PREDICATE"), last))


def _denied_afterwards(match: Match, text: ReadText) -> bool:
    """ "chest pain? no", "fever: none"."""
    index, tokens = match.last + 1, text.tokens
    while index < min(match.last + 4, len(tokens)) and tokens[index].is_word and _at_symptom(index, text):
        index += 1
    marked = index < len(tokens) and not tokens[index].is_word and tokens[index].text in "?:=-,"
    index += marked
    if index >= len(tokens) or not is_at(index, text, "DENIES_AFTER"):
        return False
    following = index + 1
    return following >= len(tokens) or not tokens[following].is_word or is_at(following, text, "BREAKS")


def is_at(index: int, text: ReadText, concept: str) -> bool:
    """True when a word is part of a mention of a concept."""
    return text.is_at(index, concept)


def _at_symptom(index: int, text: ReadText) -> bool:
    """True when a word belongs to a symptom: any concept that is not a way of speaking."""
    return text.is_at_other(index, WAYS_OF_SPEAKING)


def nearby(mentions: list[Mention], last: int) -> list[Mention]:
    """The few mentions that begin nearest before a token: what stands further back does not reach it."""
    end = bisect_right(mentions, last, key=lambda mention: mention.first)
    return mentions[max(0, end - _NEAREST) : end]


def _inside(mention: Mention, others: list[Mention]) -> bool:
    return any(other.first <= mention.first and mention.last <= other.last for other in others)


WAYS_OF_SPEAKING = frozenset(
    {"ACUTE", "ANY", "ASKS", "A_CHANCE", "A_RISK", "BEFORE", "BREAKS", "CARRIES", "DENIES_AFTER",
     "EXERTION", "FAMILY", "GUESS", "HAVE_IT", "HISTORY", "IDIOM", "LIKE_THIS", "MILDLY", "NEWS", "NOT",
     "NOT_ANY", "NOT_DENYING", "NOT_OVER", "NOW", "OTHERS", "OVER", "PREDICATE", "PRESENT", "REAL",
     "SUBJECT", "SUITABILITY", "SUPPOSES", "THINKS", "TREATED", "YES"}
)  # fmt: skip
