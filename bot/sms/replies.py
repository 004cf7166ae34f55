"""What the assistant says, as texts: joined while they fit three segments, offers in words, plain letters."""

from __future__ import annotations

from collections.abc import Sequence

from bot.safety import Tier
from bot.sms.segments import cost, plain
from bot.web.assistant import Spoken

MOST_SEGMENTS = 3
LONGEST = 1600  # characters: what providers take


def tier_of(line: Spoken) -> Tier:
    """How urgent a line is: only `kind: urgent` is, and never less than same-day."""
    if line.custom.get("kind") != "urgent":
        return Tier.NONE
    return Tier.EMERGENCY if line.custom.get("tier") == Tier.EMERGENCY else Tier.SAME_DAY


def texts_of(lines: Sequence[Spoken]) -> tuple[str, ...]:
    """The texts to send: few and in order."""
    texts: list[str] = []
    for line in lines:
        text = plain(with_offers(line)).strip()[:LONGEST]
        if not text:
            continue
        joined = f"{texts[-1]}\n{text}" if texts else text
        if texts and cost(joined).segments <= MOST_SEGMENTS:
            texts[-1] = joined
        else:
            texts.append(text)
    return tuple(texts)


def with_offers(line: Spoken) -> str:
    """A line with its buttons' titles as words, where the words do not name them already and there is room."""
    titles = [button["title"] for button in line.buttons[:3] if button["title"] not in line.text]
    if not titles or line.custom.get("kind") == "answer":
        return line.text
    offered = f"{line.text}\nYou can reply: {' / '.join(titles)}"
    return offered if cost(plain(offered)).segments <= MOST_SEGMENTS else line.text
