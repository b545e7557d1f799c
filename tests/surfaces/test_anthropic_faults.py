"""Providers that fail, as a client of Anthropic's API sees them."""

from collections.abc import AsyncGenerator
from pathlib import Path

import anthropic
import pytest
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.surfaces.anthropic_stage import CLAUDE, EVERY_PROVIDER, Stage, asking, stage
from tests.surfaces.requirements import requirement

GPT = "openai/gpt-5"
REFUSALS = (
    (Fault.WRONG_KEY, anthropic.InternalServerError, "api_error"),
    (Fault.CONTEXT_TOO_LONG, anthropic.BadRequestError, "invalid_request_error"),
    (Fault.MODEL_NOT_FOUND, anthropic.NotFoundError, "not_found_error"),
    (Fault.RATE_LIMITED_BARE, anthropic.RateLimitError, "rate_limit_error"),
)

ATTEMPTS = dict.fromkeys((Fault.RATE_LIMITED_BARE, Fault.OVERLOADED, Fault.SERVER_ERROR), 3)


@pytest.fixture
async def on(sqlite_template: Path, tmp_path: Path) -> AsyncGenerator[Stage]:
    async with stage(sqlite_template, tmp_path) as made:
        yield made


async def refusal(on: Stage, fault: Fault, model: str) -> anthropic.APIStatusError:
    on.fake.next(*[fault] * ATTEMPTS.get(fault, 1))
    with pytest.raises(anthropic.APIStatusError) as caught:
        await on.claude.messages.create(**asking(model))
    return caught.value


@requirement("messages.errors")
@EVERY_PROVIDER
async def test_a_providers_refusal_raises_the_sdks_own_error(on: Stage, model: str) -> None:
    for fault, error, kind in REFUSALS:
        refused = await refusal(on, fault, model)
        assert isinstance(refused, error)
        assert refused.request_id
        told = refused.body["error"]
        assert (refused.body["type"], told["type"]) == ("error", kind)
        assert told["code"]
        assert fault is not Fault.CONTEXT_TOO_LONG or "prompt is too long" in told["message"].lower()


@requirement("messages.errors")
async def test_overload_faults_and_empty_purses_keep_their_own_status(on: Stage) -> None:
    told = [
        await refusal(on, Fault.OVERLOADED, CLAUDE),
        await refusal(on, Fault.SERVER_ERROR, GPT),
        await refusal(on, Fault.QUOTA_EXHAUSTED, CLAUDE),
    ]
    assert [(error.status_code, error.body["error"]["type"]) for error in told] == [
        (529, "overloaded_error"),
        (500, "api_error"),
        (402, "billing_error"),
    ]


@requirement("messages.errors")
@pytest.mark.parametrize("model", [CLAUDE, GPT, "gemini/gemini-2.5-pro", "ollama/llama3.2:latest"])
async def test_a_stream_that_breaks_raises_and_never_looks_complete(on: Stage, model: str) -> None:
    on.fake.say(Answer(text="one two three four", chunks=4))
    for fault in (Fault.CUT, Fault.ERROR_MIDWAY, Fault.RESET_MIDWAY, Fault.MALFORMED):
        on.fake.next(fault)
        heard: list[str] = []
        stream = await on.claude.messages.create(**asking(model), stream=True)
        with pytest.raises(anthropic.APIError):
            await note(stream, heard)
        assert heard[0] == "message_start"
        assert "message_stop" not in heard


async def note(stream: anthropic.AsyncStream, heard: list[str]) -> None:
    async for event in stream:
        heard.append(event.type)  # noqa: PERF401 - what came before the stream broke counts
