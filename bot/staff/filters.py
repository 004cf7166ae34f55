"""The search box: terms such as `channel:sms conf:<0.5`, each with a sentence for people. The URL is the state."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.records.conversation_queue import Criteria

_TERM = re.compile(r'(?P<key>[a-z]+):(?P<value>"[^"]*"|\S+)|(?P<words>"[^"]*"|\S+)')
_NAME = re.compile(r"[\w./-]{1,80}")
MOST_TERMS = 12
_WITH = {"alert": "with an alert", "note": "with a note", "report": "with a soreness report"}


@dataclass(frozen=True)
class Term:
    """One filter: as typed, in words, and whether it is understood."""

    typed: str
    sentence: str
    is_known: bool = True


@dataclass(frozen=True)
class Filter:
    """A search as typed, what it asks for, and its terms."""

    typed: str
    criteria: Criteria
    terms: tuple[Term, ...]

    def without(self, term: Term) -> str:
        """The search as typed, with one term taken away."""
        return " ".join(other.typed for other in self.terms if other is not term)

    @property
    def sentence(self) -> str:
        """The whole search in words."""
        return ", ".join(term.sentence for term in self.terms) or "all conversations"


def read_filter(typed: str, *, zone: str, me: str = "") -> Filter:
    """Read a search; a term that is not understood narrows nothing and says so."""
    criteria, terms, words = Criteria(), [], []
    for match in list(_TERM.finditer(typed))[:MOST_TERMS]:
        key, value = match["key"], (match["value"] or match["words"] or "").strip('"')
        read = _TERMS.get(key or "")
        if key is None:
            words.append(value)
            terms.append(Term(match[0], f"saying “{value}”"))
            continue
        try:
            if read is None:
                raise ValueError
            criteria, sentence = read(criteria, value, ZoneInfo(zone), me)
            terms.append(Term(match[0], sentence))
        except ValueError:
            terms.append(Term(match[0], f"“{match[0]}” is not a filter", is_known=False))
    return Filter(
        " ".join(term.typed for term in terms), replace(criteria, words=" ".join(words)), tuple(terms)
    )


Read = tuple[Criteria, str]


def _is(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    if value == "new":
        return replace(so_far, state="new"), "not reviewed yet"
    if value == "reviewed":
        return replace(so_far, state="reviewed"), "reviewed"
    raise ValueError


def _channel(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    if value not in ("web", "sms"):
        raise ValueError
    return replace(so_far, channel=value), "by text message" if value == "sms" else "on the website"


def _patient(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    return replace(so_far, patient=_named(value)), f"of patient {value}"


def _topic(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    bare = _named(value).removeprefix("faq/")
    return replace(so_far, topics=(*so_far.topics, bare)), f"about {bare.replace('_', ' ')}"


def _tag(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    return replace(so_far, tags=(*so_far.tags, value)), f"tagged {value}"


def _region(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    part = _named(value)
    return replace(so_far, regions=(*so_far.regions, part)), f"with a report of the {part.replace('_', ' ')}"


def _has(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    if value not in _WITH:
        raise ValueError
    return replace(so_far, has=(*so_far.has, value)), _WITH[value]  # type: ignore[arg-type]


def _assigned(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    if value == "me":
        return replace(so_far, assigned_to=me), "assigned to me"
    return replace(so_far, assigned_to=_named(value)), f"assigned to {value}"


def _confidence(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    match = re.fullmatch(r"(<|>=|>)(0?\.\d+|0|1(?:\.0+)?)", value)
    if match is None:
        raise ValueError
    share = float(match[2])
    if match[1] == "<":
        return replace(so_far, confidence_below=share), f"understood with less than {share * 100:.0f} %"
    return replace(so_far, confidence_from=share), f"understood with {share * 100:.0f} % or more"


def _before(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    day = _day(value, zone)
    return replace(so_far, before=day), f"before {day:%-d %B %Y}"


def _since(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    day = _day(value, zone)
    return replace(so_far, since=day), f"since {day:%-d %B %Y}"


def _on(so_far: Criteria, value: str, zone: ZoneInfo, me: str) -> Read:
    day = _day(value, zone)
    return replace(so_far, since=day, before=day + timedelta(days=1)), f"on {day:%-d %B %Y}"


def _day(value: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=zone)


def _named(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError
    return value


_TERMS: dict[str, Callable[[Criteria, str, ZoneInfo, str], Read]] = {
    "is": _is, "channel": _channel, "patient": _patient, "topic": _topic, "tag": _tag, "region": _region, "has": _has,
    "assigned": _assigned, "conf": _confidence, "before": _before, "since": _since, "on": _on,
}  # fmt: skip
