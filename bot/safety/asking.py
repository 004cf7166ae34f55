"""A general question or a worry about what might come: "can it…", "what if…", "scared ill…"."""

from __future__ import annotations

from bot.safety.assessment import Tier
from bot.safety.clauses import begins_anew, clause_changes, turns_to_me
from bot.safety.negation import nearby
from bot.safety.patterns import TRIED, Match
from bot.safety.read_text import Mention, ReadText
from bot.safety.supposing import is_supposed

_SHORT_QUESTION = 7  # words
_SOON = 3  # words from a symptom to "afterwards"
_SHORT = 30  # words; a longer message tells a story, and asks beside it


def is_asked(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for a general question or a worry about what might come; false when it is there: "is it bad that…"."""
    if text.of("HAVE_IT"):
        return False
    return (
        _asked_as_a_risk(match, text)
        or is_supposed(match, text)
        or _asks_if_it_suits(match, text, tier)
        or any(
            _reaches(cue, match, text) and not _answered_by_the_symptom(cue, match, text, tier)
            for cue in nearby(text.of("ASKS"), match.first)
        )
        or any(_reaches(cue, match, text) for cue in nearby(text.of("SUPPOSES"), match.first))
    )


def _asks_if_it_suits(match: Match, text: ReadText, tier: Tier) -> bool:
    """True for "i get seizures, can i have needling", and not for "my chest is tight, can i still come"."""
    if len(text.tokens) > _SHORT or text.of("ACUTE") or not text.of("SUITABILITY"):
        return False
    return tier is not Tier.EMERGENCY or bool(text.of("STANDING")) or _names_a_condition(match)


def _reaches(cue: Mention, match: Match, text: ReadText) -> bool:
    """True when a question that begins at this cue goes on to the symptom."""
    tokens = text.tokens
    if cue.first >= match.first or match.covers(cue.first) or _states(cue, text):
        return False
    if tokens[cue.first].text == "if" and cue.first and tokens[cue.first - 1].text == "as":
        return False
    return (
        tokens[cue.first].sentence == tokens[match.first].sentence
        and not clause_changes(cue.last + 1, match.first, text)
        and not _asks_for_service(cue, match, text)
        and not _supposed_before(cue, match, text)
    )


def _answered_by_the_symptom(cue: Mention, match: Match, text: ReadText, tier: Tier) -> bool:
    """True when the question is about what is there: "is it bad that my chest STILL…", "can i drive WITH this…"."""
    real = _said_as_real(cue, match, text) or _has_it(match, text, tier)
    return real and not _supposed_later(cue, match, text)


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
    goes_on = text.tokens[cue.last].text == "if"  # "what if it hits a nerve AND MY hand goes numb"
    if not goes_on and turns_to_me(cue.last + 1, match.first, text):
        return True
    return begins_anew(cue, match.first, text) and _said_as_real(match, match, text)


_CONDITIONS = frozenset(
    {"SEIZURE", "SEIZURE_WORD", "HEART_NAME", "LUNG_NAME", "STROKE_NAME", "CLOT_NAME", "SEPSIS_NAME", "ANAPHYLAXIS",
     "PALPITATIONS", "THINNER", "SUSPECT", "EPILEPSY_KNOWN"}
)  # fmt: skip


def _names_a_condition(match: Match) -> bool:
    return all(mention.concept in _CONDITIONS for mention in match.mentions)


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
    {"so", "and", "but", "or", "just", "hi", "hello", "hey", "well", "also", "wondering", "asking", "curious",
     "please", "btw", "ok", "okay", "then", "what", "why", "how", "question", "is", "are", "which", "who"}
)  # fmt: skip


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
