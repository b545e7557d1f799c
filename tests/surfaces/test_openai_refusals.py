"""What the official `openai` SDK makes of the refusals of every provider, and of its broken streams."""

import asyncio

import openai
import pytest
from openai import AsyncOpenAI
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED
from tests.surfaces.requirements import requirement

MODELS = {kind: f"{kind}/some-model" for kind in HOSTED}
HELLO = [{"role": "user", "content": "Hello you there"}]


@requirement("errors.provider", "errors.rate_limited", "errors.context_too_long", "errors.model_not_found")
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, openai.InternalServerError),
        (Fault.RATE_LIMITED_BARE, openai.RateLimitError),
        (Fault.CONTEXT_TOO_LONG, openai.BadRequestError),
        (Fault.SERVER_ERROR, openai.InternalServerError),
        (Fault.MODEL_NOT_FOUND, openai.NotFoundError),
    ],
)
async def test_every_providers_refusal_raises_the_sdks_own_error(
    client: AsyncOpenAI, fake: FakeUpstream, fault: Fault, error: type[openai.APIStatusError]
) -> None:
    async def refused(kind: str, model: str) -> openai.APIStatusError:
        fake.next(*[fault] * 3, flavour=kind)
        with pytest.raises(error) as caught:
            await client.chat.completions.create(model=model, messages=HELLO)
        return caught.value

    for told in await asyncio.gather(*(refused(kind, model) for kind, model in MODELS.items())):
        assert told.request_id
        assert told.code


@requirement("errors.in_stream")
async def test_an_error_inside_a_stream_raises_whoever_the_provider_is(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    for kind, model in MODELS.items():
        fake.next(Fault.CUT, flavour=kind)
        stream = await client.chat.completions.create(model=model, messages=HELLO, stream=True)
        with pytest.raises(openai.APIError):
            _ = [chunk async for chunk in stream]
