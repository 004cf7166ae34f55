"""A project as `rasa init` makes it, with our questions and answers: Rasa's default pipeline and policies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from benchmarks.places import DEFAULT_ENV
from benchmarks.sample import Pairs, responses, write, write_yaml

FAQ = "faq"
SMALL_TALK = ("greeting", "thanks", "goodbye", "talk_to_human", "affirm", "deny")


def make(folder: Path, learnt: Pairs, epochs: int | None = None) -> None:
    """Write the project; `epochs` makes a training short, to try the benchmark itself."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said = {name: _web_only(texts) for name, texts in responses().items()}
    intents = sorted({label.split("/")[0] for _, label in learnt})
    said |= {
        f"utter_{intent}": [{"text": "All right."}] for intent in intents if f"utter_{intent}" not in said
    }
    said.pop("utter_faq", None)  # a retrieval intent's answers are utter_faq/<topic>
    write(learnt, {}, folder / "data")
    domain = {
        "version": "3.1",
        "intents": intents,
        "responses": said,
        "actions": [f"utter_{FAQ}"],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }
    write_yaml(folder / "domain.yml", domain)
    write_yaml(folder / "data" / "rules.yml", {"version": "3.1", "rules": _rules(intents)})
    write_yaml(folder / "data" / "stories.yml", {"version": "3.1", "stories": _stories(intents)})
    write_yaml(folder / "credentials.yml", {"rest": None})
    (folder / "endpoints.yml").write_text("", encoding="utf-8")
    (folder / "config.yml").write_text(_config(epochs), encoding="utf-8")


def _config(epochs: int | None) -> str:
    """Return the pipeline and policies that Rasa fills in for a project that names none, as `rasa init` makes."""
    shipped = next(
        DEFAULT_ENV.glob("lib/python*/site-packages/rasa/engine/recipes/config_files/default_config.yml")
    )
    text = shipped.read_text(encoding="utf-8").replace("placeholder_default", "rasa_default")
    return re.sub(r"epochs: \d+", f"epochs: {epochs}", text) if epochs else text


def _rules(intents: list[str]) -> list[dict[str, Any]]:
    return [
        {"rule": f"answer {intent}", "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in intents
    ]


def _stories(intents: list[str]) -> list[dict[str, Any]]:
    """Return short conversations, as many as `rasa init` has and a few more: TED learns from stories."""
    known = [intent for intent in SMALL_TALK if intent in intents]
    orders = [
        ["greeting", FAQ, "thanks"],
        ["greeting", FAQ, FAQ, "goodbye"],
        [FAQ, "thanks", "goodbye"],
        [FAQ, FAQ, "affirm"],
        ["greeting", "talk_to_human", "goodbye"],
        [FAQ, "deny", "goodbye"],
    ]
    stories = []
    for order in orders:
        steps: list[dict[str, str]] = []
        for intent in order:
            if intent == FAQ or intent in known:
                steps += [{"intent": intent}, {"action": f"utter_{intent}"}]
        stories.append({"story": " ".join(order), "steps": steps})
    return stories


def _web_only(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the answers for the web, without placeholders that only our own code fills."""
    kept = [said for said in texts if "channel" not in said] or texts[:1]
    return [
        {
            "text": re.sub(r"[{}]", "", said["text"]),
            **({"buttons": said["buttons"]} if "buttons" in said else {}),
        }
        for said in kept
    ]
