"""The contract of the port `Embedder`, for every implementation there is."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
import pytest

from chimera.gateway.caching.embedder import Embedder
from chimera.kit.errors import AppError
from chimera.kit.loading import available, load


@pytest.fixture(scope="module", params=available("embedders"))
def adapter(request: pytest.FixtureRequest) -> ModuleType:
    return load("embedders", request.param)


@pytest.fixture(scope="module")
def embedder(adapter: ModuleType) -> Embedder:
    return cast("Callable[[], Embedder]", adapter.connect)()


async def test_vectors_have_unit_length_and_put_like_next_to_like(embedder: Embedder) -> None:
    texts = ["How do I reset my password?", "I forgot my password, help!", "What is the capital of France?"]
    vectors = await embedder.embed(texts)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.1


async def test_a_text_has_one_vector_whoever_asks_beside_it(embedder: Embedder) -> None:
    texts = [f"Question {number} about " + "cards and " * number for number in range(20)]
    (together,) = await asyncio.gather(embedder.embed(texts))
    apart = np.concatenate([await embedder.embed([text]) for text in texts])
    assert np.allclose((together * apart).sum(axis=1), 1, atol=1e-4)


async def test_of_a_long_text_the_beginning_counts(embedder: Embedder) -> None:
    long, longer = "word " * 900, "word " * 900 + "something else entirely " * 100_000
    started = time.process_time()
    vectors = await embedder.embed([long, longer])
    assert time.process_time() - started < 3
    assert np.allclose(vectors[0], vectors[1], atol=1e-5)


async def test_a_text_without_words_has_a_vector_and_no_text_has_none(embedder: Embedder) -> None:
    vectors = await embedder.embed(["", "\N{ZERO WIDTH SPACE}\N{LINEAR B SYLLABLE B008 A}"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (await embedder.embed([])).shape == (0, 384)


def test_without_its_files_it_says_so(adapter: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        adapter.connect(tmp_path)
    assert caught.value.code == "embedder_missing"
