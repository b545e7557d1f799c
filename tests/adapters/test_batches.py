"""Embeddings in several calls: few at once, in order, all or nothing."""

import asyncio

import pytest

from chimera.adapters.batches import in_batches
from chimera.llm import EmbeddingRequest, Embeddings, ProviderOverloadError


async def test_few_calls_run_at_once_and_their_answers_keep_the_order_asked() -> None:
    running = most = 0
    four = asyncio.Barrier(4)

    async def ask(batch: EmbeddingRequest) -> Embeddings:
        nonlocal running, most
        running += 1
        most = max(most, running)
        async with asyncio.timeout(15):
            await four.wait()
        running -= 1
        return Embeddings(model="m", vectors=((float(batch.texts[0]),),), input_tokens=2)

    answer = await in_batches([EmbeddingRequest(model="m", texts=(str(number),)) for number in range(8)], ask)
    assert answer.vectors == tuple((float(number),) for number in range(8))
    assert (answer.input_tokens, most) == (16, 4)


async def test_the_first_failure_is_told_and_ends_the_other_calls() -> None:
    ended: list[str] = []

    async def ask(batch: EmbeddingRequest) -> Embeddings:
        (text,) = batch.texts
        if text == "bad":
            raise ProviderOverloadError("busy", provider="p")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(text)
        raise AssertionError

    with pytest.raises(ProviderOverloadError):
        await in_batches([EmbeddingRequest(model="m", texts=(text,)) for text in ("a", "b", "bad")], ask)
    assert sorted(ended) == ["a", "b"]
