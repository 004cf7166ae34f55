"""Small words as dialect and haste write them: "me left calf", "teh neck".

Letter for letter, so that no offset moves.
"""

from __future__ import annotations

import re
from functools import cache

from bot.reading.body_parts import body_parts

_OF = re.compile(r"\bo'(?= )")  # "back o' me leg"
_THE = re.compile(r"\b(?:teh|hte|tge|tje)\b")


# "text me back", "give me both sides": here it is "me" after all.
_VERBS = (
    r"(?:text|call|ring|rang|phone|message|email|get|got|put|give|gave|bring|send|sent|set|take|took|told|"
    r"tell|ask|write)"
)


@cache
def _me() -> re.Pattern[str]:
    """ "me" before a body part, with at most two words between, is "my"; so is "ma"."""
    words = {word for part in body_parts().values() for phrase in part.words for word in phrase.split()}
    parts = "|".join(sorted((word for word in words if len(word) > 2), key=len, reverse=True))
    ahead = (
        r"(?:(?:left|right|l|r|lt|rt|other|bad|good|poor|old|own|whole|auld|gammy|dodgy|sore|hammer)\s+){0,2}"
    )
    return re.compile(rf"(?<!\w)(?P<verb>{_VERBS}\s+)?\b(?P<me>me|ma)(?=\s+{ahead}(?:{parts})(?:s|es)?\b)")


def respelt(folded: str) -> str:
    """Return the folded message, of the same length, with "me", "teh" and "o'" read as "my", "the" and "of"."""
    folded = _OF.sub("of", folded)
    return _me().sub(lambda found: found[0] if found["verb"] else "my", _THE.sub("the", folded))
