"""Whether two places of a message belong to one statement: "cant breathe, | i went for a run yesterday".

What explains an emergency away counts only in the statement of the sign: patients write in passing of colds,
coffees, last year's operation and the friend who drove. Texts have few commas, so a pronoun may begin a
statement too. A fragment without a subject ("legs like jelly, leg day yesterday") still belongs to what it follows.
"""

from __future__ import annotations

from itertools import pairwise

from bot.safety.read_text import Mention, ReadText


def word_set(written: str) -> frozenset[str]:
    """A list of single words, written as a sentence."""
    return frozenset(written.split())


ME = word_set("i im ive my me")  # the writer


_MARKS = ",;-:("
_STOPS = ".!?;"
PRONOUNS = word_set("i im ive id he hes she shes they theyre we weve")
_JOINED = word_set(
    "when whenever while if because cos cause as since after before until till til that so than where what how from "
    "like though think thinks thought know reckon sure says said hope guess or"
)  # before a pronoun: it goes on with the statement
_ASKS = word_set("can should do")  # after a comma, of an emergency only
_OPENS = PRONOUNS | word_set(
    "my our the his her theres how had have was took went got came slept brushed lost last"
)  # after a comma: a statement of its own
_LIGHT = word_set(
    "it its this that thats they them all both everything i im ive he hes she shes me am is are was were be been have "
    "has had got and but then so now just only about around maybe like once back way happened started in a an for of "
    "feel feels feeling felt to after lasted well sat down home went eventually soon very much bit completely totally"
)  # between a comma and "years ago" or "fine now": it speaks of what went before
_TELLS = word_set("says said thinks reckons")  # "the doctor … says its all clear"
_JOINING = 6  # words before a pronoun in which "so" joins it: "laughed so hard at it i couldnt breathe"


def apart(first: int, last: int, text: ReadText, narrowly: bool) -> bool:
    """True when a new statement begins in tokens `first` to `last`, exclusive: ", i…", ", my…".

    `narrowly`: "can you" begins one too, and a pronoun without a mark before it ("cant breathe i went for a run").
    Otherwise "headaches every weekend, can you treat that" is one statement.
    """
    opens = _OPENS | _ASKS if narrowly else _OPENS
    return any(
        _is_opened(index, text, opens) or (narrowly and _runs_on(index, text)) for index in range(first, last)
    )


def _is_opened(index: int, text: ReadText, opens: frozenset[str]) -> bool:
    tokens = text.tokens
    if tokens[index].is_word:
        return False
    opened = index + 1 < len(tokens) and tokens[index + 1].text in opens
    return tokens[index].text in _STOPS or (tokens[index].text in _MARKS and opened)


def _runs_on(index: int, text: ReadText) -> bool:
    tokens = text.tokens
    if tokens[index].text not in PRONOUNS or tokens[index - 1].text in _JOINED:
        return False
    return all(token.text != "so" for token in tokens[max(0, index - _JOINING) : index])


def begins_anew(cue: Mention, first: int, text: ReadText) -> bool:
    """True when a comma stands right before the token `first`, and a statement before that: "used to be a nurse, …"."""
    if not first or text.tokens[first - 1].is_word or text.tokens[first - 1].text not in _MARKS:
        return False
    start, end = cue.first, cue.last
    while start and text.tokens[start - 1].is_word:
        start -= 1
    while end + 1 < first - 1 and text.tokens[end + 1].is_word:
        end += 1
    return (end - start) - (cue.last - cue.first) >= _A_STATEMENT


_A_STATEMENT = 2  # words beside a cue that make it more than "last year, …"


def resumes(last: int, cue: Mention, text: ReadText) -> bool:
    """True when a cue after the token `last` speaks of it: ", years ago", ". its gone now", not ", my neck is fine"."""
    start = cue.first
    while start > last + 1 and text.tokens[start - 1].is_word and text.tokens[start - 1].text not in _TELLS:
        start -= 1
    return start <= last + 1 or all(
        token.text in _LIGHT or token.value is not None for token in text.tokens[start : cue.first]
    )


def clause_changes(first: int, last: int, text: ReadText) -> bool:
    """True when a subject, a full stop or "because" stands between two places: "…? my chest", ", i cant"."""
    for index in range(first, last):
        token = text.tokens[index]
        if text.is_at(index, "BREAKS"):
            return True
        if not token.is_word and (
            token.text in _STOPS or (index + 1 < last + 1 and text.is_at(index + 1, "SUBJECT"))
        ):
            return True
    return False


def turns_to_me(first: int, last: int, text: ReadText) -> bool:
    """True for "saw the news, AND MY chest is tight": the story ends, and the writer begins."""
    said = [token.text for token in text.tokens[first : last + 1]]
    return any(one == "and" and other in ME for one, other in pairwise(said))
