"""Ways of speaking in which a warning word is no warning: denied, asked about, over, long ago, someone else's.

After NegEx (Chapman 2001) and ConText (Harkema 2009), which read doctors' notes; here the scopes are
shorter and doubt goes the other way: a scope ends at the first word that we cannot account for.
The cue words are concepts in `words.yml`.
"""

from __future__ import annotations

from bisect import bisect_right

from bot.safety.assessment import Tier
from bot.safety.lexicon import Mention, ReadText
from bot.safety.patterns import TRIED, Match, Pattern

_SHORT_QUESTION = 7
_SHORT = 30  # words; a longer message tells a story, and asks beside it
_NEAREST = 8  # cues looked at: bounds hostile input
_LIST_LIMIT = 3  # words in one entry of a list such as "no fever, chills, rash"


def silenced(match: Match, text: ReadText, denials: Denials, by: frozenset[str], tier: Tier) -> str | None:
    """Return which way of speaking makes this match no sign, or None when it stands."""
    if "negated" in by and is_negated(match, text, tier):
        return "negated"
    if "asked" in by and is_asked(match, text):
        return "asked"
    if "history" in by and is_history(match, text, denials):
        return "history"
    if "others" in by and is_about_others(match, text):
        return "others"
    if "over" in by and is_over(match, text):
        return "over"
    return None


class Denials:
    """Which mentions of a text are negated; each is looked at once."""

    def __init__(self, text: ReadText) -> None:
        self._text = text
        self._known: dict[Mention, bool] = {}

    def has(self, mention: Mention) -> bool:
        """True when this mention by itself is negated."""
        if mention not in self._known:
            self._known[mention] = is_negated(Match(_ANY_PATTERN, (mention,)), self._text, Tier.SAME_DAY)
        return self._known[mention]


_ANY_PATTERN = Pattern("", ())


