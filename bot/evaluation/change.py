"""What new phrases would change: on the same folds, learnt once without and once with them.

Every example of data/nlu is judged by models that never saw it. `python -m bot.evaluation.change FILE` reads
`[{"text", "topic"}]`, tells of its progress on stderr and prints a `Comparison` as JSON: the staff site's
`bot teach try` runs it so, because it never loads what understands itself.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from bot.evaluation.nlu import SEED, Examples, Judged, Remembering, Say, learn
from bot.nlu.encoder import Encoder


@dataclass(frozen=True)
class Moved:
    """An example that is understood otherwise with the new phrases."""

    text: str
    topic: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Shares understood rightly (0-1) of `examples` held-out examples, and those that came right or went wrong."""

    examples: int
    before: float
    after: float
    gained: tuple[Moved, ...]
    lost: tuple[Moved, ...]


def compare(
    examples: Examples, more: Examples, encoder: Encoder, folds: int = 2, say: Say = lambda line: None
) -> Comparison:
    """Cross-validate with and without `more`, which is held out never: new phrases are learnt, not judged."""
    remembering = Remembering(encoder)
    splits = StratifiedKFold(folds, shuffle=True, random_state=SEED).split(examples.texts, examples.labels)
    moved: list[Moved] = []
    right = np.zeros(2)
    for number, (rows, held_out) in enumerate(splits, 1):
        known, asked = examples.take(rows), examples.take(held_out)
        say(f"fold {number} of {folds}, as it is ...")
        before = learn(remembering, known).judge(asked)
        say(f"fold {number} of {folds}, with the change ...")
        grown = Examples(known.texts + more.texts, known.labels + more.labels)
        after = learn(remembering, grown).judge(asked)
        right += (before.right.sum(), after.right.sum())
        moved += _moved(before, after)
    count = len(examples.texts)
    return Comparison(
        count,
        float(right[0] / count),
        float(right[1] / count),
        tuple(one for one in moved if one.after == one.topic),
        tuple(one for one in moved if one.before == one.topic),
    )


def _moved(before: Judged, after: Judged) -> list[Moved]:
    """The examples that one of two models, not both, understood rightly."""
    texts, labels = before.examples.texts, before.examples.labels
    return [
        Moved(texts[row], labels[row], before.names[before.said[row]], after.names[after.said[row]])
        for row in np.flatnonzero(before.right != after.right)
    ]


def main(file: str, folds: str = "2") -> None:
    """Compare for the phrases of a file; print the result."""
    from bot.dialogue.training import quiet
    from bot.evaluation.nlu import read_examples
    from bot.nlu.encoder import load_encoder
    from bot.settings import ROOT

    quiet()
    phrases = json.loads(Path(file).read_text(encoding="utf-8"))
    more = Examples(tuple(one["text"] for one in phrases), tuple(f"faq/{one['topic']}" for one in phrases))
    found = compare(
        read_examples(ROOT / "data" / "nlu"), more, load_encoder(with_adapter=False), int(folds),
        lambda line: print(f"  {line}", file=sys.stderr, flush=True),
    )  # fmt: skip
    print(json.dumps(asdict(found), ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
