"""Whether a symptom is denied: a scope over tokens, without a parser.

It runs from "no", "not", "without" … to the end of the clause, through lists with "or" and "nor".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc


_NEGATORS = {"no", "not", "n't", "nt", "without", "never", "neither", "nor", "none", "nil", "nae", "nuh",
    "zero", "0", "sin",
    "nope", "w/o", "cannot",
             "dont", "didnt", "doesnt", "isnt", "wasnt", "havent", "hasnt", "hadnt", "arent", "werent",
             "aint", "wont", "ne'er", "nary", "nowt", "niver", "don't", "didn't",
             "doesn't", "isn't", "wasn't", "haven't", "hasn't", "nothing", "denies", "minus", "tampoco",
             "ni"}  # fmt: skip


_SCOPE_ENDS = {"but", "however", "though", "tho", "although", "except", "besides", "apart", "just", "only",
    "now", "still", "because", "cuz", "cos", "bc",
               "then", "yet", "until", "till", "when", "while", "if", "pero", "solo", "which", "so",
               "otherwise", "instead", "since", "after", "unless",
               "has", "i'm", "im", "am", "my", "it's", "its", "is", "are", "was", "feels", "have", "got",
               "there's", "slight", "slightly",
               "some", "bit", "little", "tiny", "small", "mild", "lots", "very", "really", "quite",
               "pretty", "also", "plus", "yes", "yeah", "maybe"}  # fmt: skip


_STOPS = {".", ";", "!", "?", ":", "\n", "(", ")"}


# "not just sore", "not only bruised", "no idea", "no wonder": no denial of what follows.
_NO_DENIAL_AFTER = {"only", "just", "sure", "idea", "wonder", "matter", "surprise", "doubt", "good",
    "better", "worse", "improvement", "change", "problem", "great", "fun",
                    "gone", "relief", "stopped", "going", "went", "helped", "sleep", "rush", "until",
                    "long", "bad", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}  # fmt: skip


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
_GONE = {"gone", "cleared", "disappeared", "vanished", "stopped", "resolved", "healed", "faded"}


def denied(doc: Doc, start: int, end: int, symptom_tokens: set[int]) -> bool:
    """Tell whether a negator's scope reaches the symptom, or the words after it take it back."""
    if _taken_back(doc, end):
        return True
    if (
        doc[start].text
        in {
            "no",
            "ca",
            "cant",
            "can't",
            "cannot",
            "lost",
            "lose",
            "losing",
            "couldn't",
            "couldnt",
            "not",
            "could",
            "did",
        }
        and end - start > 1
    ):
        return False  # the symptom itself is worded with a negator: "no feeling", "can't sleep"
    comma_seen = False
    for index in range(start - 1, max(-1, start - 14), -1):
        word = doc[index].text
        if word in _NEGATORS or word.rstrip("-") in _NEGATORS:
            following = doc[index + 1].text
            if following in _NO_DENIAL_AFTER and index + 1 not in symptom_tokens:
                return False
            if word in {"no", "nope"} and following in {",", "."}:
                return False
            if word in {"0", "zero"} and index + 1 not in symptom_tokens:
                return False
            return not comma_seen or _plain_list(doc, index, start, symptom_tokens)
        if word == "free" and doc[index + 1].text in {"of", "from"}:
            return True
        if word in _STOPS or (word in _SCOPE_ENDS and not _within_denial(doc, index)):
            return False
        if word == ",":
            comma_seen = True
        if word in {"and", "+"} and not _and_goes_on(doc, index, symptom_tokens):
            return False
    return False


# Words that may follow a negator inside its scope: "it's not really swollen", "don't have any".
_INSIDE = {"really", "very", "pretty", "quite", "got", "have", "has", "had", "is", "are", "am", "was", "my",
    "feels", "still", "bit", "little", "some", "small", "tiny", "slight", "lots", "also", "now"}  # fmt: skip


def _within_denial(doc: Doc, index: int) -> bool:
    if doc[index].text not in _INSIDE:
        return False
    nearest = [doc[i].text for i in (index - 1, index - 2) if i >= 0]
    return any(word in _NEGATORS for word in nearest)


def _plain_list(doc: Doc, negator: int, start: int, symptom_tokens: set[int]) -> bool:
    """ "no bruising,
    swelling or numbness": between the negator and the symptom stand only symptoms and list words."""
    listed = {
        ",",
        "or",
        "nor",
        "and",
        "/",
        "any",
        "no",
        "of",
        "the",
        "a",
        "much",
        "-",
        "anything",
        "like",
        "&",
        "get",
        "having",
        "really",
    }
    return all(token.i in symptom_tokens or token.text in listed for token in doc[negator + 1 : start])


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
        if word not in {
            "has",
            "is",
            "'s",
            "all",
            "now",
            "already",
            "have",
            "completely",
            "mostly",
            "went",
            "had",
            "was",
            "are",
            "that",
            "it",
            "s",
            "since",
        }:
            return word == "away" and "went" in rest
    return False
