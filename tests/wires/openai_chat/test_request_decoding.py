"""What a client of OpenAI may send, and what is refused by the name of its field."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Citation, Document, Image, Message, Reasoning, Text, Thinking, ToolCall, ToolResult
from chimera.wires.openai_chat import ChatCall, decode_request

HELLO = {"role": "user", "content": "Hello"}
TOOL = {"type": "function", "function": {"name": "f"}}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PDF = "data:application/pdf;base64,JVBERi0="


def asked(*messages: dict[str, Any], **parameters: Any) -> ChatCall:
    return decode_request(msgspec.json.encode({"model": "m", "messages": messages or (HELLO,)} | parameters))


def test_the_least_body_is_enough() -> None:
    call = asked()
    assert call.request.messages == (Message(role="user", parts=(Text(text="Hello"),)),)
    assert (call.stream, call.include_usage, call.fallback_models) == (False, False, ())


def test_nulls_count_as_absent() -> None:
    nulls = dict.fromkeys(
        ["temperature", "tools", "stop", "stream", "response_format", "user", "functions", "n", "audio"]
    )
    assert asked(**nulls) == asked()


def test_leading_instructions_become_the_system_text_and_later_ones_stay_in_place() -> None:
    request = asked(
        {"role": "developer", "content": "One."},
        {"role": "system", "content": [{"type": "text", "text": "Two."}]},
        HELLO,
        {"role": "developer", "content": "Three."},
    ).request
    assert [text.text for text in request.system] == ["One.", "Two."]
    assert [message.role for message in request.messages] == ["user", "system"]


def test_parts_of_a_user_message_keep_their_order() -> None:
    content = [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        {"type": "file", "file": {"file_data": PDF, "filename": "a.pdf"}},
    ]
    (message,) = asked({"role": "user", "content": content}).request.messages
    assert message.parts == (
        Text(text="See"),
        Image(url="https://example.com/a.png", detail="low"),
        Document(url=PDF, name="a.pdf"),
    )


def test_a_tool_loop_is_carried_with_its_reasoning() -> None:
    messages = asked(
        HELLO,
        {"role": "assistant", "content": None, "tool_calls": [CALL], "reasoning_content": "Hm."},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]},
    ).request.messages
    assert messages[1].parts == (Thinking(text="Hm."), ToolCall(id="c1", name="f", arguments="{}"))
    assert messages[2].parts == (ToolResult(call_id="c1", parts=(Text(text="42"),)),)


def test_the_newer_name_of_the_output_limit_wins() -> None:
    assert asked(max_tokens=5).request.sampling.max_output_tokens == 5
    assert asked(max_tokens=5, max_completion_tokens=7).request.sampling.max_output_tokens == 7


def test_stop_may_be_one_string_or_a_list() -> None:
    assert asked(stop="x").request.sampling.stop == asked(stop=["x"]).request.sampling.stop == ("x",)


def test_numbers_stay_exact() -> None:
    request = asked(temperature=0.7, seed=2**60 + 1).request
    assert (request.sampling.temperature, request.sampling.seed) == (0.7, 2**60 + 1)


def test_a_schema_is_kept_byte_for_byte() -> None:
    tools = b'[{"type":"function","function":{"name":"f","parameters":{ "b":1 , "a":2}}}]'
    body = b'{"model":"m","messages":[{"role":"user","content":"x"}],"tools":%b}' % tools
    assert decode_request(body).request.tools[0].parameters == '{ "b":1 , "a":2}'


def test_parameters_without_a_word_of_ours_are_kept_as_extra() -> None:
    extra = {"logit_bias": {"1": 5}, "user": "u", "novel": [1, None]}
    assert asked(**extra, store=None).request.extra == extra


def test_our_own_extension_names_fallbacks() -> None:
    call = asked(fallback_models=["a/b", "c"])
    assert call.fallback_models == ("a/b", "c")
    assert "fallback_models" not in call.request.extra


def test_reasoning_is_asked_for_by_word_or_by_budget() -> None:
    assert asked(reasoning_effort="low").request.reasoning == Reasoning(effort="low")
    assert asked(reasoning={"max_tokens": 100}).request.reasoning == Reasoning(budget_tokens=100)
    assert asked(reasoning={"enabled": True}).request.reasoning == Reasoning(effort="medium")
    assert asked(reasoning={"enabled": False}).request.reasoning == Reasoning(effort="none")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"audio": {"voice": "alloy"}}, "audio"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"moderation": {"model": "m"}}, "moderation"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"function_call": "auto"}, "function_call"),
        ({"tools": [TOOL, {"type": "custom", "custom": {"name": "x"}}]}, "tools.1"),
        ({"tools": [TOOL], "tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
    ],
)
def test_what_only_this_wire_carries_is_named(parameters: dict[str, Any], field: str) -> None:
    original = asked(**parameters).request.original
    assert original is not None
    assert original.beyond == (field,)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}, "messages.0.content.0"),
        ({"role": "user", "content": [{"type": "video_url", "video_url": {"url": "x"}}]}, "messages.0.content.0"),
        ({"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}, "messages.0.content.0"),
        ({"role": "function", "name": "f", "content": "42"}, "messages.0"),
        ({"role": "assistant", "function_call": {"name": "f"}}, "messages.0.function_call"),
        ({"role": "assistant", "audio": {"id": "a"}}, "messages.0.audio"),
        ({"role": "assistant", "tool_calls": [CALL | {"type": "custom"}]}, "messages.0.tool_calls.0"),
    ],
)
def test_content_that_only_this_wire_carries_is_named_by_its_path(message: dict[str, Any], field: str) -> None:
    original = asked(message).request.original
    assert original is not None
    assert original.beyond == (field,)


def test_marks_of_prompt_caching_are_taken_from_parts_messages_and_tools() -> None:
    hour, default = {"type": "ephemeral", "ttl": "1h"}, {"type": "ephemeral"}
    request = asked(
        {"role": "system", "content": "Rules", "cache_control": default},
        {
            "role": "user",
            "content": [{"type": "text", "text": "a", "cache_control": hour}, {"type": "text", "text": "b"}],
        },
        {"role": "assistant", "content": "c", "tool_calls": [CALL | {"cache_control": hour}]},
        {"role": "tool", "tool_call_id": "c1", "content": "42", "cache_control": default},
        tools=[
            TOOL | {"cache_control": hour},
            {"type": "function", "function": {"name": "g", "cache_control": default}},
        ],
    ).request
    assert request.system == (Text(text="Rules", cache="5m"),)
    user, answer, result = request.messages
    assert user.parts == (Text(text="a", cache="1h"), Text(text="b"))
    assert answer.parts == (Text(text="c"), ToolCall(id="c1", name="f", arguments="{}", cache="1h"))
    assert result.parts == (ToolResult(call_id="c1", parts=(Text(text="42"),), cache="5m"),)
    assert [tool.cache for tool in request.tools] == ["1h", "5m"]


def test_a_refusal_comes_back_as_one() -> None:
    (told,) = asked({"role": "assistant", "content": None, "refusal": "No."}).request.messages
    (piece,) = asked({"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}).request.messages
    assert told.parts == piece.parts == (Text(text="No.", refusal=True),)


def test_a_document_may_be_a_tools_result() -> None:
    content = [{"type": "file", "file": {"file_data": PDF}}]
    messages = asked({"role": "tool", "tool_call_id": "c", "content": content}).request.messages
    assert messages[0].parts == (ToolResult(call_id="c", parts=(Document(url=PDF),)),)


def test_reasoning_comes_back_with_its_origin_and_is_not_told_twice() -> None:
    details = [
        {"type": "reasoning.text", "text": "Hm.", "signature": "chimera.anthropic_messages.s.1", "index": 0},
        {"type": "reasoning.text", "text": "So.", "signature": "t", "format": "anthropic-claude-v1", "index": 1},
        {"type": "reasoning.encrypted", "data": "x", "format": "openai-responses-v1", "id": "rs_1", "index": 2},
        {"type": "reasoning.text", "text": "Ah.", "format": "unknown", "index": 3},
    ]
    message = {"role": "assistant", "content": "Hi", "reasoning_content": "Hm.So.Ah.", "reasoning_details": details}
    assert asked(message).request.messages[0].parts == (
        Thinking(text="Hm.", signature="s.1", origin="anthropic_messages"),
        Thinking(text="So.", signature="t", origin="openrouter:anthropic-claude-v1"),
        Thinking(text="", signature="x", origin="openrouter:openai-responses-v1", redacted=True, id="rs_1"),
        Thinking(text="Ah."),
        Text(text="Hi"),
    )


def test_citations_come_back_with_the_text() -> None:
    page = {"url": "https://example.com", "title": "A page", "start_index": 0, "end_index": 2}
    message = {"role": "assistant", "content": "Hi", "annotations": [{"type": "url_citation", "url_citation": page}]}
    cited = Citation(url="https://example.com", title="A page", start=0, end=2)
    assert asked(message).request.messages[0].parts == (Text(text="Hi", citations=(cited,)),)


def test_calls_that_share_an_id_or_have_none_get_their_own_and_keep_their_results() -> None:
    function = CALL["function"]
    calls = [{"id": name, "type": "function", "function": function} for name in ("", "", "x", "x")]
    results = [
        {"role": "tool", "tool_call_id": name, "content": name + str(at)} for at, name in enumerate(["x", "", "x", ""])
    ]
    messages = asked(HELLO, {"role": "assistant", "tool_calls": calls}, *results).request.messages
    assert [call.id for call in messages[1].parts] == ["call", "call_2", "x", "x_2"]
    answered = {part.call_id: part.parts[0].text for message in messages[2:] for part in message.parts}
    assert answered == {"x": "x0", "call": "1", "x_2": "x2", "call_2": "3"}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"temperature": 3}, "temperature"),
        ({"temperature": "0.7"}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"seed": 1.5}, "seed"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"messages": []}, "messages"),
        ({"messages": "Hello"}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        ({"messages": [HELLO, {"role": "user"}]}, "messages.1.content"),
        ({"messages": [{"role": "assistant"}]}, "messages.0.content"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.tool_call_id"),
        ({"messages": [{"role": "user", "content": [{"type": "smell"}]}]}, "messages.0.content.0.type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc"}}]}]},
            "messages.0.content.0.image_url.url",
        ),
        ({"tools": [{"type": "function"}]}, "tools.0.function"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]}, "tools.0.function.parameters"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": "maybe"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "tool_choice"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"reasoning": {"exclude": "yes"}}, "reasoning.exclude"),
        ({"messages": [HELLO | {"cache_control": {"type": "eternal"}}]}, "messages.0.cache_control.type"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        asked(**parameters)
    assert (refused.value.code, refused.value.field) == ("invalid_request", field)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"{}", b"\xff", b'{"model":1}', b"\xef\xbb\xbf{}"])
def test_what_is_no_chat_request_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        decode_request(body)


PLACES = pytest.mark.parametrize(
    "place",
    [
        b'"novel":%b',
        b'"user":%b',
        b'"tools":[{"type":"function","function":{"name":"f","parameters":{"a":%b}}}]',
        b'"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"a":%b}}}',
    ],
)


def with_json(place: bytes, told: bytes) -> bytes:
    return b'{"model":"m","messages":[{"role":"user","content":"x"}],%b}' % (place % told)


@PLACES
def test_deep_nesting_is_refused(place: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        decode_request(with_json(place, b'{"a":' * 100_000 + b"1" + b"}" * 100_000))


@PLACES
def test_text_that_is_not_utf8_is_refused_wherever_it_hides(place: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        decode_request(with_json(place, b'"\xff"'))


def test_of_duplicate_keys_the_last_counts() -> None:
    body = b'{"model":"a","model":"b","user":1,"user":2,"messages":[{"role":"user","content":"x"}]}'
    request = decode_request(body).request
    assert (request.model, request.extra) == ("b", {"user": 2})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "temperature",
        "stop",
        "n",
        "logprobs",
        "response_format",
        "reasoning",
        "reasoning_effort",
        "fallback_models",
        "functions",
        "user",
        "seed",
        "modalities",
        "max_tokens",
    ]
)


@given(st.dictionaries(FIELDS, JSON | st.just([HELLO]) | st.just("m"), max_size=6))
def test_any_json_is_a_request_or_an_honest_refusal(body: dict[str, Any]) -> None:
    with suppress(InvalidRequestError):
        decode_request(msgspec.json.encode(body))


@given(st.binary(max_size=100))
def test_any_bytes_are_a_request_or_an_honest_refusal(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        decode_request(body)
