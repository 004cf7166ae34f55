"""The words file (`words.yml`): concepts, and where a text mentions them.

A concept is a set of words and phrases that mean one thing to these rules ("BREATHE"). In the file,
`faint+` stands for the word with its endings, `get/catch breath` for two phrases, `@FACE` for all of FACE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.safety.inflect import inflections
from bot.safety.normalise import RawToken, tokenise
from bot.safety.read_text import Mention, Phrase, Token
from bot.safety.spelling import Speller, real_words

WORDS = Path(__file__).with_name("words.yml")


class Understood(NamedTuple):
    """What a written word means; `others` are further readings of a misspelt one, likeliest first."""

    words: Phrase
    corrected: bool = False
    others: Phrase = ()


@dataclass(slots=True)
class _Branch:
    """One step of the phrase tree."""

    next: dict[str, _Branch] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)


TEXTED = 5  # letters from which a texted spelling may be misspelt too ("hedcahe")
STOP_COST, MARK_COST, WORD_COST = 2.0, 0.5, 1.0


class Lexicon:
    """The concepts of the words file, ready to read texts with."""

    def __init__(self, data: Mapping[str, Mapping[str, str]], literals: Iterable[str] = ()) -> None:
        self.slang: dict[str, Phrase] = {
            written: tuple(meant.split())
            for meant, spellings in data["slang"].items()
            for written in str(spellings).split()
        }
        written = _expand_all(data["concepts"])
        written |= {f"={literal}": {tuple(literal.split("_"))} for literal in literals}
        self.phrases = {
            name: {self._meant(phrase) for phrase in phrases} for name, phrases in written.items()
        }
        self.skipped = {word for (word,) in _expand_all({"": data["skipped"]["words"]})[""]}
        self.free = {word for (word,) in _expand_all({"": data["skipped"]["free"]})[""]}
        self.vocabulary = {word for phrases in self.phrases.values() for phrase in phrases for word in phrase}
        self.vocabulary |= self.skipped | self.free
        texting = {word for word in self.slang if word.isalpha() and len(word) >= TEXTED}
        self.speller = Speller(self.vocabulary | texting, real_words())
        self._tree = _Branch()
        for concept, phrases in self.phrases.items():
            for phrase in phrases:
                branch = self._tree
                for word in phrase:
                    branch = branch.next.setdefault(word, _Branch())
                branch.ends.append(concept)
        self._understood: dict[str, Understood] = {}

    def _meant(self, phrase: Phrase) -> Phrase:
        """A phrase of the words file as a patient's words are understood: the same slang, the same short forms."""
        words: list[str] = []
        for word in (meant for written in phrase for meant in self.slang.get(written, (written,))):
            short = _CONTRACTIONS.get(words[-1]) if words and word == "not" else None
            words[-1:] = [short] if short else [*words[-1:], word]
        return tuple(words)

    def read(self, text: str) -> tuple[tuple[Token, ...], list[Mention]]:
        """Understand each word of a text, then find every concept it mentions."""
        tokens = self._tokens(tokenise(text))
        return tuple(tokens), self._find(tokens)

    def understand(self, word: str) -> Understood:
        """Return the words meant by one written word."""
        known = self._understood.get(word)
        if known is None:
            known = self._work_out(word)
            if len(self._understood) < 20_000:
                self._understood[word] = known
        return known

    def _work_out(self, written: str) -> Understood:
        word = written.replace("'", "")
        if word[0].isdigit() and word.endswith("k"):
            return Understood(("running",))
        if word in self.slang:
            return Understood(self.slang[word])
        owner = (written[:-2],) if written.endswith("'s") and written[:-2] in self.vocabulary else ()
        if word in self.vocabulary:
            return Understood((word,), False, owner)  # "my heart's racing"
        if owner:
            return Understood(owner)
        if len(word) > 4 and word.endswith("in") and word + "g" in self.vocabulary:
            return Understood((word + "g",))
        if word in self.speller.real_words:
            return Understood((word,))
        for squeezed in _squeezed(word):
            if squeezed in self.slang:
                return Understood(self.slang[squeezed])
            if squeezed in self.vocabulary:
                return Understood((squeezed,))
        plain = word.translate(str.maketrans("310457", "eioasi"))
        if plain != word and plain in self.vocabulary:
            return Understood((plain,), True)
        if word.endswith("s") and len(word) > 4 and word[:-1] in self.vocabulary:
            return Understood((word[:-1],))
        meant = [self.slang.get(near, (near,)) for near in self.speller.candidates(word)]
        if meant:
            return Understood(meant[0], True, tuple(words[0] for words in meant[1:] if len(words) == 1))
        return Understood(self.speller.split(word) or (word,))

    def _tokens(self, raw: list[RawToken]) -> list[Token]:
        tokens: list[Token] = []
        place, sentence = 0.0, 0
        for piece in raw:
            if piece.kind == "stop":
                weak = piece.text.startswith("..") or piece.text == "\n"
                place += MARK_COST if weak else STOP_COST
                sentence += not weak
                tokens.append(
                    Token(piece.text[0] if not weak else ",", piece.start, piece.end, place, sentence, False)
                )
            elif piece.kind == "mark":
                place += MARK_COST
                tokens.append(Token(piece.text[0], piece.start, piece.end, place, sentence, False))
            elif piece.kind == "number":
                place += WORD_COST
                value = float(piece.text.replace(",", "."))
                tokens.append(Token("#", piece.start, piece.end, place, sentence, True, False, value))
            else:
                meant, corrected, others = self.understand(piece.text)
                for word in meant:
                    place += 0.0 if word in self.skipped or word in self.free else WORD_COST
                    tokens.append(
                        Token(word, piece.start, piece.end, place, sentence, True, corrected, None, others)
                    )
        return _contracted(tokens)

    def _find(self, tokens: list[Token]) -> list[Mention]:
        """Walk the phrase tree from every token; skipped words may stand inside a phrase."""
        found: list[Mention] = []
        read = [(token.text, *token.others) for token in tokens]
        skipped = [token.text in self.skipped for token in tokens]
        begins, end = self._tree.next, len(tokens)
        for first, words in enumerate(read):
            stack = []
            for word in words:
                branch = begins.get(word)
                if branch is not None:
                    found += [Mention(concept, first, first) for concept in branch.ends]
                    if branch.next:
                        stack.append((branch.next, first + 1))
            while stack:
                onwards, at = stack.pop()
                if at == end:
                    continue
                for word in read[at]:
                    branch = onwards.get(word)
                    if branch is not None:
                        found += [Mention(concept, first, at) for concept in branch.ends]
                        if branch.next:
                            stack.append((branch.next, at + 1))
                if skipped[at]:
                    stack.append((onwards, at + 1))
        return found