def is_negated(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for "no chest pain", "havent had any numbness", "swelling: no"."""
    if _denied_afterwards(match, text):
        return True
    targets = sorted(match.mentions, key=lambda mention: mention.first)
    for cue in _nearby(text.of("NOT", "NOT_ANY"), match.last):
        if match.covers(cue.first) or _inside(cue, _nearby(text.of("NOT_DENYING"), cue.last)):
            continue
        if text.tokens[cue.first].text == "never" and _follows(cue, "LIKE_THIS", text):
            continue  # "never had a headache like this": there is one
        target = next((mention for mention in targets if mention.first > cue.last), None)
        if target is not None and _reaches(cue, target, match, text, tier):
            return True
    return False


def _reaches(cue: Mention, target: Mention, match: Match, text: ReadText, tier: Tier) -> bool:
    """Walk from the negation to the symptom; stop at whatever a negation does not pass."""
    unknown_left = 1 if cue.concept == "NOT_ANY" else 0
    in_list = _is_list(cue, match, text)
    carried_pronoun = False
    for index in range(cue.last + 1, target.first):
        token = text.tokens[index]
        if not token.is_word:
            if token.text == "," and in_list and not _predicate(index, match.last, text):
                continue
            if token.text in '/&-"(':
                continue
            return False
        if _at(index, text, "BREAKS"):
            return False
        if token.text == "and" and tier is Tier.EMERGENCY:
            return False
        if _at(index, text, "SUBJECT"):
            if not carried_pronoun:
                return False
        elif _at(index, text, "ANY"):
            unknown_left = 1
        elif not (_at(index, text, "CARRIES") or _at_symptom(index, text)):
            unknown_left -= 1
            if unknown_left < 0:
                return False
        carried_pronoun = _at(index, text, "THINKS") or (carried_pronoun and _at(index, text, "CARRIES"))
    return True


def _follows(cue: Mention, concept: str, text: ReadText) -> bool:
    sentence = text.tokens[cue.first].sentence
    return any(
        mention.first > cue.last and text.tokens[mention.first].sentence == sentence
        for mention in text.of(concept)[:TRIED]
    )


def _is_list(cue: Mention, match: Match, text: ReadText) -> bool:
    """True when commas after the negation join a list: closed by "or", or three short entries."""
    entries, length = 1, 0
    for token in text.tokens[cue.last + 1 :]:
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
    return any(_at(index, text, "PREDICATE") for index in range(first, last + 1))


def _denied_afterwards(match: Match, text: ReadText) -> bool:
    """ "chest pain? no", "fever: none"."""
    index, tokens = match.last + 1, text.tokens
    while index < min(match.last + 4, len(tokens)) and tokens[index].is_word and _at_symptom(index, text):
        index += 1
    marked = index < len(tokens) and not tokens[index].is_word and tokens[index].text in "?:=-,"
    index += marked
    if index >= len(tokens) or not _at(index, text, "DENIES_AFTER"):
        return False
    following = index + 1
    return following >= len(tokens) or not tokens[following].is_word or _at(following, text, "BREAKS")


def is_asked(match: Match, text: ReadText) -> bool:
    """True for a general question or a worry about what might come: "can it…", "what if…", "scared ill…"."""
    if text.of("HAVE_IT"):
        return False
    if _asked_as_a_risk(match, text):
        return True
    if len(text.tokens) <= _SHORT and text.of("SUITABILITY") and not text.of("ACUTE"):
        return True  # a condition that somebody lives with: "i get seizures, can i have needling"
    for concept, overridable in (("ASKS", True), ("SUPPOSES", False)):
        for cue in _nearby(text.of(concept), match.first):
            if cue.first >= match.first or match.covers(cue.first) or _states(cue, text):
                continue
            if text.tokens[cue.first].sentence != text.tokens[match.first].sentence:
                continue
            if _clause_changes(cue.last + 1, match.first, text):
                continue
            if overridable and _said_as_real(cue, match, text):
                continue
            return True
    return False


_PRONOUNS = frozenset({"i", "im", "ive", "he", "hes", "she", "shes", "they", "theyre", "we"})


def _states(cue: Mention, text: ReadText) -> bool:
    """True for "my neck is a 2": "is" and "are" ask only where they open."""
    before = text.tokens[cue.first - 1] if cue.first else None
    return (
        text.tokens[cue.first].text in ("is", "are")
        and before is not None
        and before.is_word
        and before.text not in _BEFORE_A_QUESTION
    )


_BEFORE_A_QUESTION = frozenset(
    [
        "so",
        "and",
        "but",
        "or",
        "just",
        "hi",
        "hello",
        "hey",
        "well",
        "also",
        "wondering",
        "asking",
        "curious",
        "please",
        "btw",
        "ok",
        "okay",
        "then",
        "what",
        "why",
        "how",
        "question",
        "is",
        "are",
        "which",
        "who",
    ]
)


def _asked_as_a_risk(match: Match, text: ReadText) -> bool:
    """True for "is fainting a side effect", "are collapsed lungs common": a question that opens the sentence."""
    if text.of("REAL") or not text.of("A_RISK", "A_CHANCE"):
        return False
    sentence = text.tokens[match.first].sentence
    words = [index for index, token in enumerate(text.tokens) if token.sentence == sentence and token.is_word]
    opens = text.tokens[words[0]].text in ("is", "are", "can", "could", "does", "do", "would", "will")
    ended = words[-1] + 1 < len(text.tokens) and text.tokens[words[-1] + 1].text == "?"
    chance = ["A_RISK"] if opens else ["A_CHANCE"] if ended and len(words) <= _SHORT_QUESTION else []
    return any(
        match.last < cue.first and text.tokens[cue.first].sentence == sentence for cue in text.of(*chance)
    )


def _said_as_real(cue: Mention, match: Match, text: ReadText) -> bool:
    """True when the question is about something that is there: "is it bad that my chest STILL…"."""
    sentence = text.tokens[match.first].sentence
    return any(
        text.tokens[mention.first].sentence == sentence and mention.last >= cue.first
        for mention in text.of("REAL")[:TRIED]
    )


def _clause_changes(first: int, last: int, text: ReadText) -> bool:
    """True when a new statement begins between two places: "…? my chest", ", i cant", "because im"."""
    for index in range(first, last):
        token = text.tokens[index]
        if _at(index, text, "BREAKS"):
            return True
        if not token.is_word and (
            token.text in ".!?;" or (index + 1 < last + 1 and _at(index + 1, text, "SUBJECT"))
        ):
            return True
    return False


def is_history(match: Match, text: ReadText, denials: Denials) -> bool:
    """True for what was long ago: "had a stroke 5 years ago", "passed out at a blood test as a kid".

    A denied past is the present: "it wasnt there before the needling".
    """
    sentence = text.tokens[match.first].sentence
    for cue in text.of("HISTORY")[:TRIED]:
        if text.tokens[cue.first].sentence != sentence or denials.has(cue):
            continue
        if any(token.text == "than" for token in text.tokens[max(0, cue.first - 3) : cue.first]):
            continue  # "weaker than it was before the session" compares: it is there now
        if any(
            token.text in ("still", "keeps", "keep")
            for token in text.tokens[max(0, match.first - 2) : match.last]
        ):
            continue
        left, right = sorted(((cue.first, cue.last), (match.first, match.last)))
        between = range(left[1] + 1, right[0])
        if cue.first > match.last and any(text.tokens[index].text in _PRONOUNS for index in between):
            continue  # the past belongs to another statement: "…, and shes asking for one who died years ago"
        if not any(
            _at(index, text, "NOW") or text.tokens[index].text == "but" for index in between
        ) and not any(
            _at(index, text, "NOW") for index in range(match.last + 1, min(match.last + 4, len(text.tokens)))
        ):
            return True
    return False


def is_about_others(match: Match, text: ReadText) -> bool:
    """True for a story: someone else, not close to the writer, and in the past; or the news."""
    sentence = text.tokens[match.first].sentence
    for cue in _nearby(text.of("OTHERS", "NEWS"), match.last):
        here = text.tokens[cue.first].sentence == sentence
        if not here or cue.first > match.last or match.covers(cue.first):
            continue
        if _clause_changes(cue.last + 1, match.first, text):
            continue
        told = any(cue.last < present.first <= match.last for present in text.of("PRESENT"))
        if not told and not any(text.tokens[now.first].sentence == sentence for now in text.of("NOW")):
            return True
    return False


def is_over(match: Match, text: ReadText) -> bool:
    """True when it was and is no more: "arm felt heavy for an hour then fine"."""
    if text.of("NOT_OVER"):
        return False
    sentence = text.tokens[match.first].sentence
    cues = [
        cue
        for cue in text.of("OVER")
        if cue.last >= match.last and text.tokens[cue.first].sentence <= sentence + 1
    ]
    if not cues:
        return False
    return not any(
        text.tokens[now.first].sentence == sentence and now.first <= match.last for now in text.of("PRESENT")
    )


def _at(index: int, text: ReadText, concept: str) -> bool:
    return text.is_at(index, concept)


def _at_symptom(index: int, text: ReadText) -> bool:
    """True when a word belongs to a symptom: any concept that is not a way of speaking."""
    return text.is_at_other(index, WAYS_OF_SPEAKING)


def _nearby(mentions: list[Mention], last: int) -> list[Mention]:
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
