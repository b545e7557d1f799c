"""What cannot fit is refused before it is sent; what may fit is left to the provider."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import uuid4

import pytest
from msgspec.structs import replace
from tests.gateway.scripted import saying

from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.stages.context_window import ContextWindow
from chimera.gateway.tokens import Factors
from chimera.kit.scope import Scope
from chimera.llm import (
    ContextTooLongError,
    EmbeddingRequest,
    Event,
    Message,
    ModelCard,
    RelayRequest,
    Request,
    Sampling,
    Stream,
    Text,
)

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())


@dataclass
class Below:
    """The rest of the pipeline."""

    reached: int = 0
    answer: Sequence[Event] = field(default_factory=lambda: saying("yes"))

    async def __call__(self, call: Call) -> Stream:
        self.reached += 1
        for event in self.answer:
            yield event


def call_of(text: str, *, window: int | None, answer: int | None = None, model: str = "gpt-4o") -> Call:
    request = Request(
        model=model,
        messages=(Message(role="user", parts=(Text(text=text),)),),
        sampling=Sampling(max_output_tokens=answer),
    )
    card = ModelCard(name=model, context_tokens=window)
    return new_call(SCOPE, request, patience_s=5).to(Target(provider="p", model=model, card=card))


async def outcome(call: Call, factors: Factors = MappingProxyType({})) -> tuple[str | None, int]:
    """The refusal, if any, and how often the provider was asked."""
    below = Below()
    try:
        events = [event async for event in ContextWindow(lambda _provider, _model: factors)(call, below)]
    except ContextTooLongError as error:
        return error.message, below.reached
    assert events == below.answer
    return None, below.reached


@pytest.mark.parametrize("window", [None, 1_000, 200_000])
async def test_what_fits_passes(window: int | None) -> None:
    assert await outcome(call_of("Hello there.", window=window)) == (None, 1)


async def test_what_fits_is_not_wrapped() -> None:
    below = Below()
    assert type(ContextWindow()(call_of("Hello there.", window=1_000), below)).__name__ == "async_generator"
    stream = ContextWindow()(call_of("Hello there.", window=1_000), below)
    assert stream.ag_code.co_qualname == "Below.__call__"


async def test_a_conversation_longer_than_the_window_is_refused_with_its_numbers() -> None:
    refusal, asked = await outcome(call_of("hello " * 9_000, window=8_192))
    assert asked == 0
    assert refusal is not None
    assert "9,008 tokens" in refusal
    assert "p/gpt-4o takes 8,192" in refusal


async def test_the_answer_asked_for_counts_too() -> None:
    assert await outcome(call_of("hello " * 4_000, window=8_192, answer=4_000)) == (None, 1)
    refusal, asked = await outcome(call_of("hello " * 4_000, window=8_192, answer=4_500))
    assert asked == 0
    assert refusal is not None
    assert "up to 4,500 more" in refusal


async def test_near_the_limit_an_openai_model_is_counted_exactly() -> None:
    text = "hello " * 8_183  # and a blank at the end, and seven for the frame
    assert await outcome(call_of(text, window=8_191)) == (None, 1)
    refusal, asked = await outcome(call_of(text, window=8_190))
    assert (asked, "8,191 tokens" in (refusal or "")) == (0, True)


async def test_an_estimate_is_refused_only_beyond_its_error() -> None:
    assert await outcome(call_of("hello " * 7_000, window=8_192, model="claude-sonnet-4-5")) == (None, 1)
    refusal, asked = await outcome(call_of("hello " * 14_000, window=8_192, model="claude-sonnet-4-5"))
    assert asked == 0
    assert refusal is not None
    assert "has about " in refusal


async def test_a_model_nobody_knows_and_what_is_relayed_pass() -> None:
    unknown = call_of("hello " * 9_000, window=8_192)
    unlisted = replace(unknown, target=Target(provider="p", model="x"))
    assert await outcome(unlisted) == (None, 1)
    relayed = replace(unknown, request=RelayRequest(model="m", operation="moderations", before=b"x" * 9_000, after=b""))
    assert await outcome(relayed) == (None, 1)


async def test_each_text_to_embed_must_fit_and_they_need_not_together() -> None:
    call = call_of("", window=8_192)
    for texts in (("hello " * 8_000,) * 3, ("hello",), ()):
        assert await outcome(replace(call, request=EmbeddingRequest(model="m", texts=texts))) == (None, 1)
    long = EmbeddingRequest(model="m", texts=("short", "hello " * 9_000))
    refusal, asked = await outcome(replace(call, request=long))
    assert asked == 0
    assert refusal is not None
    assert "Text 2 of 2 has 9,001 tokens; p/gpt-4o takes 8,192 a text." in refusal


async def test_what_was_learned_of_a_model_moves_the_limit() -> None:
    call = call_of("hello " * 7_000, window=8_192, model="claude-sonnet-4-5")
    assert (await outcome(call, {"ascii": 1.0}))[1] == 1
    refusal, asked = await outcome(call, {"ascii": 1.5})
    assert asked == 0
    assert refusal is not None
    assert "has about " in refusal


async def test_the_refusal_sends_a_fallback_to_a_larger_window() -> None:
    with pytest.raises(ContextTooLongError) as refused:
        await anext(ContextWindow()(call_of("hello " * 9_000, window=8_192), Below()))
    assert refused.value.elsewhere
    assert not refused.value.transient
    assert refused.value.provider == "p"


@pytest.mark.parametrize(("most", "asked", "sent"), [(8_000, 64_000, 8_000), (8_000, 100, 100), (None, 64_000, 64_000)])
async def test_no_longer_answer_is_asked_for_than_the_model_can_write(most: int | None, asked: int, sent: int) -> None:
    call = call_of("Hello there.", window=None, answer=asked)
    card = ModelCard(name="gpt-4o", context_tokens=70_000, output_tokens=most)
    heard: list[Call] = []

    async def below(passed: Call) -> Stream:
        heard.append(passed)
        for event in saying("yes"):
            yield event

    target = Target(provider="p", model="gpt-4o", card=card)
    assert [event async for event in ContextWindow()(call.to(target), below)] == saying("yes")
    assert isinstance(heard[0].request, Request)
    assert heard[0].request.sampling.max_output_tokens == sent