def _contracted(tokens: list[Token]) -> list[Token]:
    """ "do not", "can not" as "dont", "cant": the words file names only the short forms."""
    joined: list[Token] = []
    for token in tokens:
        short = _CONTRACTIONS.get(joined[-1].text) if joined and token.text == "not" else None
        if short:
            joined[-1] = token._replace(text=short, start=joined[-1].start)
        else:
            joined.append(token)
    return joined


_CONTRACTIONS = {
    verb: short
    for verbs, short in (
        ("do dont", "dont"), ("does", "doesnt"), ("did", "didnt"), ("can", "cant"), ("could", "cant"),
        ("will would", "wont"), ("is", "isnt"), ("are", "arent"), ("was", "wasnt"), ("were", "werent"),
        ("has", "hasnt"), ("have", "havent"), ("had", "hadnt"),
    )
    for verb in verbs.split()
}  # fmt: skip


def _squeezed(word: str) -> list[str]:
    """Words with drawn-out letters shortened: "breeeathe", "soooo"."""
    twice = "".join(letter for i, letter in enumerate(word) if word[max(0, i - 2) : i] != letter * 2)
    once = "".join(letter for i, letter in enumerate(word) if not i or word[i - 1] != letter)
    return [squeezed for squeezed in (twice, once) if squeezed != word]


def _expand_all(concepts: Mapping[str, str]) -> dict[str, set[Phrase]]:
    expanded: dict[str, set[Phrase]] = {}

    def expand(name: str) -> set[Phrase]:
        if name not in expanded:
            phrases: set[Phrase] = set()
            for written in str(concepts[name]).split(","):
                words = written.split()
                if len(words) == 1 and words[0].startswith("@"):
                    phrases |= expand(words[0][1:])
                elif words:
                    phrases |= set(product(*(_alternatives(word) for word in words)))
            expanded[name] = {
                tuple(part for word in phrase for part in word.split("_")) for phrase in phrases
            }
        return expanded[name]

    for name in concepts:
        expand(name)
    return expanded


def _alternatives(word: str) -> set[str]:
    found: set[str] = set()
    for choice in word.split("/"):
        found |= inflections(choice[:-1]) if choice.endswith("+") else {choice}
    return found


def load_words(path: Path = WORDS) -> Mapping[str, Mapping[str, str]]:
    """Read the words file; raise yaml.YAMLError when it is not valid YAML."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
