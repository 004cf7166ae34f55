"""Ways of speaking in which a warning word is no warning: denied, asked about, over, long ago, someone else's.

After NegEx (Chapman 2001) and ConText (Harkema 2009), which read doctors' notes; here the scopes are
shorter and doubt goes the other way: a scope ends at the first word that we cannot account for.
The cue words are concepts in `words.yml`.
"""

from __future__ import annotations

from itertools import pairwise

from bot.safety.assessment import Tier
from bot.safety.clauses import begins_anew, resumes
from bot.safety.negation import Denials, is_at, nearby
from bot.safety.patterns import TRIED, Match
from bot.safety.read_text import Mention, ReadText
from bot.safety.supposing import is_supposed

_SHORT_QUESTION = 7
_FAR = 30  # words between what was and when it was: bounds a long text without a full stop
_SOON = 3  # words from a symptom to "afterwards"
_SHORT = 30  # words; a longer message tells a story, and asks beside it


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


def is_asked(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for a general question or a worry about what might come: "can it…", "what if…", "scared ill…"."""
    if text.of("HAVE_IT"):
        return False
    if _asked_as_a_risk(match, text) or is_supposed(match, text):
        return True
    if (
        len(text.tokens) <= _SHORT
        and text.of("SUITABILITY")
        and not text.of("ACUTE")
        and _lives_with(match, text, tier)
    ):
        return True
    for concept, overridable in (("ASKS", True), ("SUPPOSES", False)):
        for cue in nearby(text.of(concept), match.first):
            if cue.first >= match.first or match.covers(cue.first) or _states(cue, text):
                continue
            if cue.first and [token.text for token in text.tokens[cue.first - 1 : cue.first + 1]] == [
                "as",
                "if",
            ]:
                continue
            if text.tokens[cue.first].sentence != text.tokens[match.first].sentence:
                continue
            if _clause_changes(cue.last + 1, match.first, text):
                continue
            if _asks_for_service(cue, match, text) or _supposed_before(cue, match, text):
                continue
            real = _said_as_real(cue, match, text) or _has_it(match, text, tier)
            if overridable and real and not _supposed_later(cue, match, text):
                continue
            return True
    return False


_SERVICE = frozenset({"number", "slot", "slots", "open", "closed", "close"})
_REACHES_US = frozenset({"ring", "call", "phone", "text"})
_US = frozenset({"me", "us", "back"})
_GETS_IN_TOUCH = frozenset({"get", "touch"})
_ASKS_ON = frozenset({"if", "when", "about", "with", "after", "or"})


def _asks_for_service(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "WOULD YOU RING ME BACK short of breath here", "how do i GET IN TOUCH…": it asks about the clinic."""
    between = {token.text for token in text.tokens[cue.first : match.first]}
    reaches = between & _SERVICE or between >= _GETS_IN_TOUCH or (between & _REACHES_US and between & _US)
    return bool(reaches) and not between & _ASKS_ON


def _supposed_before(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "i read the leaflet AND I AM numb", "saw you close at 5, heart is racing and WONT slow": it is there."""
    if _turns_to_me(cue.last + 1, match.first, text):
        return True
    return begins_anew(cue, match.first, text) and _said_as_real(match, match, text)


def _lives_with(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for "i get seizures, can i have needling", and not for "my chest is tight, can i still come"."""
    return tier is not Tier.EMERGENCY or bool(text.of("STANDING")) or _names_a_condition(match)


_CONDITIONS = frozenset(
    {"SEIZURE", "SEIZURE_WORD", "HEART_NAME", "LUNG_NAME", "STROKE_NAME", "CLOT_NAME", "SEPSIS_NAME", "ANAPHYLAXIS",
     "PALPITATIONS", "THINNER", "SUSPECT", "EPILEPSY_KNOWN"}
)  # fmt: skip


def _names_a_condition(match: Match) -> bool:
    return all(mention.concept in _CONDITIONS for mention in match.mentions)


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


def _said_as_real(cue: Mention | Match, match: Match, text: ReadText) -> bool:
    """True when the question is about something that is there: "is it bad that my chest STILL…"."""
    sentence = text.tokens[match.first].sentence
    return any(
        text.tokens[mention.first].sentence == sentence and mention.last >= cue.first
        for mention in text.of("REAL")[:TRIED]
    )


def _has_it(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for "what can I take for THIS chest pain", "can I drive WITH double vision": it is there."""
    before = text.tokens[match.first - 1].text if match.first else ""
    if tier is not Tier.EMERGENCY or _supposes(match, text) or _names_a_condition(match):
        return False
    return before in ("this", "with") or (before in ("the", "my") and match.mentions[0].concept in _TROUBLES)


_TROUBLES = frozenset({"BREATHLESS", "CHEST_PAIN_NOUN", "PALPITATIONS", "SHOULDER_TIP_PAIN", "VISION"})


def _supposes(match: Match, text: ReadText) -> bool:
    return any(cue.first < match.first for cue in text.of("SUPPOSES")[:TRIED])


def _supposed_later(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "what should I do if my chest hurts afterwards"."""
    supposed = any(token.text == "if" for token in text.tokens[cue.first : match.first])
    return supposed and any(0 < later.first - match.last <= _SOON for later in text.of("LATER")[:TRIED])


def _clause_changes(first: int, last: int, text: ReadText) -> bool:
    """True when a new statement begins between two places: "…? my chest", ", i cant", "because im"."""
    for index in range(first, last):
        token = text.tokens[index]
        if is_at(index, text, "BREAKS"):
            return True
        if not token.is_word and (
            token.text in ".!?;" or (index + 1 < last + 1 and is_at(index + 1, text, "SUBJECT"))
        ):
            return True
    return False


def is_history(match: Match, text: ReadText, denials: Denials, tier: Tier) -> bool:
    """True for what was long ago: "had a stroke 5 years ago", "passed out at a blood test as a kid".

    A denied past is the present: "it wasnt there before the needling".
    """
    sentence = text.tokens[match.first].sentence
    for cue in text.of("HISTORY")[:TRIED]:
        if text.tokens[cue.first].sentence != sentence or denials.has(cue):
            continue
        if any(token.text == "than" for token in text.tokens[max(0, cue.first - 3) : cue.first]):
            continue  # "weaker than it was before the session" compares: it is there now
        if [token.text for token in text.tokens[max(0, cue.first - 2) : cue.first]] == ["first", "time"]:
            continue  # "wet the bed, first time since i was four"
        if text.tokens[cue.first - 1].text == "like" and cue.first and text.tokens[cue.first].value is None:
            continue  # "numb like at the dentist", and not "in like 2016"
        if any(
            token.text in ("still", "keeps", "keep")
            for token in text.tokens[max(0, match.first - 2) : match.last]
        ):
            continue
        if _in_passing(cue, match, text, tier):
            continue
        left, right = sorted(((cue.first, cue.last), (match.first, match.last)))
        between = range(left[1] + 1, right[0])
        if len(between) > _FAR or any(
            token.text == "but" for token in text.tokens[cue.last + 1 : match.last]
        ):
            continue  # "i always get headaches, but this one…"
        if cue.first > match.last and any(text.tokens[index].text in _PRONOUNS for index in between):
            continue  # the past belongs to another statement: "…, and shes asking for one who died years ago"
        if not any(
            is_at(index, text, "NOW") or text.tokens[index].text == "but" for index in between
        ) and not any(
            is_at(index, text, "NOW")
            for index in range(match.last + 1, min(match.last + 4, len(text.tokens)))
        ):
            return True
    return False


def _in_passing(cue: Mention, match: Match, text: ReadText, tier: Tier) -> bool:
    """True when a time is told of something else: "chest hurts, had surgery years ago", "used to be a nurse, …"."""
    if cue.first > match.last:
        return not resumes(match.last, cue, text)
    if tier is not Tier.EMERGENCY or cue.last >= match.first:
        return False
    present = any(cue.last < now.first <= match.last for now in text.of("PRESENT"))
    turns = present and _turns_to_me(cue.last + 1, match.first, text)
    return turns or begins_anew(cue, match.first, text)


def is_long_ago(match: Match, text: ReadText, denials: Denials) -> bool:
    """True for "i was suicidal ten years ago"; stricter than history: what always was, and what still is, stays.

    "She died two years ago and i want to die" tells a time before the wish, not the time of the wish.
    """
    sentence = text.tokens[match.first].sentence
    after = {token.text for token in text.tokens[match.last + 1 :] if token.sentence == sentence}
    if after & _GOES_ON or ("now" in after and not after & _WELL):
        return False
    for cue in text.of("LONG_AGO")[:TRIED]:
        if text.tokens[cue.first].sentence != sentence or denials.has(cue):
            continue
        if _in_passing(cue, match, text, Tier.EMERGENCY):
            continue
        first, last = sorted(((cue.first, cue.last), (match.first, match.last)))
        between = {token.text for token in text.tokens[first[1] + 1 : last[0]]}
        if cue.first > match.last and not between & _PRONOUNS and len(between) <= _SHORT_QUESTION:
            return True
        if cue.last < match.first and between & _PAST and len(between) <= _SHORT_QUESTION:
            return True
    return False


_GOES_ON = frozenset(
    {"since", "still", "again", "ever", "today", "tonight", "back", "coming", "thoughts", "same"}
)
_WELL = frozenset({"well", "fine", "ok", "okay", "good", "better", "happy", "great", "grand", "recovered"})
_PAST = frozenset({"was", "were", "had", "tried", "attempted", "did", "took"})


def is_about_others(match: Match, text: ReadText) -> bool:
    """True for a story: someone else, not close to the writer, and in the past; or the news."""
    sentence = text.tokens[match.first].sentence
    for cue in nearby(text.of("OTHERS", "NEWS"), match.last):
        here = text.tokens[cue.first].sentence == sentence
        if not here or cue.first > match.last or match.covers(cue.first) or _no_story(cue, text):
            continue
        goes_on = cue.concept == "NEWS" and _of_them(cue.last + 1, match.first, text)
        if not goes_on and _clause_changes(cue.last + 1, match.first, text):
            continue
        if _turns_to_me(cue.last + 1, match.first, text) or _passes_me(cue, match, text):
            continue
        told = any(cue.last < present.first <= match.last for present in text.of("PRESENT"))
        if not told and not any(_is_now(now, cue, text) for now in text.of("NOW")):
            return True
    return False


def _no_story(cue: Mention, text: ReadText) -> bool:
    """True for "like SOMEBODY pulled a blind down", a comparison, and "since the half six NEWS", a time."""
    before = {token.text for token in text.tokens[max(0, cue.first - _SOON) : cue.first]}
    return bool(before & (_TELLS_A_TIME if cue.concept == "NEWS" else _COMPARES))


_TELLS_A_TIME = frozenset({"since", "after", "before", "during", "till", "until"})
_COMPARES = frozenset({"like", "as"})
_PRESENT_TIMES = frozenset({"now", "today", "tonight", "currently"})


def _is_now(now: Mention, cue: Mention, text: ReadText) -> bool:
    """True when a story is told of now; a poster stays one "in your waiting room"."""
    here = text.tokens[now.first].sentence == text.tokens[cue.first].sentence
    return here and (cue.concept != "NEWS" or text.tokens[now.last].text in _PRESENT_TIMES)


def _of_them(first: int, last: int, text: ReadText) -> bool:
    """True for "watched a drama, THEY stuck a needle in a guy": the story goes on, and the writer is not in it."""
    words = {token.text for token in text.tokens[first : last + 1]}
    return bool(words & {"they", "theyre", "he", "she"}) and not words & {"i", "im", "ive", "my", "me"}


def _turns_to_me(first: int, last: int, text: ReadText) -> bool:
    """True for "saw the news, AND MY chest is tight": the story ends, and the writer begins."""
    words = [token.text for token in text.tokens[first : last + 1]]
    return any(one == "and" and other in ("i", "im", "ive", "my", "me") for one, other in pairwise(words))


_NOT_ALL_OVER = frozenset(
    {"otherwise", "apart", "except", "elsewhere", "at", "before", "until", "till", "yesterday"}
)


def _passes_me(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "my friend drove ME, passed out twice": others stand beside the writer's own story."""
    between = {token.text for token in text.tokens[cue.last + 1 : match.first]}
    return bool(between & {"me", "my", "you", "your"}) and begins_anew(cue, match.first, text)


def is_over(match: Match, text: ReadText) -> bool:
    """True when it was and is no more: "arm felt heavy for an hour then fine"."""
    if text.of("NOT_OVER"):
        return False
    sentence = text.tokens[match.first].sentence
    cues = [
        cue
        for cue in text.of("OVER")
        if cue.last >= match.last
        and text.tokens[cue.first].sentence <= sentence + 1
        and resumes(match.last, cue, text)
        and not (cue.last + 1 < len(text.tokens) and text.tokens[cue.last + 1].text in _NOT_ALL_OVER)
    ]
    if not cues:
        return False
    return not any(
        text.tokens[now.first].sentence == sentence and now.first <= match.last for now in text.of("PRESENT")
    )
