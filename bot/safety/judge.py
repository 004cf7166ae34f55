"""`assess`: every sign looked for in a message, the ways of speaking heard, the highest tier kept."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import cache

from bot.safety.answers import statement
from bot.safety.assessment import Assessment, Context, SignFound, Tier
from bot.safety.lexicon import Lexicon, load_words
from bot.safety.negation import Denials
from bot.safety.number import NUMBER_WORDS
from bot.safety.numbers import mention_numbers
from bot.safety.patterns import Filed, Match, Pattern, find, literals
from bot.safety.read_text import Mention, ReadText, Token
from bot.safety.scope import silenced
from bot.safety.signs import Sign, load_signs


@cache
def rules() -> tuple[Lexicon, tuple[Sign, ...]]:
    """The words and the signs, read once a process."""
    signs = load_signs()
    named = {literal for sign in signs for pattern in sign.patterns for literal in literals(pattern)}
    lexicon = Lexicon(load_words(), named | NUMBER_WORDS.keys())
    gc.freeze()  # the phrase tree never becomes garbage: without this, each full collection walks it (20 ms)
    return lexicon, signs


@cache
def filed() -> Filed:
    """The patterns of every sign, in the order of the signs."""
    return Filed(sign.patterns for sign in rules()[1])


def read(text: str, context: Context) -> ReadText:
    """Read a text with its numbers; idioms are still in it, because each sign hears its own."""
    lexicon, _ = rules()
    tokens, mentions = lexicon.read(text)
    mentions += list(mention_numbers(tokens, mentions, context))
    well = _parts_that_are_well(tokens, mentions)
    if well:
        mentions = [mention for mention in mentions if mention.last >= well.get(mention.first, 0)]
    return ReadText(text, tokens, mentions)


_NOT_ALWAYS = frozenset(
    {"until", "till", "unless", "if", "when", "except", "at", "apart", "lying", "sitting", "then"}
)
_WELL_REACHES = 6  # words from a part to "fine": bounds hostile input
_NOT_WELL = frozenset({"not", "isnt", "arent", "never", "no", "dont", "doesnt"})
_LINKS = frozenset({"is", "are", "all", "feels", "feel", "feeling", "seems", "looks", "works", "perfectly", "totally",
                    "absolutely", "completely", "still", "just", "and"})  # fmt: skip


def _parts_that_are_well(tokens: tuple[Token, ...], mentions: list[Mention]) -> dict[int, int]:
    """Where "chest is grand" begins and ends: said of now, and without "until", "when", "at rest"."""
    well = {mention.first: mention.last for mention in mentions if mention.concept == "IS_WELL"}
    parts = {mention.first: mention for mention in mentions if mention.concept == "PART"} if well else {}
    found: dict[int, int] = {}
    for part in parts.values():
        at = part.last + 1
        farthest = min(len(tokens), at + _WELL_REACHES)
        while at < farthest and (tokens[at].text in _LINKS or at in parts) and at not in well:
            at += 1
        end = well.get(at)
        if end is None or (part.first and tokens[part.first - 1].text in _NOT_WELL):
            continue
        if end + 1 == len(tokens) or tokens[end + 1].text not in _NOT_ALWAYS:
            found[part.first] = end
    return found


class _Heard:
    """A text as a sign hears it: without the idioms that never mean it."""

    def __init__(self, text: ReadText, idioms: str) -> None:
        self.text = text.without(idioms)
        self.denials = Denials(self.text)
        self.possible = filed().possible(self.text)


def look_for_signs(text: ReadText) -> tuple[list[SignFound], bool, bool]:
    """Return the signs that stand, whether any was silenced, and whether spelling had to be corrected."""
    found: list[SignFound] = []
    any_silenced = any_corrected = False
    heard: dict[str, _Heard] = {}
    for number, sign in enumerate(rules()[1]):
        idioms = sign.idioms if sign.idioms in text.mentions else ""  # without any, all signs hear the same
        if idioms not in heard:
            heard[idioms] = _Heard(text, idioms)
        hearing = heard[idioms]
        match = None
        for candidate in _matches(hearing.possible[number], hearing, sign.tier):
            if silenced(candidate, hearing.text, hearing.denials, sign.silenced_by, sign.tier):
                any_silenced = True
                continue
            match = candidate
            break
        if match is not None:
            found.append(_found(sign, match, text))
            any_corrected |= any(text.tokens[i].corrected for i in range(match.first, match.last + 1))
    found.sort(key=lambda sign: -sign.tier.urgency)
    return found, any_silenced, any_corrected


def assess(text: str, context: Context = Context()) -> Assessment:
    """Judge a patient's message; the same words in the same context always give the same answer.

    Takes the raw text of any length (longer than 3,200 characters is read at both ends). Never raises.
    """
    found, any_silenced, any_corrected = look_for_signs(read(text, context))
    if not found:
        found = signs_in_answer(text, context)
    tier = found[0].tier if found else Tier.NONE
    confidence = 0.95 - 0.15 * any_corrected if found else 0.95 - 0.25 * any_silenced
    return Assessment(tier, tuple(found), round(confidence, 2))


def signs_in_answer(text: str, context: Context) -> list[SignFound]:
    """The signs that a short answer and the assistant's question make together."""
    said = statement(text, context.question)
    if said is None:
        return []
    found, _, _ = look_for_signs(read(said.text, context))
    return [
        SignFound(sign.sign, sign.tier, 0, len(text), text)
        for sign in found
        if said.agreed or sign.end > said.answer_from
    ]


def _matches(patterns: list[Pattern], heard: _Heard, tier: Tier) -> Iterable[Match]:
    for pattern in patterns:
        yield from find(pattern, heard.text, heard.denials.has, tier)


def _found(sign: Sign, match: Match, text: ReadText) -> SignFound:
    start, end = text.tokens[match.first].start, text.tokens[match.last].end
    return SignFound(sign.name, sign.tier, start, end, text.original[start:end])
