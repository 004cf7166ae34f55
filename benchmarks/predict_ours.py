"""Says the labels of questions by our topic model, learnt anew: `python -m benchmarks.predict_ours LEARNT ASKED SAID`.

The counterpart of default/predict.py: the classifier alone, on the message read whole.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.evaluation.nlu import Examples, learn
from bot.nlu.encoder import load_encoder


def main(learnt: str, asked: str, said: str) -> None:
    judged = learn(load_encoder(with_adapter=False), _read(Path(learnt))).judge(_read(Path(asked)))
    lines = [json.dumps(judged.names[column]) + "\n" for column in judged.said]
    Path(said).write_text("".join(lines), encoding="utf-8")


def _read(file: Path) -> Examples:
    pairs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Examples(tuple(text for text, _ in pairs), tuple(label for _, label in pairs))


if __name__ == "__main__":
    main(*sys.argv[1:])
