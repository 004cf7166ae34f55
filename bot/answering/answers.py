"""Reads an answer's metadata (data/nlu/<theme>.yml) from the domain's responses: title, sources, more, short form.

`domain` is Rasa's domain as a dict, or any dict with its `responses`.
"""

from __future__ import annotations

import re
from typing import Any

from bot.answering.bibliography import Source, load_bibliography

SMS_LONGEST = 459  # three GSM-7 segments of 153

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_TABLE_RULE = re.compile(r"^\|[-:| ]+\|$", re.MULTILINE)


def response_name(topic: str) -> str:
    """Return the response of a topic, as the domain names it."""
    return f"utter_faq/{topic}"


def metadata(domain: dict[str, Any], topic: str) -> dict[str, Any]:
    """Return what the answer says about itself; empty for an unknown topic."""
    variations = domain["responses"].get(response_name(topic)) or [{}]
    return variations[0].get("metadata") or {}


def title(domain: dict[str, Any], topic: str) -> str:
    """Return a topic's short name."""
    return metadata(domain, topic).get("title") or topic.replace("_", " ").capitalize()


def button(domain: dict[str, Any], topic: str) -> dict[str, str]:
    """Return a button that asks the topic."""
    return {"title": title(domain, topic), "payload": f"/faq/{topic}"}


def sources(domain: dict[str, Any], topic: str) -> list[Source]:
    """Return the works that the answer cites."""
    bibliography = load_bibliography()
    return [bibliography[key] for key in metadata(domain, topic).get("sources", []) if key in bibliography]


def about(domain: dict[str, Any], topic: str) -> dict[str, Any]:
    """Return what travels beside an answer to the front door: its topic and its sources."""
    cited = [{"label": source.label, "url": source.url} for source in sources(domain, topic)]
    return {"kind": "answer", "topic": topic, "sources": cited}


def more(domain: dict[str, Any], topic: str, channel: str) -> str:
    """Return the deeper answer in the channel's form, or "" when there is none."""
    text = metadata(domain, topic).get("more") or ""
    return text if channel != "sms" else fit(plain(text), SMS_LONGEST)


def short(domain: dict[str, Any], topic: str) -> str:
    """Return the answer's short form: its SMS version."""
    variations = domain["responses"].get(response_name(topic)) or []
    return next((v["text"] for v in variations if v.get("channel") == "sms"), "")


def sources_in_words(domain: dict[str, Any], topic: str) -> str:
    """Return the cited works as one readable line a work."""
    return "\n".join(f"- {source.label}" for source in sources(domain, topic)) or "- our fact sheet"


def plain(markdown: str) -> str:
    """Return our Markdown subset as plain text, for SMS."""
    text = _TABLE_RULE.sub("", _BOLD.sub(r"\1", markdown))
    lines = [_row_in_words(line) if line.startswith("|") else line.strip() for line in text.splitlines()]
    return " ".join(line for line in lines if line)


def _row_in_words(row: str) -> str:
    """A table's row as one sentence: `Needle: Thin, solid / The same kind.`"""
    head, *cells = (cell.strip() for cell in row.strip("|").split("|"))
    return f"{head}: {' / '.join(cells)}." if head else f"{' / '.join(cells)}."


def fit(text: str, longest: int) -> str:
    """Return as many whole sentences of `text` as fit into `longest` characters."""
    if len(text) <= longest:
        return text
    cut = text[:longest]
    end = max(cut.rfind(". "), cut.rfind("? "))
    return cut[: end + 1] if end > 0 else cut
