"""What a patient wrote, as it is kept and read: one Unicode form, nothing invisible, nothing that commands Rasa."""

from __future__ import annotations

import base64
import binascii
import re

from bot.web.refusals import RefusalError
from bot.web.wording import LONGEST_TEXT, clean

_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def words_of(body: str) -> tuple[str, bool]:
    """The words of a text ("" when there are none), and whether it was cut at LONGEST_TEXT characters."""
    decoded = _from_base64(body.strip()) or body
    try:
        said = clean(decoded[:LONGEST_TEXT])
    except RefusalError:  # nothing visible, or longer than it was in its one Unicode form
        said = ""
        if decoded.strip() and len(decoded) > LONGEST_TEXT // 4:
            said = _cut(decoded)
    return said, len(decoded) > LONGEST_TEXT


def _cut(text: str) -> str:
    try:
        return clean(text[: LONGEST_TEXT // 4])
    except RefusalError:
        return ""


def _from_base64(body: str) -> str | None:
    """Long texts sometimes come as base64 (sms-and-privacy.md A.3): sentences, once decoded."""
    if len(body) % 4 or not _BASE64.fullmatch(body):
        return None
    try:
        text = base64.b64decode(body, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (
        text if " " in text and all(letter.isprintable() or letter in "\r\n\t" for letter in text) else None
    )
