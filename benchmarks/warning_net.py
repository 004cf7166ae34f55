"""Cross-validates the second net for warning signs: what it adds to the rules, and how often it cries wolf.

Run: `python -m benchmarks.warning_net` (about three minutes). The encoder is as published, as its adapter has seen the
data, so that what is shown is a lower bound. THRESHOLD of bot/nlu/warning_net.py is marked.
"""

from __future__ import annotations

import numpy as np
import yaml

import bot.dialogue  # noqa: F401  Rasa without TensorFlow
from bot.nlu.encoder import load_encoder
from bot.nlu.warning_net import PLAINLY, THRESHOLD, Phrases, WarningNet, can_warn, load_phrases, only_asks
from bot.nlu.warning_signs import SILENCED
from bot.safety import Context, assess
from bot.settings import ROOT

FOLDS = 5


def harmless_messages() -> list[str]:
    """Return the examples of data/nlu in which the rules see no alert."""
    found = []
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or []:
            found += [line.strip()[2:].lower() for line in block["examples"].strip().splitlines()]
    return found


def main() -> None:
    """Print recall and false alarms for several thresholds."""
    encoder, phrases = load_encoder(with_adapter=False), load_phrases()
    harmless = [text for text in harmless_messages() if not assess(text, Context()).is_alert]
    rules = np.array([assess(text, Context()).is_alert for text in phrases.warnings])
    dice = np.random.default_rng(1)
    fold_of_warning = dice.integers(0, FOLDS, len(phrases.warnings))
    fold_of_harmless = dice.integers(0, FOLDS, len(harmless))
    warned = np.full(len(phrases.warnings), -np.inf)
    cried = np.full(len(harmless), -np.inf)
    for fold in range(FOLDS):
        kept = np.flatnonzero(fold_of_warning != fold)
        known = Phrases(
            tuple(phrases.warnings[n] for n in kept), tuple(phrases.signs[n] for n in kept), phrases.harmless
        )
        net = WarningNet.fit(
            encoder, [t for t, f in zip(harmless, fold_of_harmless, strict=True) if f != fold], known
        )
        for texts, folds, scores in (
            (phrases.warnings, fold_of_warning, warned),
            (harmless, fold_of_harmless, cried),
        ):
            for n in np.flatnonzero(folds == fold):
                heard = assess(texts[n], Context()).confidence > SILENCED and not only_asks(texts[n])
                asked = 0.0 if heard else PLAINLY - THRESHOLD
                scores[n] = net.look(texts[n]).score - asked if can_warn(texts[n]) else -np.inf
    print(f"{len(rules)} warnings, rules alone {rules.mean():.3f}; {len(harmless)} harmless messages")
    for threshold in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0):
        hit = warned > threshold
        mark = "*" if threshold == THRESHOLD else " "
        print(
            f"{mark} threshold {threshold:4}: with the net {(hit | rules).mean():.3f}, "
            f"of what the rules miss {hit[~rules].mean():.2f}, false alarms {(cried > threshold).mean():.4f}"
        )


if __name__ == "__main__":
    main()
