"""JSON schemas through the real door, at a provider that knows none."""

import pytest
from openai import APIStatusError, AsyncOpenAI
from pydantic import BaseModel
from tests.fakes import Answer, FakeUpstream, Operation
from tests.surfaces.requirements import requirement

MODEL = "deepseek/deepseek-v4-flash"


class City(BaseModel):
    name: str
    inhabitants: int


async def asked(client: AsyncOpenAI) -> City | None:
    answer = await client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "Which city?"}], response_format=City
    )
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 0
    return answer.choices[0].message.parsed


@requirement("chat.schema.repaired")
async def test_a_wrong_answer_is_mended_before_the_caller_sees_it(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    fake.next(Answer(text="Oslo, I think."), Answer(text='```json\n{"name": "Oslo", "inhabitants": 700000}\n```'))
    assert await asked(client) == City(name="Oslo", inhabitants=700_000)
    assert b"not a JSON document" in fake.requests[-1].body


@requirement("chat.schema.repaired")
async def test_an_answer_that_cannot_be_mended_is_an_error(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    fake.say(Answer(text="Oslo, I think."))
    with pytest.raises(APIStatusError) as refused:
        await asked(client)
    assert (refused.value.status_code, refused.value.code) == (503, "answer_off_schema")
    assert sum(request.operation is Operation.CHAT for request in fake.requests) == 2


@requirement("chat.schema.repaired")
async def test_a_stream_has_the_mended_answer_only(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    fake.next(Answer(text='{"name": 7}'), Answer(text='{"name": "Oslo", "inhabitants": 1}'))
    async with client.chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": "Which city?"}], response_format=City
    ) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == City(name="Oslo", inhabitants=1)
