"""Rasa without TensorFlow: the stand-in, and the guard against components that need the real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rasa.core.run import create_http_input_channels
from rasa.shared.exceptions import RasaException

from bot.dialogue.without_tensorflow import (
    TENSORFLOW_COMPONENTS,
    TensorFlowWanted,
    refuse_tensorflow_components,
    stand_in_for_tensorflow,
)
from bot.settings import ROOT


def printed_by(code: str) -> list[str]:
    """The words that a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.split()


def test_rasa_can_be_imported_and_tensorflow_is_not_there() -> None:
    code = (
        "import bot.dialogue, importlib.util, rasa.core.agent, tensorflow as tf;"
        "print(tf.keras.layers.Dense.__name__, tf.is_tensor(3), importlib.util.find_spec('tensorflow.experimental'))"
    )
    assert printed_by(code) == ["_Anything", "False", "None"]


def test_the_clients_of_other_services_are_not_installed_and_not_missed() -> None:
    code = (
        "import importlib.metadata as m, bot.dialogue, rasa.core.channels, rasa.core.tracker_store, boto3, pymongo;"
        "print(*[name for name in ('boto3', 'pymongo', 'slack-sdk') if list(m.Distribution.discover(name=name))])"
    )
    assert printed_by(code) == []


def test_what_the_assistant_never_opens_and_what_only_training_needs_is_not_imported() -> None:
    unopened = {"matplotlib", "google.auth", "prompt_toolkit", "slack_sdk", "socketio", "twilio", "weasel"}
    training = {"onnx", "sklearn", "scipy.stats"}
    nodes = "spacy_pipeline, spelling, classifier, warning_signs, form_answers, answers"
    code = (
        f"import sys, bot.dialogue.serve; from bot.nlu import {nodes};"
        f"print(*sys.modules.keys() & {unopened | training!r})"
    )
    assert printed_by(code) == []


def test_a_messenger_of_rasas_own_is_refused_by_name(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials.yml"
    credentials.write_text("twilio: {}", encoding="utf-8")
    with pytest.raises(RasaException, match="Failed to find input channel class for 'twilio'"):
        create_http_input_channels(None, str(credentials))


def test_the_stand_in_is_installed_once() -> None:
    before = len(sys.meta_path)
    stand_in_for_tensorflow()
    assert len(sys.meta_path) == before


@pytest.mark.parametrize("component", sorted(TENSORFLOW_COMPONENTS))
def test_a_component_that_needs_tensorflow_is_refused_in_one_line(component: str) -> None:
    part = "policies" if component.endswith("Policy") else "pipeline"
    with pytest.raises(TensorFlowWanted, match=component) as refusal:
        refuse_tensorflow_components({part: [{"name": component}]})
    assert "\n" not in str(refusal.value)


def test_our_configuration_is_accepted() -> None:
    refuse_tensorflow_components(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")))
