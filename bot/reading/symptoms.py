"""Other symptoms after a session, and the ones a patient says are not there.

spaCy's Matcher finds the symptom words (lemmas and stems); negation is a scope over tokens, without a parser:
from "no", "not", "without" … up to the end of the clause, through lists with "or" and "nor".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.reading.language import pipeline, tokens_of

if TYPE_CHECKING:
    from spacy.matcher import Matcher
    from spacy.tokens import Doc, Token


@dataclass(frozen=True)
class Symptom:
    """A symptom at `folded[start:end]`; `denied` when the patient says that it is not there."""

    name: str
    denied: bool
    start: int
    end: int


# name: regular expressions of one-word forms, then phrases (each word a regular expression).
_SYMPTOMS: dict[str, tuple[str, ...]] = {
    "bruising": (r"bruis\w*|brused|brusing|brusie|moreton", r"black and blue", r"purple|yellow|blue mark|patch|spot|splodge"),
    "swelling": (r"swell\w*|swoll?en|swolen|puffy|puffiness|puffed|inflam\w+|hinchad\w|hinchazon|oedema|edema", r"blown up", r"puffed up"),
    "numbness": (r"numb(?!er)\w*|dead-?feeling|entumecid\w", r"no|lost|lose|losing feeling|sensation", r"can't|cant|cannot feel my|the", r"ca n't|nt feel my|the|it|anything",
                 r"gone|went|feels|feel dead", r"dead arm|leg|foot|hand"),
    "tingling": (r"tingl\w*|tinlg\w*|prickl\w*|pins-and-needles|hormigueo|zaps?|zapping|zingers?|paresthesia|buzzing|fizzy", r"pins and|n|&|an needles", r"pins needles", r"electric shock|shocks|feeling|zap|zaps|sensation",
                 r"gone|go|goes|went|going|falls|falling|fell to|asleep sleep"),
    "headache": (r"headach\w*|head-aches?|headahce|headake|migraines?|dolor-de-cabeza", r"head aches?|ache|hurts|hurt|hurting|pounding|throbbing", r"sore|pounding|banging|thumping|throbbing head", r"dolor de cabeza"),
    "fatigue": (r"tired\w*|fatigue\w*|exhaust\w*|knackered|wiped|sleepy|shattered|drained|lethargic|drowsy|drowsiness|worn-out|sluggish|pooped|groggy|cansad\w|zonked|weary",
                r"worn|wiped out", r"no|low energy", r"wiped out"),
    "stiffness": (r"stiff\w*|rigid|rigidez|siezed|seized|tiff", r"can't|cant|cannot bend|turn|straighten|rotate", r"ca n't|nt bend|turn|straighten|rotate", r"hard|difficult to bend|turn", r"locked up"),
    "tightness": (r"tight\w*|knots?|knotted|knotty",),
    "nausea": (r"nause\w*|queasy|queasiness|nausious|nautious|nauseas", r"sick to my|the stomach", r"feel|felt|feeling|bit sick", r"feel|felt|feeling a bit|little|lil sick", r"upset stomach|tummy"),
    "vomiting": (r"vomit\w*|puked?|puking|barf\w*", r"threw|throw|throwing|thrown up", r"been|being sick"),
    "dizziness": (r"dizz\w*|diz+y|light-?head\w*|woozy|wooziness|vertigo|spaced|mareo|maread\w|swimmy|giddy", r"light headed|head|headedness", r"head spinning", r"room spinning", r"spaced out", r"faint|funny feeling"),
    "fainting": (r"faint|fainted|fainting|collapsed", r"passed|blacked|pass|black|blacking|passing out", r"nearly|almost fainted"),
    "redness": (r"redness|reddish|reddened|flushed|rojez|red",),
    "itching": (r"itch\w*|itchy|ichy|picazon|comezon",),
    "rash": (r"rash\w*|hives|welts?|blotch\w*",),
    "weakness": (r"weak\w*|wobbly|jelly|jello|debil\w*", r"gives?|giving|gave way|out", r"no strength|power", r"like jelly|jello"),
    "bleeding": (r"bleed\w*|bled|blood|sangr\w*", r"spot|spots of blood"),
    "fever": (r"fever\w*|fiebre|feverish|febrile", r"high temp|temperature", r"running|have|got|had a|any temp|temperature", r"temp|temperature of|is|was"),
    "chills": (r"chills|shiver\w*|shivery|shakes",),
    "cramping": (r"cramp\w*|calambres?", r"charley horse"),
    "spasm": (r"spasm\w*|spazz?m\w*|spaz|spazz\w*",),
    "twitching": (r"twitch\w*|jump(?:y|ing)|flutter\w*",),
    "burning": (r"burn|burns|burning|burny|ardor",),
    "throbbing": (r"throb\w*|pulsing|pulsating|pounding",),
    "sharp pain": (r"stabb\w*|stabby|shooting", r"sharp pains?|pain|pains|twinge|bit|feeling|jab", r"pain is|was sharp"),
    "tenderness": (r"tender\w*",),
    "heaviness": (r"heav(?:y|iness)", r"like lead"),
    "warmth": (r"warmth|warm|hot", r"warm to|and"),
    "discharge": (r"pus|oozing|ooze|discharge|weeping|leaking",),
    "lump": (r"lump\w*|bump|bumps|nodule", r"hard spot"),
    "sweating": (r"sweat\w*|clammy",),
    "shortness of breath": (r"breathless\w*|wheez\w*|breathlessness", r"short|shortness of|off breath", r"out of breath", r"can't|cant|cannot breathe", r"ca n't|nt breathe", r"hard|trouble|difficult|difficulty|struggling to|with breathe|breathing", r"trouble|difficulty breathing"),
    "chest pain": (r"chest-pains?", r"chest pains?|hurts|tightness", r"pains? in my|the chest", r"tight chest"),
    "trouble sleeping": (r"insomnia|sleepless", r"can't|cant|couldn't|couldnt|cannot|not|trouble|hard sleep|sleeping", r"could|did|ca n't|nt|not sleep", r"slept badly|poorly|terribly|awful", r"trouble|hard|difficulty to sleep|sleeping", r"bad sleep", r"bad night 's sleep", r"kept|keeps|keeping me up|awake", r"woke|wakes|waking me up"),
    "anxiety": (r"anxious|anxiety|panicky",),
    "emotional": (r"tearful|weepy|emotional|teary",),
    "blurred vision": (r"blurr\w*", r"double vision"),
    "limping": (r"limp|limping|hobbl\w*",),
    "reduced movement": (r"unused", r"limited|reduced|restricted|less range|movement|motion|mobility", r"less range of"),
    "clicking": (r"click\w*|popping",),
    "flu-like": (r"flu|flu-like|fluey|flulike", r"flu like", r"run down"),
}  # fmt: skip
# A word that only looks like the symptom, by what stands beside it: (word, before, after).
_NOT_A_SYMPTOM: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("knot", frozenset({"the", "a", "that"}), frozenset({"you", "that", "u"})),
    ("hot", frozenset({"a", "had", "some", "take", "taking", "the", "took"}), frozenset({"bath", "shower", "pack", "water", "tub", "compress", "packs", "baths", "showers", "yoga", "stuff"})),
    ("warm", frozenset({"a", "keep", "kept", "stay", "with"}), frozenset({"up", "bath", "shower", "compress", "pack", "weather", "water", "towel", "drink", "tub"})),
    ("heavy", frozenset(), frozenset({"weight", "weights", "lifting", "day", "lift", "stuff", "work", "bag", "bags", "box", "boxes", "squats"})),
    ("tender", frozenset(), frozenset({"loving"})),
    ("tight", frozenset(), frozenset({"chest", "schedule", "budget"})),
    ("red", frozenset({"infra", "the"}), frozenset({"light", "wine", "cross", "flag", "flags"})),
    ("weak", frozenset(), frozenset({"coffee", "tea"})),
    ("burning", frozenset(), frozenset({"question"})),
    ("blood", frozenset({"my", "high", "low", "the"}), frozenset({"pressure", "thinner", "thinners", "test", "tests", "sugar", "flow", "work"})),
    ("unused", frozenset(), frozenset()),
    ("tiff", frozenset({"a"}), frozenset()),
    ("spaced", frozenset(), frozenset({"apart"})),
    ("flutter", frozenset(), frozenset()),
    ("jumping", frozenset(), frozenset({"jacks", "in", "on", "up", "rope"})),
    ("bump", frozenset(), frozenset({"into", "in"})),
    ("faint", frozenset({"a", "very"}), frozenset({"bruise", "ache", "mark", "soreness"})),
    ("drained", frozenset(), frozenset()),
    ("patch", frozenset(), frozenset()),
    ("flushed", frozenset(), frozenset({"toilet"})),
    ("shooting", frozenset({"been", "was"}), frozenset({"hoops"})),
    ("sick", frozenset(), frozenset({"of", "day", "leave"})),
)  # fmt: skip

_NEGATORS = {"no", "not", "n't", "nt", "without", "never", "neither", "nor", "none", "zero", "0", "sin", "nope", "w/o", "cannot",
             "dont", "didnt", "doesnt", "isnt", "wasnt", "havent", "hasnt", "hadnt", "arent", "werent", "aint", "wont", "don't", "didn't",
             "doesn't", "isn't", "wasn't", "haven't", "hasn't", "nothing", "denies", "minus", "tampoco", "ni"}  # fmt: skip
_SCOPE_ENDS = {"but", "however", "though", "tho", "although", "except", "besides", "apart", "just", "only", "now", "still", "because", "cuz", "cos", "bc",
               "then", "yet", "until", "till", "when", "while", "if", "pero", "solo", "which", "so", "otherwise", "instead", "since", "after", "unless",
               "has", "i'm", "im", "am", "my", "it's", "its", "is", "are", "was", "feels", "have", "got", "there's", "slight", "slightly",
               "some", "bit", "little", "tiny", "small", "mild", "lots", "very", "really", "quite", "pretty", "also", "plus", "yes", "yeah", "maybe"}  # fmt: skip
_STOPS = {".", ";", "!", "?", ":", "\n", "(", ")"}
# "not just sore", "not only bruised", "no idea", "no wonder": no denial of what follows.
_NO_DENIAL_AFTER = {"only", "just", "sure", "idea", "wonder", "matter", "surprise", "doubt", "good", "better", "worse", "improvement", "change", "problem", "great", "fun",
                    "gone", "relief", "stopped", "going", "went", "helped", "sleep", "rush", "until", "long", "bad", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}  # fmt: skip
_GONE = {"gone", "cleared", "disappeared", "vanished", "stopped", "resolved", "healed", "faded"}


@cache
def _matcher() -> Matcher:
    from spacy.matcher import Matcher

    matcher = Matcher(pipeline().vocab)
    for name, patterns in _SYMPTOMS.items():
        rules = [
            [{"LOWER": {"REGEX": f"^(?:{word})$"}} for word in pattern.split(" ")] for pattern in patterns
        ]
        matcher.add(name, rules)
    return matcher


_TYPO_WORDS = {
    "bruise": "bruising", "bruising": "bruising", "bruised": "bruising", "swelling": "swelling", "swollen": "swelling",
    "numbness": "numbness", "tingling": "tingling", "tingly": "tingling", "headache": "headache", "headaches": "headache",
    "migraine": "headache", "fatigue": "fatigue", "exhausted": "fatigue", "stiffness": "stiffness", "tightness": "tightness", "nausea": "nausea", "nauseous": "nausea",
    "dizziness": "dizziness", "dizzy": "dizziness", "redness": "redness", "itching": "itching", "itchy": "itching", "weakness": "weakness", "bleeding": "bleeding",
    "cramping": "cramping", "spasms": "spasm", "lightheaded": "dizziness", "tenderness": "tenderness",
}  # fmt: skip
_NOT_MISSPELT = frozenset("cruise cruised bruiser selling spelling welling smelling telling dwelling fallen dozy stiffens thickness sickness illness witness fitness business "
                          "headed readiness sadness ditching pitching hitching stitching witchy pitchy tingle single jingle darkness rightness lightness feeding breeding bleeding "
                          "clamping camping stamping damping titchy bitchy catchy fuzzy dizzy".split())  # fmt: skip


def _misspelt(token: Token) -> str | None:
    word = token.text
    if len(word) < 5 or not word.isalpha() or token.is_stop or word in _NOT_MISSPELT:
        return None
    hit = process.extractOne(
        word, _TYPO_WORDS.keys(), scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2
    )
    return _TYPO_WORDS[hit[0]] if hit and hit[0][0] == word[0] else None


def symptom_named(words: str) -> str:
    """Return the list's name for lay words such as "bruised"; the words themselves when it has none."""
    found = find_symptoms(tokens_of(words.lower()))
    return found[0].name if found else " ".join(words.lower().split())


