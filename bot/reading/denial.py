"""Whether a symptom is denied: a scope over tokens, without a parser.

It runs from "no", "not", "without" … to the end of the clause, through lists with "or" and "nor".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.reading.wording import words

if TYPE_CHECKING:
    from spacy.tokens import Doc


_NEGATORS = words(
    "0 aint arent cannot denies didn't didnt doesn't doesnt don't dont hadnt hasn't hasnt haven't havent "
    "isn't isnt minus n't nae nary ne'er neither never ni nil niver no none nope nor not nothing nowt nt "
    "nuh sin tampoco w/o wasn't wasnt werent without wont zero"
)


_SCOPE_ENDS = words(
    "after also although am apart are bc because besides bit but cos cuz except feels got has have "
    "however i'm if im instead is it's its just little lots maybe mild my now only otherwise pero plus "
    "pretty quite really since slight slightly small so solo some still then there's tho though till tiny "
    "unless until very was when which while yeah yes yet"
)


_STOPS = {".", ";", "!", "?", ":", "\n", "(", ")"}


# "not just sore", "not only bruised", "no idea", "no wonder": no denial of what follows.
_NO_DENIAL_AFTER = words(
    "1 10 2 3 4 5 6 7 8 9 bad better change doubt fun going gone good great helped idea improvement just "
    "long matter only problem relief rush sleep stopped sure surprise until went wonder worse"
)


# "had a headache yesterday but its gone"
_SINCE_OVER = re.compile(
    r"\s+(?:yesterday|last night|this morning|at first|on \w+day|after(?:wards)?|a bit|a little|"
    r"earlier)?[\s,]*"
    r"(?:(?<=,)|(?<=, )|but|and|which|then|now)\s+(?:then\s+|now\s+|it\s+|that\s+|has\s+|have\s+|is\s+|its\s+|it's\s+|"
    r"it'?s all\s+|all\s+)*"
    r"(?:gone|stopped|passed|went away|cleared|wore off|better now|over now|fine now)\b"
)


# "swelling is not there", "bruise I do not have"
_NOT_THERE = re.compile(
    r"(?:(?:is|are|was|were|there is|it is|i have|i do|do) )?(?:not|n't|no|none) "
    r"(?:there|present|coming|come|seen|have|has)\b"
    r"|(?:is |are )?(?:absent|nil)\b"
)
_GONE = words("cleared disappeared faded gone healed resolved stopped vanished")


# What words a symptom itself: "no feeling", "can't sleep" deny nothing.
_WORDED_WITH = words("ca can't cannot cant could couldn't couldnt did lose losing lost no not")


def denied(doc: Doc, start: int, end: int, symptom_tokens: set[int]) -> bool:
    """Tell whether a negator's scope reaches the symptom, or the words after it take it back."""
    if _taken_back(doc, end):
        return True
    if end - start > 1 and doc[start].text in _WORDED_WITH:
        return False
    comma_seen = False
    for index in range(start - 1, max(-1, start - _FARTHEST), -1):
        word = doc[index].text
        if word in _NEGATORS or word.rstrip("-") in _NEGATORS:
            listed = not comma_seen or _plain_list(doc, index, start, symptom_tokens)
            return listed and not _denies_something_else(doc, index, symptom_tokens)
        if word == "free" and doc[index + 1].text in {"of", "from"}:
            return True
        if _ends_the_scope(doc, index, symptom_tokens):
            return False
        comma_seen |= word == ","
    return False


_FARTHEST = 14  # words from a negator to the symptom


def _denies_something_else(doc: Doc, index: int, symptom_tokens: set[int]) -> bool:
    """True for "no idea", "no, swelling" and "0 days": the negator does not reach what follows."""
    word, following = doc[index].text, doc[index + 1].text
    if word in {"no", "nope"} and following in {",", "."}:
        return True
    counts = word in {"0", "zero"}
    return (counts or following in _NO_DENIAL_AFTER) and index + 1 not in symptom_tokens


def _ends_the_scope(doc: Doc, index: int, symptom_tokens: set[int]) -> bool:
    word = doc[index].text
    if word in {"and", "+"}:
        return not _and_goes_on(doc, index, symptom_tokens)
    return word in _STOPS or (word in _SCOPE_ENDS and not _within_denial(doc, index))


# Words that may follow a negator inside its scope: "it's not really swollen", "don't have any".
_INSIDE = words(
    "also am are bit feels got had has have is little lots my now pretty quite really slight small some "
    "still tiny very was"
)


def _within_denial(doc: Doc, index: int) -> bool:
    if doc[index].text not in _INSIDE:
        return False
    nearest = [doc[i].text for i in (index - 1, index - 2) if i >= 0]
    return any(word in _NEGATORS for word in nearest)


_LISTED = words("& , - / a and any anything get having like much no nor of or really the")


def _plain_list(doc: Doc, negator: int, start: int, symptom_tokens: set[int]) -> bool:
    """ "no bruising,
    swelling or numbness": between the negator and the symptom stand only symptoms and list words."""
    return all(token.i in symptom_tokens or token.text in _LISTED for token in doc[negator + 1 : start])


def _and_goes_on(doc: Doc, index: int, symptom_tokens: set[int]) -> bool:
    """ "no bruising and swelling": only a bare symptom keeps the denial after "and"."""
    return index + 1 in symptom_tokens or (
        index + 1 < len(doc) and doc[index + 1].text in {"no", "not", "any"}
    )


# "the headache I came with is gone"
_CAME_WITH = re.compile(
    r"\s+(?:that\s+)?(?:i|we)\s+(?:\w+\s+){1,3}(?:is|has|'s)\s+(?:all |completely |"
    r"now )?(?:gone|cleared|lifted|stopped)\b"
)


_BEFORE_GONE = words("'s all already are completely had has have is it mostly now s since that was went")


def _taken_back(doc: Doc, end: int) -> bool:
    """ "numbness has gone", "bruising: no", "swelling - none"."""
    if _CAME_WITH.match(doc.text[doc[end - 1].idx + len(doc[end - 1].text) :]):
        return True
    if _SINCE_OVER.match(doc.text[doc[end - 1].idx + len(doc[end - 1].text) :]):
        return True
    rest = [token.text for token in doc[end : end + 6]]
    if (
        len(rest) >= 2
        and rest[0] in {":", "-", "=", "?"}
        and rest[1] in {"no", "none", "nope", "0", "nil", "negative"}
    ):
        return True
    if rest[:1] == ["free"] or _NOT_THERE.match(" ".join(rest)):
        return True
    for word in rest:
        if word in _GONE:
            return True
        if word not in _BEFORE_GONE:
            return word == "away" and "went" in rest
    return False
