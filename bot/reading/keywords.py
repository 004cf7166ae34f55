"""SMS keywords: STOP, START and HELP as the whole body of a text (sms-and-privacy.md B.2)."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.reading.wording import fold


class Keyword(StrEnum):
    """What a keyword asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# Carriers' default words, and REVOKE and OPTOUT of 47 CFR 64.1200(a)(10). "YES" starts only where the caller
# knows that the number had opted out; here it is a plain answer.
_WORDS = {
    Keyword.STOP: {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
    "opt out", "opt-out",
                   "parar", "alto", "baja", "detener", "cancelar"},
    Keyword.START: {"start", "unstop", "resume", "subscribe", "optin", "opt in", "opt-in", "comenzar",
    "empezar"},
    Keyword.HELP: {"help", "info", "ayuda"},
}  # fmt: skip


def keyword_in(text: str) -> Keyword | None:
    """Return the keyword that a text consists of, whatever its case,
    quotes and punctuation; None for any other text."""
    body = re.sub(r"[^\w\s-]|_", " ", fold(text).folded)
    body = " ".join(body.split()).strip("- ")
    return next((keyword for keyword, words in _WORDS.items() if body in words), None)
