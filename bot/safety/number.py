"""A number of a message: its value, its place and the words on either side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.safety.read_text import Token

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "dozen": 12, "hundred": 100,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a message with its place and three words on either side; `unit` is the word after it."""

    index: int
    token: Token
    value: float
    before: list[str]
    after: list[str]

    @property
    def unit(self) -> str:
        """The word after the number, or ""."""
        return self.after[0] if self.after else ""


def read_numbers(tokens: tuple[Token, ...]) -> Iterator[Number]:
    """Yield the numbers of a text, in digits or in words."""
    for index, token in enumerate(tokens):
        value = token.value if token.value is not None else NUMBER_WORDS.get(token.text)
        if value is not None:
            after = [tokens[i].text for i in range(index + 1, min(index + 4, len(tokens)))]
            before = [tokens[i].text for i in range(max(0, index - 3), index)]
            yield Number(index, token, value, before, after)
