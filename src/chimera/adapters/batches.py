"""Embeddings of more texts than a provider takes at once: several calls, few of them at a time, one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain

from chimera.llm import EmbeddingRequest, Embeddings

_AT_ONCE = 4


async def in_batches(
    batches: Iterable[EmbeddingRequest], ask: Callable[[EmbeddingRequest], Awaitable[Embeddings]]
) -> Embeddings:
    """Ask for each batch and return the vectors of all, in their order. The first failure ends the other calls.

    Raises:
        ProviderError: the first.
    """
    asked = list(batches)
    if len(asked) == 1:
        return await ask(asked[0])
    lanes = asyncio.Semaphore(_AT_ONCE)

    async def answered(batch: EmbeddingRequest) -> Embeddings:
        async with lanes:
            return await ask(batch)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(answered(batch)) for batch in asked]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    answers = [task.result() for task in tasks]
    return Embeddings(
        model=answers[0].model,
        vectors=tuple(chain.from_iterable(answer.vectors for answer in answers)),
        input_tokens=sum(answer.input_tokens for answer in answers),
    )
