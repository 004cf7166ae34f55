"""Trains the assistant's model, or leaves it when nothing changed since the last training."""

from __future__ import annotations

import gc
import hashlib
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import yaml

from bot.dialogue.without_tensorflow import refuse_tensorflow_components
from bot.nlu.adapter import ADAPTER
from bot.settings import ROOT, SettingsError

KEPT_MODELS = 3


@dataclass(frozen=True)
class Training:
    """The model file, and whether it was trained just now."""

    model: Path
    trained: bool


def models_folder() -> Path:
    """Return the folder of trained models (BOT_MODELS, else `models/`)."""
    return Path(os.environ.get("BOT_MODELS", ROOT / "models"))


def latest_model() -> Path:
    """Return the newest model; raise SettingsError when there is none."""
    found = sorted(models_folder().glob("assistant-*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise SettingsError("there is no trained model yet; run `bot train`")
    return found[-1]


def is_current(model: Path) -> bool:
    """Whether a model was trained on the present data and configuration."""
    return model.name == f"assistant-{_state()}.tar.gz"


def train(force: bool = False) -> Training:
    """Train on config.yml, domain.yml and data/; raise SettingsError with one line when that can't be done."""
    model = models_folder() / f"assistant-{_state()}.tar.gz"
    unfinished = model.with_name(f"unfinished-{os.getpid()}-{model.name}")
    if model.is_file() and not force:
        model.touch()
        return Training(model, trained=False)
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    refuse_tensorflow_components(config)
    gc.disable()  # it would walk every example over and over, a tenth of a training, and find nothing
    try:
        _train_into(unfinished)
    finally:
        gc.enable()
    unfinished.replace(model)  # whole or not at all: assistants that run take the newest (new_models.py)
    _forget_old(model)
    return Training(model, trained=True)


def _train_into(unfinished: Path) -> None:
    os.environ.setdefault(
        "RASA_MAX_CACHE_SIZE", "0"
    )  # we train whole or not at all: nothing would read the cache
    from rasa.model_training import train as rasa_train

    from bot.dialogue.rasa_repeats import do_once
    from bot.dialogue.rasa_training import train_side_by_side
    from bot.nlu.encoder import load_encoder

    quiet()
    do_once()
    train_side_by_side()
    load_encoder()  # wrong weights are said before the work, in one line
    result = rasa_train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "data" / "nlu"), str(ROOT / "data" / "stories")],
        output=str(models_folder()),
        fixed_model_name=unfinished.name.removesuffix(".tar.gz"),
        force_training=True,
    )
    if result.code != 0 or not unfinished.is_file():
        raise SettingsError("training failed; `rasa data validate` names what is wrong in data/")


def quiet() -> None:
    """Keep Rasa from printing patients' words, phoning home or reporting errors; real errors stay.

    Its warnings are about its own old dependencies, and one false alarm: a retrieval intent counts as defined twice.
    """
    import logging
    import warnings

    import structlog
    from rasa.utils.log_utils import configure_structlog

    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # of Rasa; above INFO it draws no progress bars
    warnings.simplefilter("ignore")
    configure_structlog(logging.WARNING)
    structlog.configure(
        cache_logger_on_first_use=False
    )  # Rasa's caching would freeze other rooms' loggers too
    for name in ("rasa", "apscheduler", "sanic", "matplotlib", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _state() -> str:
    """Return a fingerprint of all that a model depends on."""
    digest = hashlib.sha256(version("rasa").encode())
    files = [ROOT / "config.yml", ROOT / "domain.yml", *_code()]
    files += sorted((ROOT / "data").rglob("*.yml"))
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def code_state() -> str:
    """Return a fingerprint of the code that a model is loaded with: another needs a restart, not a swap."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in _code())).hexdigest()


def _code() -> list[Path]:
    return [*sorted((ROOT / "bot" / "nlu").glob("*.py")), ADAPTER]


def _forget_old(newest: Path) -> None:
    old = sorted(newest.parent.glob("assistant-*.tar.gz"), key=lambda file: -file.stat().st_mtime)[
        KEPT_MODELS:
    ]
    for file in old:
        file.unlink(missing_ok=True)
