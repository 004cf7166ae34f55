"""A patient's words as they come in: one Unicode form, nothing invisible, nothing that Rasa would obey."""

from __future__ import annotations

import re
import unicodedata

from bot.web.refusals import RefusalError

LONGEST_TEXT = 1000  # characters (sms-and-privacy.md D.5)
# Everything that steers instead of saying: control characters, surrogates, direction overrides, zero-width
# spaces. Joiners stay: emoji and several scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_COMMAND = re.compile(r"^[\s/\uff0f\u2044\u2215]+")


def clean(text: str) -> str:
    """Return the text in NFC, without invisible characters and leading slashes.

    Rasa takes "/restart" or "/intent{...}" for commands, whoever types them. Raises RefusalError when nothing
    is left (`empty`) or the text is longer than LONGEST_TEXT (`too_long`).
    """
    if len(text) > LONGEST_TEXT:
        raise _too_long()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    said = _COMMAND.sub("", unicodedata.normalize("NFC", _INVISIBLE.sub("", lines))).rstrip()
    if not said:
        raise RefusalError(422, "empty", "Please write a message first.")
    if len(said) > LONGEST_TEXT:
        raise _too_long()
    return said


def _too_long() -> RefusalError:
    return RefusalError(413, "too_long", f"Please keep it under {LONGEST_TEXT:,} characters.")