def find_symptoms(doc: Doc) -> list[Symptom]:
    """Find symptoms other than soreness in a tokenised, folded message, each once, in order."""
    from spacy.util import filter_spans

    spans = filter_spans(_matcher()(doc, as_spans=True))
    found = [
        (span.label_, span.start, span.end) for span in spans if not _looks_alike(doc, span.start, span.end)
    ]
    taken = {index for span in spans for index in range(span.start, span.end)}
    found += [
        (name, token.i, token.i + 1) for token in doc if token.i not in taken and (name := _misspelt(token))
    ]
    found.sort(key=lambda one: one[1])
    starts = {index for _, start, end in found for index in range(start, end)}
    symptoms: dict[str, Symptom] = {}
    for name, start, end in found:
        place = doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text)
        denied = _denied(doc, start, end, starts)
        if _hypothetical(doc, start):
            continue
        earlier = symptoms.get(name)
        if earlier is None or (earlier.denied and not denied):
            symptoms[name] = Symptom(name, denied, *place)
    return list(symptoms.values())


def _looks_alike(doc: Doc, start: int, end: int) -> bool:
    if end - start != 1:
        return False
    before = doc[start - 1].text if start else ""
    after = doc[end].text if end < len(doc) else ""
    return any(
        doc[start].text == word
        and (before in left or after in right or not (left or right) and word == "unused")
        for word, left, right in _NOT_A_SYMPTOM
    )


