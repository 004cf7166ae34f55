"""Vectors in 8 bits: compared with known ones nearly as in full precision."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.eight_bits import Known, in_eight_bits


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """2,000 unit vectors of 192 numbers."""
    drawn = np.random.default_rng(3).normal(size=(2000, 192)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_cosines_are_off_by_a_thousandth_or_so(vectors: np.ndarray) -> None:
    known = Known.of(vectors[:1500])
    for vector in vectors[1490:1510]:
        wrong = known.products(vector) - vectors[:1500] @ vector
        assert np.std(wrong) < 0.002
        assert np.abs(wrong).max() < 0.01


def test_a_vector_is_nearest_to_itself(vectors: np.ndarray) -> None:
    known = Known.of(vectors)
    assert all(known.products(vectors[number]).argmax() == number for number in range(0, 2000, 100))


def test_what_was_kept_says_the_same(vectors: np.ndarray) -> None:
    known = Known.of(vectors[:50])
    again = Known(known.graph)
    assert np.array_equal(known.products(vectors[60]), again.products(vectors[60]))


def test_rows_keep_their_size_and_nothing_stays_nothing() -> None:
    rows = np.array([[0.001, -0.002], [300.0, 150.0], [0.0, 0.0]], np.float32)
    numbers, scales = in_eight_bits(rows)
    assert numbers.dtype == np.int8
    assert np.allclose(numbers * scales[:, None], rows, rtol=0.02)
