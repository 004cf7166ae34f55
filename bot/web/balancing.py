"""Which of several assistants is asked first: a conversation keeps to one while it answers, else it moves on.

A conversation's order of assistants follows from its id alone (rendezvous hashing), so that every door and worker
has the same one without talking to each other, and an assistant more or fewer moves only its own conversations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import blake2b

_FIRST_REST_S, _LONGEST_REST_S = 0.5, 4.0


class Assistants:
    """The addresses of all assistants, and which of them are left alone for a while because they failed."""

    def __init__(self, urls: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self.urls = urls
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}

    def in_order(self, conversation: str) -> list[str]:
        """Every assistant, in the order in which this conversation asks them: those that rest come last."""
        if len(self.urls) == 1:
            return list(self.urls)
        return sorted(self.urls, key=lambda url: (self.rests(url), _rank(url, conversation)))

    def rests(self, url: str) -> bool:
        """Whether an assistant failed a moment ago."""
        return self._clock() < self._rests_until.get(url, float("-inf"))

    def failed(self, url: str) -> None:
        """Leave an assistant alone for a while; longer when it fails again."""
        if self.rests(url):
            return
        failures = self._failures[url] = self._failures.get(url, 0) + 1
        rest = min(_FIRST_REST_S * 2 ** (failures - 1), _LONGEST_REST_S)
        self._rests_until[url] = self._clock() + rest

    def answered(self, url: str) -> None:
        """Ask an assistant again like the others."""
        self._failures.pop(url, None)
        self._rests_until.pop(url, None)


def _rank(url: str, conversation: str) -> bytes:
    return blake2b(f"{conversation} {url}".encode(), digest_size=8).digest()
