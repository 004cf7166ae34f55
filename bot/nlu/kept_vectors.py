"""Keeps the vectors of training examples between trainings: encoding 10,000 of them is half of a training's time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from bot.nlu.encoder import Encoder

MOST_KEPT = 60_000
_one_at_a_time = Lock()  # nets that learn side by side share texts: the second finds what the first encoded


def kept_layers(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """Return `encoder.layers(texts)` in half precision, encoding only texts that were not there last time."""
    if encoder.graph is None:
        return encoder.layers(list(texts))
    file = encoder.graph.with_name(f"{encoder.graph.stem}.vectors.npz")
    with _one_at_a_time:
        known = _read(file)
        missing = sorted({text for text in texts if text not in known})
        if missing:
            fresh = encoder.layers(missing).astype(np.float16)
            known |= dict(zip(missing, fresh, strict=True))
            # Examples that were dropped from the data go when there are too many of them.
            _write(file, known if len(known) <= MOST_KEPT else {text: known[text] for text in texts})
    return np.stack([known[text] for text in texts]).astype(np.float32)


def _read(file: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(file) as kept:
            return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # none yet, or half a file of an older version: made anew


def _write(file: Path, known: dict[str, np.ndarray]) -> None:
    handle, name = tempfile.mkstemp(suffix=".npz", dir=file.parent)
    os.close(handle)
    np.savez(name, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    Path(name).replace(file)
