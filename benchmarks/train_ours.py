"""Trains our assistant on a folder of examples: `python -m benchmarks.train_ours DATA MODEL`."""

from __future__ import annotations

import sys
from pathlib import Path

import bot.dialogue  # noqa: F401  isort:skip

from rasa.model_training import train

from bot.dialogue.training import quiet
from bot.settings import ROOT


def main(data: Path, model: Path) -> int:
    quiet()
    result = train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(data), str(ROOT / "data" / "stories")],
        output=str(model.parent),
        fixed_model_name=model.name.removesuffix(".tar.gz"),
        force_training=True,
    )
    return result.code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
