"""Reads an answer's metadata (data/nlu/<theme>.yml) from the domain's responses: title, sources, more, short form.

The deeper answer and the short one are responses too (`steps`), so that the clinic's facts are filled into them.

`domain` is Rasa's domain as a dict, or any dict with its `responses`.
"""

from __future__ import annotations

import re
from typing import Any

from bot.answering.bibliography import Source, load_bibliography

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


def more_name(topic: str) -> str:
    """Return the response that is a topic's deeper answer."""
    return f"utter_more/{topic}"


def short_name(topic: str) -> str:
    """Return the response that is a topic's short form: its SMS version, on every channel."""
    return f"utter_short/{topic}"


def steps(responses: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the deeper and the short form of each answer that has one, as responses."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, variations in responses.items():
        if not name.startswith(response_name("")):
            continue
        topic = name.removeprefix(response_name(""))
        said = metadata({"responses": responses}, topic)
        if said.get("more"):
            found[more_name(topic)] = [
                {"text": said["more"]},
                {"text": said.get("more_sms") or plain(said["more"]), "channel": "sms"},
            ]
        found[short_name(topic)] = [{"text": v["text"]} for v in variations if v.get("channel") == "sms"]
    return found


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
