"""What a message denies: "no chest pain", "no fever, chills or rash", "swelling: none".

After NegEx (Chapman 2001), which reads doctors' notes; here a negation ends at the first word that we cannot
account for. The cue words are concepts in `words.yml`.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from bot.safety.assessment import Tier
from bot.safety.patterns import TRIED, Match, Pattern
from bot.safety.read_text import Mention, ReadText

_NEAREST = 8  # cues looked at: bounds hostile input
_LIST_LIMIT = 3  # words in one entry of a list such as "no fever, chills, rash"
_FARTHEST = 40  # words and marks that a negation comes across: bounds hostile input


class Denials:
    """What is negated in a text; each mention by itself is looked at once."""

    def __init__(self, text: ReadText) -> None:
        self._text = text
        self._known: dict[Mention, bool] = {}
        self._cues: list[Mention] | None = None
        self._extents: dict[tuple[Mention, bool], tuple[int, list[int]]] = {}

    def has(self, mention: Mention) -> bool:
        """True when this mention by itself is negated."""
        if mention not in self._known:
            self._known[mention] = self.negate(Match(_ANY_PATTERN, (mention,)), Tier.SAME_DAY)
        return self._known[mention]

    def negate(self, match: Match, tier: Tier) -> bool:
        """True for "no chest pain", "havent had any numbness", "swelling: no"."""
        text = self._text
        if match.mentions[0].concept != "HISTORY" and _denied_afterwards(match, text):
            return True  # but "years ago, never since" is long ago all the same
        if self._cues is None:
            self._cues = [cue for cue in text.of("NOT", "NOT_ANY") if _denies(cue, text)]
        cues = nearby(self._cues, match.last)
        if not cues:
            return False
        targets = sorted(match.mentions, key=attrgetter("first"))
        for cue in cues:
            target = next((mention for mention in targets if mention.first > cue.last), None)
            if target is not None and self._reaches(cue, target, match, tier) and not match.covers(cue.first):
                return True
        return False

    def _reaches(self, cue: Mention, target: Mention, match: Match, tier: Tier) -> bool:
        """True when a negation comes as far as the symptom; a comma before a statement ends it."""
        ends, commas = self._extent(cue, tier is Tier.EMERGENCY)
        return target.first <= ends and not any(
            comma < target.first and _predicate(comma, match.last, self._text) for comma in commas
        )

    def _extent(self, cue: Mention, at_and: bool) -> tuple[int, list[int]]:
        """Walk from a negation until something that it does not pass; return where, and the commas on the way."""
        known = self._extents.get((cue, at_and))
        if known is None:
            known = self._extents[cue, at_and] = _walk(cue, at_and, self._text)
        return known


_ANY_PATTERN = Pattern("", ())


def _denies(cue: Mention, text: ReadText) -> bool:
    if text.tokens[cue.first].text == "never" and _follows(cue, "LIKE_THIS", text):
        return False  # "never had a headache like this": there is one
    return not _inside(cue, nearby(text.of("NOT_DENYING"), cue.last))


def _walk(cue: Mention, ends_at_and: bool, text: ReadText) -> tuple[int, list[int]]:
    unknown_left = 1 if cue.concept == "NOT_ANY" else 0
    carried_pronoun = False
    commas: list[int] = []
    in_list: bool | None = None
    farthest = min(len(text.tokens), cue.last + 1 + _FARTHEST)
    for index in range(cue.last + 1, farthest):
        token = text.tokens[index]
        if not token.is_word:
            if token.text == ",":
                in_list = _is_list(cue, text) if in_list is None else in_list
                if not in_list:
                    return index, commas
                commas.append(index)
                continue
            if token.text in '/&-"(':
                continue
            return index, commas
        if is_at(index, text, "BREAKS") or (token.text == "and" and ends_at_and):
            return index, commas
        carries = is_at(index, text, "CARRIES")
        if is_at(index, text, "SUBJECT"):
            if not carried_pronoun:
                return index, commas
        elif is_at(index, text, "ANY"):
            unknown_left = 1
        elif not (carries or _at_symptom(index, text)):
            unknown_left -= 1
            if unknown_left < 0:
                return index, commas
        carried_pronoun = is_at(index, text, "THINKS") or (carried_pronoun and carries)
    return farthest, commas


def _follows(cue: Mention, concept: str, text: ReadText) -> bool:
    sentence = text.tokens[cue.first].sentence
    return any(
        mention.first > cue.last and text.tokens[mention.first].sentence == sentence
        for mention in text.of(concept)[:TRIED]
    )


def _is_list(cue: Mention, text: ReadText) -> bool:
    """True when commas after the negation join a list: closed by "or", or three short entries."""
    entries, length = 1, 0
    for token in text.tokens[cue.last + 1 : cue.last + 1 + _FARTHEST]:
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
    if not mentions:
        return mentions
    end = bisect_right(mentions, last, key=attrgetter("first"))
    return mentions[max(0, end - _NEAREST) : end]


def _inside(mention: Mention, others: list[Mention]) -> bool:
    return any(other.first <= mention.first and mention.last <= other.last for other in others)


WAYS_OF_SPEAKING = frozenset(
    {"ACUTE", "ANY", "ASKS", "A_CHANCE", "A_RISK", "BEFORE", "BREAKS", "CARRIES", "DENIES_AFTER", "DYING_SAYING",
     "EXERTION", "FAMILY", "GUESS", "HAVE_IT", "HISTORY", "IDIOM", "IS_WELL", "LATER", "LIKE_THIS", "LONG_AGO",
     "MILDLY", "NEWS", "NOT", "NOT_ANY", "NOT_DENYING", "NOT_OVER", "NOW", "OTHERS", "OVER", "PART", "PREDICATE",
     "PRESENT", "REAL", "STANDING", "SUBJECT", "SUITABILITY", "SUPPOSES", "THINKS", "TREATED", "YES"}
)  # fmt: skip
