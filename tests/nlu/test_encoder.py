"""The sentence encoder: the official model, in 8 bits, without torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from safetensors.numpy import load_file, save_file

from bot.answering.library import all_questions
from bot.nlu.adapter import adapted
from bot.nlu.encoder import DIMENSIONS, Encoder, load_encoder, verify, weights_folder
from bot.nlu.encoder_graph import build
from bot.settings import SettingsError

OFFICIAL = weights_folder()


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return [text for text, _ in all_questions()[::40]]


@pytest.fixture(scope="module")
def published() -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = load_file(OFFICIAL / "model.safetensors")
    return found


@pytest.fixture(scope="module")
def weights(published: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The published weights with what they learnt about dry needling."""
    return adapted(published)


@pytest.fixture(scope="module")
def unquantised(weights: dict[str, np.ndarray]) -> Encoder:
    graph = build(weights)
    onnx.checker.check_model(graph)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return Encoder(session, weights_folder() / "tokenizer.json")


def test_eight_bits_stay_close_to_the_full_model(unquantised: Encoder, sentences: list[str]) -> None:
    assert len(sentences) >= 200
    small, full = load_encoder().encode(sentences), unquantised.encode(sentences)
    cosines = (small * full).sum(axis=1)
    assert np.mean(cosines) >= 0.985
    assert cosines.min() >= 0.95


def test_the_full_graph_agrees_with_a_plain_forward_pass(
    unquantised: Encoder, weights: dict[str, np.ndarray]
) -> None:
    text = "does it hurt when the needle goes in?"
    assert float(unquantised.encode([text])[0] @ plain_forward(unquantised, weights, text)) >= 0.9999


def test_what_was_learnt_is_added_to_matrices_of_the_published_model_only(
    published: dict[str, np.ndarray], weights: dict[str, np.ndarray]
) -> None:
    changed = {name for name in published if not np.array_equal(published[name], weights[name])}
    assert len(changed) == 36 and all(published[name].ndim == 2 for name in changed)
    for name in changed:
        assert np.linalg.matrix_rank(weights[name] - published[name], tol=1e-3) <= 16


def test_corrections_of_another_model_are_refused(published: dict[str, np.ndarray], tmp_path: Path) -> None:
    other = tmp_path / "adapter.safetensors"
    low = np.ones((1, 384), np.float16)
    save_file({"encoder.layer.9.output.dense.A": low, "encoder.layer.9.output.dense.B": low.T.copy()}, other)
    with pytest.raises(KeyError, match=r"layer\.9"):
        adapted(published, other)


def test_without_its_adapter_the_encoder_is_as_published(published: dict[str, np.ndarray]) -> None:
    text = "does it hurt when the needle goes in?"
    plain = load_encoder(with_adapter=False)
    assert float(plain.encode([text])[0] @ plain_forward(plain, published, text)) >= 0.98
    assert not np.allclose(plain.encode([text]), load_encoder().encode([text]), atol=1e-2)


def test_what_means_the_same_to_a_clinic_has_come_nearer() -> None:
    pairs = ["whats the damage for one of these", "how much does a session cost"]
    before, after = (load_encoder(with_adapter=way).encode(pairs) for way in (False, True))
    assert after[0] @ after[1] > before[0] @ before[1]


def test_vectors_have_length_one_and_the_same_text_gives_the_same_vector(sentences: list[str]) -> None:
    encoder = load_encoder()
    first, again = encoder.encode(sentences[:20]), load_encoder.__wrapped__().encode(sentences[:20])
    assert first.shape == (20, DIMENSIONS)
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert np.array_equal(first, again)


def test_meaning_is_near_and_other_things_are_far() -> None:
    hurt, painful, parking = load_encoder().encode(
        ["does it hurt?", "is the treatment painful?", "where can I park my car?"]
    )
    assert hurt @ painful > 0.5 > hurt @ parking


def test_any_text_has_a_vector() -> None:
    odd = ["", " ", "😀", "a" * 5000, "\u0301" * 300]
    assert np.isfinite(load_encoder().encode(odd)).all()


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "model.safetensors"
    wrong.write_bytes(b"something else")
    with pytest.raises(SettingsError, match="SHA-256"):
        verify(wrong)


def test_an_operator_may_bring_the_model_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ENCODER_PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"model\.safetensors is not in"):
        weights_folder()
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).symlink_to(OFFICIAL / name)
    assert load_encoder.__wrapped__().encode(["hello"]).shape == (1, DIMENSIONS)


def plain_forward(encoder: Encoder, weights: dict[str, np.ndarray], text: str) -> np.ndarray:
    """BERT written out once more in numpy, independent of the graph."""
    from scipy.special import erf, softmax

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def dense(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    ids = encoder._tokenizer.encode(text).ids
    x = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: len(ids)]
    )
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            dense(x, f"{name}.attention.self.{part}").reshape(-1, 12, 32)
            for part in ("query", "key", "value")
        )
        attention = softmax(np.einsum("qhd,khd->hqk", q, k) / np.sqrt(32), axis=-1)
        mixed = np.einsum("hqk,khd->qhd", attention, v).reshape(-1, 384)
        x = norm(dense(mixed, f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm")
        wide = dense(x, f"{name}.intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        x = norm(dense(wide, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)
