"""One thing that `bot doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    `look` returns what it found, raises AdviceError for what works and could be better, or any other error with
    a line that says how to mend what is wrong.
    """

    name: str
    look: Callable[[], str]


class AdviceError(Exception):
    """Nothing is wrong, but somebody should know."""
