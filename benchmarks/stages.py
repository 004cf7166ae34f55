"""Splits our turn by stage, in processor time: `python -m benchmarks.stages TEXTS SPLIT`. Run by the stage `growth`.

The assistant is loaded as the server loads it, with its store in a temporary SQLite file; each part is timed where
Rasa calls it. HTTP is not in it.
"""

from __future__ import annotations

import bot.dialogue  # noqa: F401  isort:skip

import asyncio
import functools
import inspect
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.nlu.extractors.spacy_entity_extractor import SpacyEntityExtractor
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer

from benchmarks.conversing import TURNS, new_conversation
from bot.dialogue.assistant import load_assistant
from bot.dialogue.channels import SpokenMessages
from bot.dialogue.in_process_actions import InProcessActions
from bot.dialogue.processor import Processor
from bot.dialogue.tracker_store import RecordsTrackerStore
from bot.dialogue.training import latest_model, quiet
from bot.nlu.answers import AnswerSelector
from bot.nlu.classifier import TopicClassifier
from bot.nlu.form_answers import FormAnswers
from bot.nlu.spacy_pipeline import SpacyNLP
from bot.nlu.spelling import SpellingNormaliser
from bot.nlu.warning_signs import WarningSigns
from bot.records.database import open_database
from bot.settings import load_settings

WHOLE = "whole turn"
NLU = "NLU, all"
PARTS = (
    (SpacyNLP, "process", "NLU: spaCy"),
    (SpacyTokenizer, "process", "NLU: tokens"),
    (SpacyEntityExtractor, "process", "NLU: body parts"),
    (SpellingNormaliser, "process", "NLU: spelling"),
    (TopicClassifier, "process", "NLU: encoder and topic"),
    (WarningSigns, "process", "NLU: warning signs"),
    (FormAnswers, "process", "NLU: form answers"),
    (AnswerSelector, "process", "NLU: answer"),
    (Processor, "parse_message", NLU),
    (RulePolicy, "predict_action_probabilities", "policies: rules"),
    (InProcessActions, "request", "actions"),
    (RecordsTrackerStore, "retrieve", "tracker store: read"),
    (RecordsTrackerStore, "save", "tracker store: write"),
)
WARM_UP = 30

spent: dict[str, float] = defaultdict(float)


def timed(owner: Any, method: str, stage: str) -> None:
    """Count the processor time of a method under `stage`."""
    original = getattr(owner, method)

    @functools.wraps(original)
    def plain(*args: Any, **kwargs: Any) -> Any:
        before = time.process_time()
        try:
            return original(*args, **kwargs)
        finally:
            spent[stage] += time.process_time() - before

    @functools.wraps(original)
    async def waiting(*args: Any, **kwargs: Any) -> Any:
        before = time.process_time()
        try:
            return await original(*args, **kwargs)
        finally:
            spent[stage] += time.process_time() - before

    setattr(owner, method, waiting if inspect.iscoroutinefunction(original) else plain)


async def converse(texts: list[str]) -> int:
    """Hold conversations of five messages and return how many messages were counted."""
    settings = load_settings()
    database = open_database(settings.database_url)
    database.upgrade()
    model = latest_model()
    agent = load_assistant(
        model, settings.clinic, RecordsTrackerStore(database=database, model_id=model.stem)
    )
    conversation = ""
    for number, text in enumerate(texts[:WARM_UP] + texts):
        if number == WARM_UP:
            spent.clear()
        if number % TURNS == 0 or number == WARM_UP:
            conversation = new_conversation()
        output = SpokenMessages("web")
        message = UserMessage(
            text, output, conversation, input_channel="web", message_id=f"stage-{number:06}"
        )
        before = time.process_time()
        await agent.handle_message(message)
        spent[WHOLE] += time.process_time() - before
    return len(texts)


def main(asked: Path, split: Path) -> None:
    quiet()
    for owner, method, stage in PARTS:
        timed(owner, method, stage)
    with tempfile.TemporaryDirectory(prefix="bench-var-") as var:
        os.environ["BOT_VAR"] = var
        texts = json.loads(asked.read_text(encoding="utf-8"))
        messages = asyncio.run(converse(texts))
    ms = {stage: spent[stage] * 1000 / messages for _, _, stage in PARTS}
    inside = sum(ms[stage] for stage in ms if stage.startswith("NLU: "))
    ms["NLU: graph around them"] = ms.pop(NLU) - inside
    ms["processor, rest"] = spent[WHOLE] * 1000 / messages - sum(ms.values())
    split.write_text(json.dumps(ms | {WHOLE: spent[WHOLE] * 1000 / messages}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
