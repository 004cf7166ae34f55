"""How a text is written: the features that scikit-learn finds, counted for one text as quickly as it is read."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from bot.answering.library import all_questions
from bot.nlu.spelling_features import HASHED_FEATURES, Spelling

TEXTS = [text for text, _ in all_questions()[::50]] + [
    "",
    "a",
    "I",
    "don't  stop",
    "😀 ok",
    "Ünïted ÄÖ",
    "a " * 40,
]


def test_features_are_those_of_scikit_learn() -> None:
    words = HashingVectorizer(
        n_features=HASHED_FEATURES, ngram_range=(1, 2), token_pattern=r"[a-z0-9']+", norm=None
    )
    letters = HashingVectorizer(n_features=HASHED_FEATURES, analyzer="char_wb", ngram_range=(2, 4), norm=None)
    counts = sparse.hstack([words.transform(TEXTS), letters.transform(TEXTS)], format="csr")
    theirs = TfidfTransformer().fit(np.abs(counts)).transform(counts)
    assert np.allclose(Spelling().fit(TEXTS).toarray(), theirs.toarray(), atol=1e-6)


def test_a_text_alone_is_read_as_among_others() -> None:
    spelling = Spelling()
    features = spelling.fit(TEXTS)
    components = np.random.default_rng(0).normal(size=(2 * HASHED_FEATURES, 5)).astype(np.float16)
    alone = np.stack([spelling.reduced(text, components) for text in TEXTS])
    assert np.allclose(alone, features @ components.astype(np.float32), atol=1e-4)
