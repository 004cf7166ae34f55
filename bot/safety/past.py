"""What was and is no more: long ago, always so, or over: "had a stroke 5 years ago", "for an hour then fine"."""

from __future__ import annotations

from bot.safety.assessment import Tier
from bot.safety.clauses import PRONOUNS, begins_anew, resumes, turns_to_me
from bot.safety.negation import Denials
from bot.safety.patterns import TRIED, Match
from bot.safety.read_text import Mention, ReadText

_NEAR = 7  # words between a wish and when it was
_FAR = 30  # words between what was and when it was: bounds a long text without a full stop


def is_history(match: Match, text: ReadText, denials: Denials, tier: Tier) -> bool:
    """True for what was long ago: "had a stroke 5 years ago", "passed out at a blood test as a kid".

    A denied past is the present: "it wasnt there before the needling".
    """
    return not _keeps_on(match, text) and any(
        text.tokens[cue.first].sentence == text.tokens[match.first].sentence
        and not denials.has(cue)
        and not _compares(cue, text)
        and not _in_passing(cue, match, text, tier)
        and not _is_set_against(cue, match, text)
        and not _comes_to_now(cue, match, text)
        for cue in text.of("HISTORY")[:TRIED]
    )


def _keeps_on(match: Match, text: ReadText) -> bool:
    """True for "STILL numb", "KEEPS going numb"."""
    near = text.tokens[max(0, match.first - 2) : match.last]
    return any(token.text in ("still", "keeps", "keep") for token in near)


def _compares(cue: Mention, text: ReadText) -> bool:
    """True when the past is only a measure of the present."""
    before = [token.text for token in text.tokens[max(0, cue.first - 3) : cue.first]]
    return (
        "than" in before  # "weaker than it was before the session"
        or before[-2:] == ["first", "time"]  # "wet the bed, first time since i was four"
        or (before[-1:] == ["like"] and text.tokens[cue.first].value is None)  # not "in like 2016"
    )


def _is_set_against(cue: Mention, match: Match, text: ReadText) -> bool:
    """True when the past belongs to another statement: "i always get headaches, BUT this one…", "…, and SHES …"."""
    between = _between(cue, match)
    return (
        len(between) > _FAR
        or any(token.text == "but" for token in text.tokens[cue.last + 1 : match.last])
        or (cue.first > match.last and any(_begins_another(index, text) for index in between))
    )


def _begins_another(index: int, text: ReadText) -> bool:
    """True for ", SHE died years ago", and not for "passed out when HE had his jab"."""
    return text.tokens[index].text in PRONOUNS and text.tokens[index - 1].text not in ("when", "as", "while")


def _comes_to_now(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "had it years ago and NOW again": between the two, or right after the symptom."""
    between = _between(cue, match)
    after = range(match.last + 1, min(match.last + 4, len(text.tokens)))
    return any(text.is_at(index, "NOW") for index in (*between, *after)) or any(
        text.tokens[index].text == "but" for index in between
    )


def _between(cue: Mention, match: Match) -> range:
    first, last = sorted(((cue.first, cue.last), (match.first, match.last)))
    return range(first[1] + 1, last[0])


def _in_passing(cue: Mention, match: Match, text: ReadText, tier: Tier) -> bool:
    """True when a time is told of something else: "chest hurts, had surgery years ago", "used to be a nurse, …"."""
    if cue.first > match.last:
        return not resumes(match.last, cue, text)
    if tier is not Tier.EMERGENCY or cue.last >= match.first:
        return False
    present = any(cue.last < now.first <= match.last for now in text.of("PRESENT"))
    turns = present and turns_to_me(cue.last + 1, match.first, text)
    return turns or begins_anew(cue, match.first, text)


def is_long_ago(match: Match, text: ReadText, denials: Denials) -> bool:
    """True for "i was suicidal ten years ago"; stricter than history: what always was, and what still is, stays.

    "She died two years ago and i want to die" tells a time before the wish, not the time of the wish.
    """
    sentence = text.tokens[match.first].sentence
    after = {token.text for token in text.tokens[match.last + 1 :] if token.sentence == sentence}
    if after & _GOES_ON or ("now" in after and not after & _WELL):
        return False
    return any(
        text.tokens[cue.first].sentence == sentence
        and not denials.has(cue)
        and not _in_passing(cue, match, text, Tier.EMERGENCY)
        and _dates(cue, match, text)
        for cue in text.of("LONG_AGO")[:TRIED]
    )


def _dates(cue: Mention, match: Match, text: ReadText) -> bool:
    """True when a time is the time of the wish: right after it, or before it with a word of the past between."""
    between = {text.tokens[index].text for index in _between(cue, match)}
    if len(between) > _NEAR:
        return False
    if cue.first > match.last:
        return not between & PRONOUNS
    return cue.last < match.first and bool((between | {text.tokens[match.first].text}) & _PAST)


_GOES_ON = frozenset(
    {"since", "still", "again", "ever", "today", "tonight", "back", "coming", "thoughts", "same"}
)
_WELL = frozenset(
    {"behind", "well", "fine", "ok", "okay", "good", "better", "happy", "great", "grand", "recovered"}
)
_PAST = frozenset({"was", "were", "had", "tried", "attempted", "did", "took"})


def is_over(match: Match, text: ReadText) -> bool:
    """True when it was and is no more: "arm felt heavy for an hour then fine"."""
    if any(not _asks_to_come(cue, text) for cue in text.of("NOT_OVER")):
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


def _asks_to_come(cue: Mention, text: ReadText) -> bool:
    """True for "can i STILL come", "STILL on for friday": it says nothing of the symptom."""
    if text.tokens[cue.first].text != "still":
        return False
    before = [token.text for token in text.tokens[max(0, cue.first - 2) : cue.first]]
    after = tuple(token.text for token in text.tokens[cue.last + 1 : cue.last + 3])
    return before[:1] in _MAY or after in _STANDS or after[:1] in _MAY_I


_MAY = (["can"], ["could"], ["should"], ["shall"])
_MAY_I = (("ok",), ("okay",), ("booked",))
_STANDS = frozenset(
    (first, second)
    for first, seconds in {
        "on": "for at", "good": "for to", "coming": "at in to for on tomorrow", "come": "at in to for on tomorrow",
        "up": "for",
    }.items()
    for second in seconds.split()
)  # fmt: skip


_NOT_ALL_OVER = frozenset(
    {"otherwise", "apart", "except", "elsewhere", "at", "before", "until", "till", "yesterday"}
)