def _hypothetical(doc: Doc, start: int) -> bool:
    """ "in case it swells", "worried about bruising", "should I watch for swelling?"."""
    before = doc.text[max(0, doc[start].idx - 30) : doc[start].idx]
    return any(
        phrase in before
        for phrase in (
            "in case",
            "watch for",
            "watch out for",
            "worried about",
            "what if",
            "normal to get",
            "normal to be",
            "prone to",
            "is it ok to be",
            "should i be",
        )
    )


def _denied(doc: Doc, start: int, end: int, symptom_tokens: set[int]) -> bool:
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
_INSIDE = {"really", "very", "pretty", "quite", "got", "have", "has", "had", "is", "are", "am", "was", "my", "feels", "still", "bit", "little", "some", "small", "tiny", "slight", "lots", "also", "now"}  # fmt: skip


def _within_denial(doc: Doc, index: int) -> bool:
    if doc[index].text not in _INSIDE:
        return False
    nearest = [doc[i].text for i in (index - 1, index - 2) if i >= 0]
    return any(word in _NEGATORS for word in nearest)


def _plain_list(doc: Doc, negator: int, start: int, symptom_tokens: set[int]) -> bool:
    """ "no bruising, swelling or numbness": between the negator and the symptom stand only symptoms and list words."""
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


def _taken_back(doc: Doc, end: int) -> bool:
    """ "numbness has gone", "bruising: no", "swelling - none"."""
    rest = [token.text for token in doc[end : end + 6]]
    if (
        len(rest) >= 2
        and rest[0] in {":", "-", "=", "?"}
        and rest[1] in {"no", "none", "nope", "0", "nil", "negative"}
    ):
        return True
    if rest[:1] == ["free"]:
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
