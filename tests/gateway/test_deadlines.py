"""Every wait within a call ends with its deadline, and gives back what it held."""

import asyncio

import pytest
from tests.gateway.scripted import HANG, ScriptedProvider, saying
from tests.gateway.test_pipeline import House, call
from tests.gateway.test_structured_output import AGE, in_words

from chimera.gateway.call import Call, new_call
from chimera.gateway.errors import DeadlineExceededError
from chimera.gateway.lanes import Lanes
from chimera.llm import EmbeddingRequest, Embeddings, Message, Request, Text

PATIENCE_S = 0.5


class SlowEmbedder(ScriptedProvider):
    left = False

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        try:
            await asyncio.Event().wait()
        finally:
            self.left = True
        raise AssertionError


async def overdue(house: House, asked: Call) -> None:
    begun = asyncio.get_running_loop().time()
    with pytest.raises(DeadlineExceededError):
        await house.ask(asked)
    assert asyncio.get_running_loop().time() - begun < PATIENCE_S + 2.0


def about(request: Request | EmbeddingRequest) -> Call:
    return new_call(call().scope, request, patience_s=PATIENCE_S)


async def test_a_wait_for_room_ends_with_the_deadline_and_leaves_its_place() -> None:
    lanes = Lanes(limit=1, queue=1, patience_s=60.0)
    await lanes.enter("p")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await lanes.enter("p")
    waiting = asyncio.ensure_future(lanes.enter("p"))
    await asyncio.sleep(0)
    lanes.leave("p")
    await waiting
    assert lanes.in_flight("p") == 1


async def test_an_answer_that_is_asked_for_once_more_has_what_is_left_of_the_time() -> None:
    provider = ScriptedProvider("a", [in_words("four"), [HANG]])
    question = (Message(role="user", parts=(Text(text="How old?"),)),)
    await overdue(House(provider), about(Request(model="m", messages=question, response_format=AGE)))
    assert (len(provider.requests), provider.closed) == (2, 2)


async def test_embedding_ends_with_the_deadline() -> None:
    provider = SlowEmbedder("a", [saying("")])
    await overdue(House(provider), about(EmbeddingRequest(model="m", texts=("one",))))
    assert provider.left
