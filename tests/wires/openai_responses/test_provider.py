"""Who is asked on this wire, and how: OpenAI, Azure and OpenRouter as the fake upstream plays them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from types import ModuleType

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace
from tests.fakes import Answer, FakeUpstream, Fault, ToolUse
from tests.wires.openai_responses.talk import written
from tests.wires.openai_responses.test_requests import FUNCTION, PATCH, SERVER, asked

from chimera.adapters.http import open_http
from chimera.kit.loading import load
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Message,
    ModelProvider,
    ProviderError,
    ProviderRateLimitError,
    ProviderRequestError,
    Request,
    Started,
    Text,
    TextDelta,
    ToolCall,
    UntranslatableError,
    fold,
)
from chimera.wires import openai_chat
from chimera.wires.openai_responses import Head

HELLO = (Message(role="user", parts=(Text(text="Hello"),)),)
FORCED = {"tools": [FUNCTION, {"type": "web_search"}], "tool_choice": {"type": "web_search"}}


@asynccontextmanager
async def connected(fake: FakeUpstream, kind: str, **values: object) -> AsyncGenerator[ModelProvider]:
    module: ModuleType = load("providers", kind)
    settings = module.Settings.model_validate({"base_url": fake.base_url(kind), "api_key": "k"} | values)
    async with open_http() as http, module.connect(settings, http) as provider:
        yield provider


@asynccontextmanager
async def refusing(code: str, answer: bytes) -> AsyncGenerator[tuple[ModelProvider, list[bytes]]]:
    """OpenAI as a server that refuses the first request and streams the answer to the second; and what it was sent."""
    bodies: list[bytes] = []

    async def answered(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        if len(bodies) == 1:
            return web.json_response({"error": {"code": code, "message": "No.", "type": "bad"}}, status=400)
        return web.Response(body=answer, content_type="text/event-stream")

    app = web.Application()
    app.router.add_post("/responses", answered)
    module: ModuleType = load("providers", "openai")
    async with TestServer(app) as server, open_http() as http:
        settings = module.Settings.model_validate({"base_url": str(server.make_url("")), "api_key": "k"})
        async with module.connect(settings, http) as provider:
            yield provider, bodies


async def events_of(provider: ModelProvider, request: Request) -> list[Event]:
    async with aclosing(provider.stream(request)) as stream:
        return [event async for event in stream]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("openai", "/openai/v1/responses"),
        ("azure", "/azure/openai/v1/responses"),
        ("openrouter", "/openrouter/api/v1/responses"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_a_caller_of_this_wire_is_heard_in_their_own_words(kind: str, path: str, stream: bool) -> None:
    head = Head(id="resp_ours", created_at=1, model="m")
    request = asked("Hello", stream=stream, tools=[FUNCTION], store=True).request
    assert request.original is not None
    request = replace(request, model="gpt-5", original=replace(request.original, answer=head.ours))
    async with FakeUpstream() as fake, connected(fake, kind) as provider:
        events = await events_of(provider, request)
    (arrived,) = fake.requests
    assert arrived.path == path
    assert (arrived.json["input"], arrived.json["model"], arrived.json["store"]) == ("Hello", "gpt-5", False)
    answer = fold(events)
    assert answer.forwarded is not None
    assert b'"resp_ours"' in answer.forwarded
    assert b"You said: Hello" in answer.forwarded.replace(b"\n", b"") or stream
    assert (isinstance(events[0], Started) and events[0].forwarded, isinstance(events[-1], Finished)) == (True, True)
    assert answer.usage is not None


async def test_azure_with_a_dated_version_is_asked_for_chat_completions() -> None:
    async with FakeUpstream() as fake, connected(fake, "azure", api_version="2024-10-21") as provider:
        events = await events_of(provider, replace(asked("Hello").request, model="gpt-5"))
    assert fake.requests[0].path.endswith("/deployments/gpt-5/chat/completions")
    assert fold(events).text == "You said: Hello"


@pytest.mark.parametrize("kind", ["openrouter", "anthropic", "gemini", "ollama", "deepseek"])
async def test_what_an_agent_runs_itself_works_with_every_provider(kind: str) -> None:
    """Codex sends free-form tools, namespaces and tools of OpenAI; others get functions, and the rest is named."""
    call = asked("Hello", tools=[FUNCTION, PATCH, SERVER, {"type": "web_search"}], prompt_cache_key="k", store=False)
    request = replace(call.request, model="some-model")
    async with FakeUpstream() as fake, connected(fake, kind) as provider:
        fake.say(Answer(text="", tool_calls=(ToolUse(name="mcp__docs__search", arguments="{}", id="call_1"),)))
        events = await events_of(provider, request)
    started, answer = events[0], fold(events)
    assert isinstance(started, Started)
    assert {"tools.3", "prompt_cache_key"} <= set(started.lost)
    (used,) = (part for part in answer.parts if isinstance(part, ToolCall))
    assert call.forms[used.name].namespace == "mcp__docs__"


async def test_what_only_openai_can_run_is_refused_elsewhere_if_it_is_forced() -> None:
    async with FakeUpstream() as fake, connected(fake, "anthropic") as provider:
        with pytest.raises(UntranslatableError):
            await events_of(provider, replace(asked("Hello", **FORCED).request, model="m"))
        assert fake.requests == []


async def test_what_only_openai_can_run_reaches_openai() -> None:
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        await events_of(provider, replace(asked("Hello", **FORCED).request, model="gpt-5"))
    assert fake.requests[0].json["tool_choice"] == {"type": "web_search"}


@pytest.mark.parametrize("model", ["gpt-5-codex", "o3-pro", "gpt-5.2-pro", "o3-deep-research", "codex-mini-latest"])
async def test_models_that_have_no_chat_completions_are_asked_here_whoever_asks(model: str) -> None:
    body = b'{"model":"m","messages":[{"role":"user","content":"Hello"}],"stream":true}'
    chat = replace(openai_chat.decode_request(body).request, model=model)
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        for request in (Request(model=model, messages=HELLO), chat):
            assert fold(await events_of(provider, request)).text == "You said: Hello"
    assert {arrived.path for arrived in fake.requests} == {"/openai/v1/responses"}
    searching = [{"type": "web_search_preview"}] if "research" in model else None
    assert [arrived.json.get("tools") for arrived in fake.requests] == [searching, searching]


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4o", "gpt-5-mini"])
async def test_all_other_models_are_asked_for_chat_completions(model: str) -> None:
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        await events_of(provider, Request(model=model, messages=HELLO))
    assert fake.requests[0].path == "/openai/v1/chat/completions"


@pytest.mark.parametrize(
    ("model", "effort", "apart"),
    [
        ("gpt-5.5", None, True),
        ("gpt-5.6-luna", "low", True),
        ("gpt-5.4", "low", True),
        ("gpt-5.4", None, False),
        ("gpt-5.5", "none", False),
        ("gpt-5.1", "high", False),
        ("gpt-5.5-chat-latest", None, False),
        ("gpt-4o", None, False),
    ],
)
async def test_models_that_reason_beside_tools_here_only_are_asked_here_whoever_asks(
    model: str, effort: str | None, apart: bool
) -> None:
    chat: dict[str, object] = {"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
    chat["tools"] = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    if effort:
        chat["reasoning_effort"] = effort
    told = replace(openai_chat.decode_request(msgspec.json.encode(chat)).request, model=model)
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        for request in (told, replace(told, original=None)):
            await events_of(provider, request)
    expected = "/openai/v1/responses" if apart else "/openai/v1/chat/completions"
    assert {arrived.path for arrived in fake.requests} == {expected}
    assert all(arrived.json["tools"] for arrived in fake.requests)


async def test_openrouter_answers_for_every_model_with_chat_completions() -> None:
    async with FakeUpstream() as fake, connected(fake, "openrouter") as provider:
        await events_of(provider, Request(model="openai/gpt-5-codex", messages=HELLO))
    assert fake.requests[0].path.endswith("/chat/completions")


async def test_calls_and_thoughts_are_heard_on_this_wire() -> None:
    use = ToolUse(name="f", arguments='{"x": 1}', id="call_1")
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        fake.say(Answer(text="Let me see", reasoning="Hm", tool_calls=(use, use)))
        answer = fold(await events_of(provider, Request(model="gpt-5-codex", messages=HELLO)))
    thought, text, *calls = answer.parts
    assert (thought.text, thought.origin) == ("Hm", "openai_responses")  # type: ignore[union-attr]  # the first is thinking
    assert text == Text(text="Let me see")
    assert [(call.name, call.arguments) for call in calls if isinstance(call, ToolCall)] == [("f", '{"x": 1}')] * 2


FAULTS = [
    Fault.CUT, Fault.NO_END, Fault.MALFORMED, Fault.GARBAGE, Fault.ERROR_MIDWAY, Fault.SERVER_ERROR, Fault.TRUNCATED,
    Fault.RESET_MIDWAY, Fault.CONTEXT_TOO_LONG,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("forwarded", [True, False])
async def test_every_fault_is_an_error_forwarded_or_not(fault: Fault, forwarded: bool) -> None:
    request = asked("Hello", stream=True).request if forwarded else Request(model="", messages=HELLO)
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        fake.next(fault)
        with pytest.raises(ProviderError):
            await events_of(provider, replace(request, model="gpt-5-codex"))


@pytest.mark.parametrize("fault", [Fault.SPLIT_UTF8, Fault.ODD_FRAMING, Fault.HUGE_LINE])
async def test_odd_frames_are_read_and_passed_on_well(fault: Fault) -> None:
    request = replace(asked("Hello", stream=True).request, model="gpt-5-codex")
    async with FakeUpstream() as fake, connected(fake, "openai") as provider:
        fake.next(fault, fault)
        plain = fold(await events_of(provider, replace(request, original=None)))
        passed = fold(await events_of(provider, request)).forwarded
    assert passed is not None
    assert plain.text.encode()[:20] in passed
    assert passed.startswith(b"event: response.created\ndata: {")
    assert passed.count(b"event: ") == passed.count(b"\n\n")


async def test_a_refusal_says_when_to_come_back() -> None:
    async with FakeUpstream(retry_after_s=2) as fake, connected(fake, "openai") as provider:
        fake.next(Fault.RATE_LIMITED)
        with pytest.raises(ProviderRateLimitError) as refused:
            await events_of(provider, replace(asked("Hello").request, model="gpt-5"))
    assert refused.value.retry_after_s == 2


@pytest.mark.parametrize("forwarded", [True, False])
async def test_reasoning_that_another_account_encrypted_is_left_out_when_it_is_refused(forwarded: bool) -> None:
    """Clients may have an answer of OpenAI's and ask Azure next; who encrypted what, nothing tells."""
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "another account's"}
    asks = [{"role": "user", "content": "Hello"}, reasoning, {"role": "assistant", "content": "Hi"}]
    request = replace(asked([*asks, {"role": "user", "content": "Again"}], stream=True).request, model="gpt-5-codex")
    said: list[Event] = [Started(id="r", model="m"), TextDelta(text="Hi"), Finished(reason=FinishReason.STOP)]
    async with refusing("invalid_encrypted_content", written(said)) as (provider, bodies):
        events = await events_of(provider, request if forwarded else replace(request, original=None))
    started = events[0]
    assert isinstance(started, Started)
    assert started.lost == (("input.1",) if forwarded else ("messages.thinking",))
    assert isinstance(events[-1], Finished)
    assert [b"another account's" in body for body in bodies] == [True, False]


@pytest.mark.parametrize("code", ["invalid_value", "invalid_encrypted_content"])
async def test_a_request_is_asked_again_only_where_that_may_help(code: str) -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"}
    said = {"role": "user", "content": "Hello"}
    items = [said, reasoning, said] if code == "invalid_value" else [said]
    async with refusing(code, b"") as (provider, bodies):
        with pytest.raises(ProviderRequestError):
            await events_of(provider, replace(asked(items).request, model="gpt-5"))
    assert len(bodies) == 1
