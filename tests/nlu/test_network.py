"""The small network behind the topic model."""

from __future__ import annotations

import numpy as np

from bot.nlu.network import train


def _clouds(labels: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Points around `labels` places, forty each."""
    chance = np.random.default_rng(seed)
    places = 3 * chance.normal(size=(labels, 12))
    target = np.arange(40 * labels) % labels
    return (places[target] + chance.normal(size=(len(target), 12))).astype(np.float32), target


def _said(weights: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    hidden = np.maximum(features @ weights["inner"] + weights["inner_bias"], 0)
    said: np.ndarray = (hidden @ weights["outer"] + weights["outer_bias"]).argmax(axis=1)
    return said


def test_labels_that_can_be_told_apart_are_told_apart() -> None:
    features, target = _clouds(labels=5)
    assert np.mean(_said(train(features, target, 5), features) == target) > 0.95


def test_two_labels_are_enough() -> None:
    features, target = _clouds(labels=2)
    assert np.mean(_said(train(features, target, 2), features) == target) > 0.95


def test_the_same_examples_give_the_same_network() -> None:
    features, target = _clouds(labels=3)
    one, other = train(features, target, 3), train(features, target, 3)
    assert all(np.array_equal(one[name], other[name]) for name in one)
