"""What the encoder learnt about dry needling: small corrections to the published weights (LoRA, Hu 2021).

Each of the model's matrices W becomes W + SCALE * B @ A, where A and B have RANK rows and columns: 1.3 MB in
data/encoder/adapter.safetensors instead of another 23 MB of weights. bot/nlu/adapt.py learns them from data/nlu and
data/warnings.yml; nothing else in the project needs torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.settings import ROOT

ADAPTER = ROOT / "data" / "encoder" / "adapter.safetensors"
SCALE = 2.0


def adapted(weights: Mapping[str, np.ndarray], adapter: Path = ADAPTER) -> dict[str, np.ndarray]:
    """Return the weights with the corrections added; raise KeyError when they belong to another model."""
    from safetensors.numpy import load_file

    corrections = load_file(adapter)
    corrected = dict(weights)
    for name in {key.rsplit(".", 1)[0] for key in corrections}:
        inward, outward = (corrections[f"{name}.{part}"].astype(np.float32) for part in "AB")
        corrected[f"{name}.weight"] = weights[f"{name}.weight"] + SCALE * (outward @ inward)
    return corrected


def fingerprint(adapter: Path = ADAPTER) -> str:
    """Return the first 12 digits of the corrections' SHA-256: graphs and vectors made with others are not these."""
    return hashlib.sha256(adapter.read_bytes()).hexdigest()[:12]
