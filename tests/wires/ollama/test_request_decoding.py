"""What clients of Ollama's API may send, and what becomes of it."""

import json
from typing import Any

import pytest
from tests.wires.requests import PIXEL, PNG

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Image, Message, Reasoning, Text, Thinking, ToolCall, ToolResult
from chimera.wires.ollama import GENERATE, OllamaCall, decode_embed, decode_request, forwarded_body, original_of
from chimera.wires.signatures import signed_id


def decoded(operation: str = "chat", **members: Any) -> OllamaCall:
    body = {"model": "m", **members}
    if operation == "chat":
        body.setdefault("messages", [{"role": "user", "content": "Hi"}])
    return decode_request(json.dumps(body).encode(), operation=operation)


def test_a_stream_is_what_is_asked_for_unless_said_otherwise() -> None:
    assert decoded().stream
    assert not decoded(stream=False).stream


def test_results_find_their_calls_by_id_by_name_or_by_their_order() -> None:
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    other = {"id": signed_id("x", "Sig"), "function": {"name": "g", "arguments": {}}}
    messages = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "", "thinking": "hm", "tool_calls": [call, other, call]},
        {"role": "tool", "content": "G", "tool_call_id": signed_id("x", "Sig")},
        {"role": "tool", "content": "F", "tool_name": "f"},
        {"role": "tool", "content": "again"},
    ]
    _, called, answered = decoded(messages=messages).request.messages
    assert called.parts == (
        Thinking(text="hm", origin="ollama"),
        ToolCall(id="call_1", name="f", arguments='{"a": 1}'),
        ToolCall(id="x", name="g", arguments="{}", signature="Sig"),
        ToolCall(id="call_3", name="f", arguments='{"a": 1}'),
    )
    assert answered.parts == (
        ToolResult(call_id="x", parts=(Text(text="G"),)),
        ToolResult(call_id="call_1", parts=(Text(text="F"),)),
        ToolResult(call_id="call_3", parts=(Text(text="again"),)),
    )


def test_a_prompt_with_images_and_instructions_is_a_conversation() -> None:
    request = decoded(GENERATE, prompt="See", system="Be kind.", images=[PIXEL]).request
    assert request.system == (Text(text="Be kind."),)
    assert request.messages == (Message(role="user", parts=(Text(text="See"), Image(url=PNG))),)


@pytest.mark.parametrize(
    ("members", "meant"), [({}, "load"), ({"keep_alive": 0}, "unload"), ({"keep_alive": "0s"}, "unload")]
)
def test_a_question_without_words_loads_or_forgets_the_model(members: dict[str, Any], meant: str) -> None:
    assert decoded(GENERATE, **members).loads == meant
    assert decoded(messages=[], **members).loads == meant


@pytest.mark.parametrize(
    ("think", "meant", "shown"),
    [
        (None, None, True),
        (True, Reasoning(effort="medium"), True),
        (False, Reasoning(effort="none"), False),
        ("high", Reasoning(effort="high"), True),
    ],
)
def test_the_wish_to_think_is_understood(think: object, meant: Reasoning | None, shown: bool) -> None:
    call = decoded(think=think)
    assert (call.request.reasoning, call.shows_thinking) == (meant, shown)


def test_options_that_mean_without_limit_set_none() -> None:
    sampling = decoded(options={"num_predict": -1, "top_k": 0, "stop": "#", "temperature": 0.7}).request.sampling
    assert (sampling.max_output_tokens, sampling.top_k, sampling.stop, sampling.temperature) == (
        None,
        None,
        ("#",),
        0.7,
    )


@pytest.mark.parametrize("name", ["suffix", "template", "raw", "context"])
def test_what_only_the_models_own_server_can_do_is_named(name: str) -> None:
    value: object = {"raw": True, "context": [1, 2]}.get(name, "x")
    original = decoded(GENERATE, prompt="a", **{name: value}).request.original
    assert original is not None
    assert original.beyond == (name,)


def test_what_an_answer_can_do_without_is_named_apart() -> None:
    original = decoded(keep_alive="5m", options={"num_ctx": 4096, "seed": 1}, truncate=True).request.original
    assert original is not None
    assert (original.beyond, original.minor) == ((), ("keep_alive", "options.num_ctx"))


def test_forwarded_bodies_are_the_callers_but_for_the_models_name() -> None:
    body = b'{"model":"a","messages":[{"role":"user","content":"Hi"}],"options":{"x": 1.50},"fallback_models":["b"]}'
    call = decode_request(body)
    assert call.fallback_models == ("b",)
    original = original_of(call.request)
    assert original is not None
    assert forwarded_body(original, model="c") == (
        b'{"model":"c","messages":[{"role":"user","content":"Hi"}],"options":{"x": 1.50}}'
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", None),
        (b'{"model":""}', "model"),
        (b'{"model":"m","messages":[{"role":"robot"}]}', "messages.0.role"),
        (b'{"model":"m","messages":[{"role":"user","images":["https://example.com/a.png"]}]}', "messages.0.images.0"),
        (b'{"model":"m","options":{"temperature":"hot"}}', "options.temperature"),
        (b'{"model":"m","format":7}', "format"),
        (b'{"model":"m","tools":[{"function":{"name":"f","parameters":[]}}]}', "tools.0.function.parameters"),
        (b"[", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(body: bytes, field: str | None) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        decode_request(body)
    assert refused.value.field == field


def test_texts_to_embed_are_read_in_both_forms() -> None:
    request, lost = decode_embed(b'{"model":"m","input":["a","b"],"dimensions":8,"truncate":true,"keep_alive":"5m"}')
    assert (request.texts, request.dimensions, lost) == (("a", "b"), 8, ("keep_alive",))
    assert decode_embed(b'{"model":"m","prompt":"a"}')[0].texts == ("a",)
    with pytest.raises(InvalidRequestError):
        decode_embed(b'{"model":"m","input":["a",""]}')
