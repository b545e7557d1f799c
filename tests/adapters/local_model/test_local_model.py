"""The embedded model, for real: llama.cpp, the bundled weights, a child process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import psutil
import pytest
from pydantic import ValidationError

from chimera.adapters.http import open_http
from chimera.adapters.providers import local
from chimera.adapters.providers.local import LocalModel, Settings
from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    Answer,
    ContextTooLongError,
    EmbeddingRequest,
    Finished,
    FinishReason,
    HealthStatus,
    Image,
    JsonSchema,
    Message,
    Part,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderRequestError,
    Request,
    Sampling,
    Started,
    Text,
    TextDelta,
    Tool,
    fold,
)

CAPITAL = "What is the capital of France?"
STORY = "Write a long story about a fox and the sea."


def asking(text: str, *, tokens: int = 24, **more: object) -> Request:
    fields = {
        "model": "smollm2-135m-instruct",
        "messages": (Message(role="user", parts=(Text(text=text),)),),
        "sampling": Sampling(temperature=0, max_output_tokens=tokens),
    }
    return Request(**{**fields, **more})


@asynccontextmanager
async def opened(**settings: object) -> AsyncIterator[LocalModel]:
    async with open_http() as http, local.connect(Settings(**settings), http) as model:
        assert isinstance(model, LocalModel)
        yield model


async def answer(model: LocalModel, request: Request) -> Answer:
    return fold([event async for event in model.stream(request)])


def child() -> psutil.Process | None:
    mine = [each for each in psutil.Process().children() if not gone(each) and "child.py" in _command_of(each)]
    assert len(mine) <= 1
    return mine[0] if mine else None


def _command_of(process: psutil.Process) -> str:
    """Its command line; nothing for one that has just ended and is not yet buried."""
    try:
        return " ".join(process.cmdline())
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return ""


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_it_knows_the_capital_of_france_and_streams_its_answer() -> None:
    async with opened() as model:
        assert child() is None
        events = [event async for event in model.stream(asking(CAPITAL))]
        said = fold(events)
        assert "Paris" in said.text
        assert said.reason is FinishReason.STOP
        assert said.model == "smollm2-135m-instruct"
        assert said.usage is not None
        assert said.usage.input_tokens > 10
        assert 3 < said.usage.output_tokens <= 24
        assert isinstance(events[0], Started)
        assert isinstance(events[-1], Finished)
        assert sum(isinstance(event, TextDelta) for event in events) > 3

        first = child()
        assert "Paris" in (await answer(model, asking(CAPITAL))).text
        assert child() == first
    assert first is not None
    assert gone(first)


async def test_many_first_requests_start_one_child_and_all_are_answered() -> None:
    async with opened() as model:
        said = await asyncio.gather(*(answer(model, asking(CAPITAL, tokens=8)) for _ in range(8)))
        assert child() is not None
    assert ["Paris" in each.text for each in said] == [True] * 8


async def test_after_a_crash_the_next_request_is_answered() -> None:
    async with opened() as model:
        await answer(model, asking(CAPITAL, tokens=4))
        first = child()
        assert first is not None
        first.kill()
        assert "Paris" in (await answer(model, asking(CAPITAL))).text
        second = child()
    assert second is not None
    assert second != first


async def test_a_crash_in_the_middle_of_an_answer_is_told() -> None:
    async with opened() as model:
        with pytest.raises(ProviderError) as broken:
            await _killing_at_its_first_word(model)
        assert broken.value.transient
        assert "Paris" in (await answer(model, asking(CAPITAL))).text


async def _killing_at_its_first_word(model: LocalModel) -> None:
    async with aclosing(model.stream(asking(STORY, tokens=400))) as stream:
        async for event in stream:
            if isinstance(event, TextDelta) and (process := child()):
                process.kill()


async def test_a_request_that_is_given_up_frees_the_model() -> None:
    async with opened() as model:
        await answer(model, asking(CAPITAL, tokens=1))
        async with aclosing(model.stream(asking(STORY, tokens=3000))) as stream:
            async for event in stream:
                if isinstance(event, TextDelta):
                    break
        waiting = asyncio.create_task(answer(model, asking(STORY, tokens=3000)))
        given_up = asyncio.create_task(answer(model, asking(STORY, tokens=3000)))
        await asyncio.sleep(0)
        for task in (waiting, given_up):
            task.cancel()
        async with asyncio.timeout(5):
            assert "Paris" in (await answer(model, asking(CAPITAL))).text


async def test_it_leaves_when_it_was_idle_and_comes_back_when_asked() -> None:
    async with opened(idle_stop_s=0.01) as model:
        await answer(model, asking(CAPITAL, tokens=1))
        first = child()
        assert first is not None
        await asyncio.to_thread(first.wait, 5)
        assert "Paris" in (await answer(model, asking(CAPITAL))).text


async def test_it_keeps_to_a_limit_and_to_a_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 20}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    wanted = JsonSchema(name="person", schema=json.dumps(schema))
    async with opened() as model:
        cut = await answer(model, asking(STORY, tokens=8))
        said = await answer(model, asking("Invent a person.", tokens=80, response_format=wanted))
    assert cut.reason is FinishReason.LENGTH
    assert cut.usage is not None
    assert cut.usage.output_tokens == 8
    person = json.loads(said.text)
    assert isinstance(person["name"], str)
    assert isinstance(person["age"], int)


async def test_a_prompt_longer_than_the_window_is_refused_as_such() -> None:
    async with opened(context_tokens=512) as model:
        with pytest.raises(ContextTooLongError):
            await answer(model, asking("word " * 600))


async def test_what_it_cannot_do_is_refused_or_told() -> None:
    picture: tuple[Part, ...] = (Image(url="data:image/png;base64,AAAA"),)
    tool = Tool(name="weather")
    async with opened() as model:
        with pytest.raises(ProviderRequestError):
            await answer(model, asking("", messages=(Message(role="user", parts=picture),)))
        with pytest.raises(ProviderRequestError):
            await answer(model, asking(CAPITAL, tools=(tool,), tool_choice="required"))
        with pytest.raises(ProviderModelNotFoundError):
            await answer(model, asking(CAPITAL, model="gpt-5"))
        with pytest.raises(UnsupportedParameterError):
            await model.embed(EmbeddingRequest(model="smollm2-135m-instruct", texts=("a",)))
        assert child() is None
        said = await answer(model, asking(CAPITAL, tools=(tool,), extra={"n_probs": 5, "user": "me"}))
    assert "Paris" in said.text
    assert said.lost == ("extra.n_probs", "extra.user", "tools")


async def test_a_file_that_is_no_model_is_named_in_the_refusal(tmp_path: Path) -> None:
    file = tmp_path / "Broken.gguf"
    file.write_bytes(b"GGUF" + bytes(100))
    async with opened(model_path=str(file)) as model:
        (card,) = await model.models()
        assert (card.name, card.demonstration) == ("broken", False)
        with pytest.raises(ProviderModelNotFoundError, match=r"Broken\.gguf"):
            await answer(model, asking(CAPITAL, model="broken"))
        file.unlink()
        assert (await model.check()).status is HealthStatus.MISADDRESSED
    with pytest.raises(ValidationError):
        Settings(model_path=str(file))


async def test_it_is_a_demonstration_and_healthy_without_being_loaded() -> None:
    async with opened() as model:
        assert tuple(await model.models()) == local.MODELS
        assert local.MODELS[0].demonstration
        assert (await model.check()).status is HealthStatus.OK
        assert child() is None


HOLDER = """
import asyncio, sys
from chimera.adapters.http import open_http
from chimera.adapters.providers import local
from chimera.llm import Message, Request, Sampling, Text
async def main():
    async with open_http() as http, local.connect(local.Settings(), http) as model:
        words = (Message(role="user", parts=(Text(text="hi"),)),)
        request = Request(model="smollm2-135m-instruct", messages=words, sampling=Sampling(max_output_tokens=1))
        [event async for event in model.stream(request)]
        print("ready", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def test_it_does_not_outlive_a_parent_that_was_killed() -> None:
    source = Path(local.__file__).parents[4]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, env={"PYTHONPATH": str(source)}
    ) as parent:
        assert parent.stdout is not None
        assert any(b"ready" in line for line in parent.stdout)
        (orphan,) = psutil.Process(parent.pid).children()
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    orphan.wait(5)
    assert gone(orphan)
