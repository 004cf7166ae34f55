"""`bot eval questions`: is the right topic answered? What a pass is stands in tests/eval/README.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from bot.evaluation.results import Miss, Result, score_table

# Twins count as right for each other (tests/eval/README.md).
TWINS = (
    {"safety", "risks"},
    {"risks", "side_effects"},
    {"risks", "pneumothorax"},
    {"benefits", "how_it_works"},
    {"contraindications", "suitability"},
    {"does_it_hurt", "sensation_during"},
    {"soreness_normal", "side_effects"},
    {"soreness_normal", "soreness_duration"},
    {"number_of_sessions", "frequency"},
    {"cost", "insurance"},
    {"who_performs", "qualifications"},
    {"relief_duration", "maintain_results"},
)
FAMILIES = (("aftercare_general", "aftercare_"), ("conditions_general", "conditions_"))

# Said without an educational answer that misses the point.
REFUSALS = frozenset({"out_of_scope", "other_language", "diagnosis_request", "unsure"})
_REFUSED_RIGHTLY = {
    "out_of_scope": {"out_of_scope", "unsure"},
    "other_language": {"other_language", "unsure"},
    "diagnosis_request": {"diagnosis_request"},
}


class Answerer(Protocol):
    """A conversation: says a message and tells the topics answered."""

    def __call__(self, text: str) -> Awaitable[list[str]]:
        """Return topics (labels without `faq/`) in the order answered; `unsure` when none."""


@dataclass
class _Tally:
    right: int = 0
    asked: int = 0
    per: dict[str, list[bool]] = field(default_factory=dict)

    def note(self, key: str, passed: bool) -> None:
        self.per.setdefault(key, []).append(passed)


def is_right(answered: str, wanted: str) -> bool:
    """Whether an answered topic is the wanted one or its twin."""
    if answered == wanted or {answered, wanted} in TWINS:
        return True
    if wanted in _REFUSED_RIGHTLY and answered in _REFUSED_RIGHTLY[wanted]:
        return True
    return any(
        (answered == general and wanted.startswith(family))
        or (wanted == general and answered.startswith(family))
        for general, family in FAMILIES
    )


def passes(item: dict[str, Any], answered: list[str]) -> bool:
    """Whether the topics answered are a pass for this item."""
    fair = [item["topic"], *item.get("also_topics", [])]
    if item["topic"] in REFUSALS:
        return any(is_right(topic, item["topic"]) for topic in answered) and not any(
            topic not in REFUSALS and topic not in fair for topic in answered
        )
    return any(is_right(topic, wanted) for topic in answered for wanted in fair)


async def evaluate_questions(
    path: Path, new_conversation: Callable[[], Answerer], written: set[str]
) -> Result:
    """Ask every question of `path`; topics outside `written` are counted apart."""
    items = yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
    tally, misses, parts_asked, parts_answered, refused = _Tally(), [], 0, 0, []
    unwritten = [item["id"] for item in items if item["topic"] not in written]
    for item in items:
        if item["topic"] not in written:
            continue
        say = new_conversation()
        if item.get("previous_question"):
            await say(item["previous_question"])
        answered = await say(item["text"])
        passed = passes(item, answered)
        tally.asked += 1
        tally.right += passed
        tally.note(f"topic {item['topic']}", passed)
        for tag in item.get("tags", []):
            tally.note(f"tag {tag}", passed)
        if item["topic"] not in REFUSALS:
            refused.append(not [topic for topic in answered if topic not in REFUSALS])
        if "multi_question" in item.get("tags", []):
            wanted = [item["topic"], *item.get("also_topics", [])]
            parts_asked += len(wanted)
            parts_answered += sum(any(is_right(topic, want) for topic in answered) for want in wanted)
        if not passed:
            fair = ", ".join([item["topic"], *item.get("also_topics", [])])
            misses.append(Miss(item["id"], item["text"], fair, ", ".join(answered) or "nothing"))
    return Result(
        name="questions",
        overall=tally.right / max(1, tally.asked),
        figures={
            "items": tally.asked,
            "parts_of_multi_question_answered": parts_answered / parts_asked if parts_asked else None,
            "in_scope_refused": sum(refused) / len(refused) if refused else None,
            "topics_not_written": unwritten,
        },
        per_tag=score_table(tally.per, "tag "),
        per_field=score_table(tally.per, "topic "),
        misses=misses,
    )
