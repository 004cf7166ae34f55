"""How a carrier fails, by seed: the mix that the drills use (sms-and-privacy.md I)."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What happens to one call. The first four take the text."""

    NONE = "none"
    LATE = "late"  # taken, answered after the client's patience
    ERROR_AFTER = "503 after"  # taken, answered 503
    CUT = "cut"  # taken, the connection is closed without an answer
    THROTTLED = "429"
    ERROR = "500"


@dataclass(frozen=True)
class Mix:
    """The share of each fault, and how the carrier behaves otherwise (seconds)."""

    late: float = 0.0
    error_after: float = 0.0
    cut: float = 0.0
    throttled: float = 0.0
    error: float = 0.0
    late_seconds: float = 1.5
    answer_seconds: float = 0.0
    list_lag_seconds: float = 0.0
    callback_seconds: float = 0.3
    lost_callbacks: float = 0.0
    shuffled: bool = False
    doubled_callbacks: float = 0.0


CALM = Mix()
#: 11 % of calls fail in one way or another; some callbacks are lost, the others come in any order.
DRILL = Mix(
    late=0.03, error_after=0.03, cut=0.01, throttled=0.02, error=0.02,
    lost_callbacks=0.3, shuffled=True, doubled_callbacks=0.1,
)  # fmt: skip


class Fate:
    """Draws faults from a seed; safe for threads."""

    def __init__(self, mix: Mix, seed: int) -> None:
        self.mix = mix
        self._random = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()

    def next(self) -> Fault:
        """What happens to the next call."""
        mix = self.mix
        shares = (mix.late, mix.error_after, mix.cut, mix.throttled, mix.error)
        drawn = self.number()
        for fault, share in zip(list(Fault)[1:], shares, strict=True):
            if drawn < share:
                return fault
            drawn -= share
        return Fault.NONE

    def number(self) -> float:
        """A number from 0 to 1."""
        with self._lock:
            return self._random.random()

    def order(self, things: list[str]) -> list[str]:
        """The things as they will come."""
        if self.mix.shuffled:
            with self._lock:
                self._random.shuffle(things)
        return things
