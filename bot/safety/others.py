"""A story about somebody else, or the news: "a woman at my gym collapsed after it"."""

from __future__ import annotations

from bot.safety.clauses import ME, begins_anew, clause_changes, turns_to_me
from bot.safety.negation import nearby
from bot.safety.patterns import Match
from bot.safety.read_text import Mention, ReadText

_BEFORE = 3  # words before "somebody" or "news" that change what it is


def is_about_others(match: Match, text: ReadText) -> bool:
    """True for a story: someone else, not close to the writer, and in the past; the news; or a thing."""
    if _is_of_a_thing(match, text):
        return True
    sentence = text.tokens[match.first].sentence
    for cue in nearby(text.of("OTHERS", "NEWS"), match.last):
        here = text.tokens[cue.first].sentence == sentence
        if not here or cue.first > match.last or match.covers(cue.first) or _no_story(cue, text):
            continue
        goes_on = (
            _of_them(cue.last + 1, match.first, text)
            if cue.concept == "NEWS"
            else _is_hearsay(cue.last + 1, match.first, text)
        )
        if not goes_on and clause_changes(cue.last + 1, match.first, text):
            continue
        if (
            turns_to_me(cue.last + 1, match.first, text)
            or _passes_me(cue, match, text)
            or _tells_me(cue, match, text)
        ):
            continue
        told = any(cue.last < present.first <= match.last for present in text.of("PRESENT"))
        if not told and not any(_is_now(now, cue, match, text) for now in text.of("NOW")):
            return True
    return False


def _is_of_a_thing(match: Match, text: ReadText) -> bool:
    """True for "my PHONE wont wake up", "the DOG is wheezing": what is said follows upon it."""
    for cue in nearby(text.of("THING"), match.first):
        if cue.last >= match.first:
            continue
        between = {token.text for token in text.tokens[cue.last + 1 : match.first]}
        before = {token.text for token in text.tokens[max(0, cue.first - 2) : cue.first]}
        if between <= _LINKS and not before & _BESIDE:
            return True
    return False


_LINKS = frozenset(
    {"is", "was", "has", "had", "just", "keeps", "kept", "got", "gets", "not", "so", "really", "s", "all",
     "thats", "been", "seems", "looks", "almost", "nearly", "still", "again", "back", "legs", "gonna", "make", "wont"}
)  # fmt: skip
_BESIDE = frozenset(
    {"in", "by", "on", "at", "to", "from", "like", "near", "into", "of", "off", "after", "with", "under"}
)


def _no_story(cue: Mention, text: ReadText) -> bool:
    """True for "like SOMEBODY pulled a blind down", a comparison, and "since the half six NEWS", a time."""
    before = {token.text for token in text.tokens[max(0, cue.first - _BEFORE) : cue.first]}
    return bool(before & (_TELLS_A_TIME if cue.concept == "NEWS" else _COMPARES))


_TELLS_A_TIME = frozenset({"since", "after", "before", "during", "till", "until"})
_COMPARES = frozenset({"like", "as"})
_PRESENT_TIMES = frozenset({"now", "today", "tonight", "currently"})


def _is_now(now: Mention, cue: Mention, match: Match, text: ReadText) -> bool:
    """True when a story is told of now; a poster stays one "in your waiting room", and "now im nervous" tells none."""
    after = [token.text for token in text.tokens[now.last + 1 : now.last + 2]]
    mine = now.first > match.last and bool(ME & {text.tokens[now.last].text, *after})
    here = text.tokens[now.first].sentence == text.tokens[cue.first].sentence
    return here and not mine and (cue.concept != "NEWS" or text.tokens[now.last].text in _PRESENT_TIMES)


def _of_them(first: int, last: int, text: ReadText) -> bool:
    """True for "watched a drama, THEY stuck a needle in a guy": the story goes on, and the writer is not in it."""
    words = {token.text for token in text.tokens[first : last + 1]}
    return bool(words & {"they", "theyre", "he", "she"}) and not words & ME


def _passes_me(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "my friend drove ME, passed out twice": others stand beside the writer's own story."""
    between = {token.text for token in text.tokens[cue.last + 1 : match.first]}
    return bool(between & {"me", "my", "you", "your"}) and begins_anew(cue, match.first, text)


_TELLS = frozenset(
    {"says", "said", "saw", "noticed", "reckons", "thinks", "told", "tells", "swears", "claims", "claimed", "posted",
     "insists", "wrote"}
)  # fmt: skip


def _told(first: int, last: int, text: ReadText) -> list[str]:
    """The words of a story from the first "says" on; who is told ("told ME") is not in it."""
    words = [token.text for token in text.tokens[first:last]]
    at = next((index for index, word in enumerate(words) if word in _TELLS), None)
    if at is None:
        return []
    return words[at + 2 :] if words[at + 1 : at + 2] in (["me"], ["us"]) else words[at + 1 :]


def _is_hearsay(first: int, last: int, text: ReadText) -> bool:
    """True for "a guy at the gym TOLD me they left one in": the writer is not in it, and it has not JUST happened."""
    between = {token.text for token in text.tokens[first:last]}
    return bool(between & _TELLS) and "just" not in between and not ME & set(_told(first, last, text))


def _tells_me(cue: Mention, match: Match, text: ReadText) -> bool:
    """True for "the trainer SAYS I collapsed": others tell the writer's own story."""
    return bool(ME & set(_told(cue.last + 1, match.first + 1, text)[:2]))
