"""Rasa's own checks, in this process: the stories beside this file, and the data against the domain."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from bot.settings import ROOT

STORIES = Path(__file__).with_name("test_soreness.yml")

# Warnings of Rasa's validator that are no mistakes, and why.
ALLOWED = (
    # Set by components from context, not learnt from examples.
    "The intent 'inform'", "The intent 'warning'", "The intent 'unsure'", "The intent 'skip_question'",
    "The intent 'resume_report'", "The intent 'visit_code'",
    # Uttered by custom actions.
    "The utterance 'utter_", "is not used in any story or rule",
    # Rasa's and our libraries' deprecations.
    "deprecated", "MovedIn20", "Slot auto-fill has been removed", "jsonpickle",
    # A retrieval intent's examples live in several files.
    "duplicated intents have been found across multiple domain files: faq",
)  # fmt: skip


async def test_every_story_runs_as_it_is_told(assistant: Any, tmp_path: Path) -> None:
    from rasa.core.test import test as run_stories

    result = await run_stories(
        str(STORIES), assistant, e2e=True, out_directory=str(tmp_path), disable_plotting=True
    )
    told = STORIES.read_text(encoding="utf-8").count("- story:")
    accuracy = result["report"]["conversation_accuracy"]
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert (accuracy["correct"], accuracy["total"]) == (told, told), failed


def test_domain_stories_and_examples_fit_together() -> None:
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    import bot.dialogue  # noqa: F401  Rasa without TensorFlow

    files = [str(ROOT / "data" / "nlu"), str(ROOT / "data" / "stories")]
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), files
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        validator = Validator.from_importer(importer)
        assert validator.verify_domain_validity()
        validator.verify_nlu(ignore_warnings=False)
        validator.verify_utterances_in_stories(ignore_warnings=False)
        assert validator.verify_forms_in_stories_rules()
        assert validator.verify_actions_in_stories_rules()
        assert validator.verify_form_slots()
        assert validator.verify_slot_mappings()
        assert validator.verify_story_structure(ignore_warnings=False, max_history=3)
    told = {str(one.message) for one in caught}
    assert {text for text in told if not any(allowed in text for allowed in ALLOWED)} == set()
