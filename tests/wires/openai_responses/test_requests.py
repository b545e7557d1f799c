"""What clients of the Responses API send, the official agents among them, as our request."""

import re
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wires.decoding import spoilt

from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.llm import (
    Document,
    Image,
    JsonSchema,
    Message,
    NamedTool,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    UntranslatableError,
)
from chimera.wires.encoded import Encoded
from chimera.wires.openai_responses import (
    WIRE,
    ResponsesCall,
    answered,
    decode_request,
    encode_request,
    head_of,
    resolved,
    with_history,
)
from chimera.wires.openai_responses.tools import Form
from chimera.wires.originals import told
from chimera.wires.signatures import signed_id

FUNCTION = {"type": "function", "name": "f", "parameters": {"type": "object"}}
PATCH = {
    "type": "custom",
    "name": "apply_patch",
    "description": "Edit files",
    "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/s"},
}
SERVER = {"type": "namespace", "name": "mcp__docs__", "description": "Docs", "tools": [{**FUNCTION, "name": "search"}]}


def asked(input: object = "hi", **members: object) -> ResponsesCall:
    return decode_request(msgspec.json.encode({"model": "m", "input": input, **members}))


def original(call: ResponsesCall) -> Any:
    assert call.request.original is not None
    return call.request.original


def said(call: ResponsesCall) -> list[Message]:
    return list(call.request.messages)


def test_a_text_is_a_message_of_the_user() -> None:
    call = asked("hi", instructions="Be kind.")
    assert said(call) == [Message(role="user", parts=(Text(text="hi"),))]
    assert call.request.system == (Text(text="Be kind."),)
    (item,) = call.items
    assert item["content"] == [{"type": "input_text", "text": "hi"}]
    assert item["id"].startswith("msg_")


def test_what_the_assistant_did_between_two_others_is_one_message() -> None:
    call = asked([
        {"role": "user", "content": "hi"},
        {"type": "reasoning", "id": "rs_1", "summary": [{"text": "Hm"}], "encrypted_content": "e"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Wait"}]},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": [{"type": "input_text", "text": "sunny"}]},
    ])  # fmt: skip
    assert said(call)[1:] == [
        Message(
            role="assistant",
            parts=(
                Thinking(text="Hm", signature="e", origin=WIRE, id="rs_1"),
                Text(text="Wait"),
                ToolCall(id="a", name="f", arguments="{}"),
            ),
        ),
        Message(role="tool", parts=(ToolResult(call_id="a", parts=(Text(text="sunny"),)),)),
    ]


def test_leading_rules_are_instructions_and_later_ones_stay_where_they_are() -> None:
    call = asked([
        {"role": "developer", "content": "First"},
        {"role": "user", "content": "hi"},
        {"role": "system", "content": "Later"},
    ])  # fmt: skip
    assert call.request.system == (Text(text="First"),)
    assert [message.role for message in said(call)] == ["user", "system"]


def test_pictures_and_files_come_by_link_or_as_data() -> None:
    content = [
        {"type": "input_image", "image_url": "https://e.org/a.png"},
        {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERg==", "filename": "a.pdf"},
        {"type": "input_file", "file_url": "https://e.org/b.pdf"},
    ]
    (message,) = said(asked([{"role": "user", "content": content}]))
    assert message.parts == (
        Image(url="https://e.org/a.png"),
        Document(url="data:application/pdf;base64,JVBERg==", name="a.pdf"),
        Document(url="https://e.org/b.pdf"),
    )


def test_a_custom_tool_becomes_a_function_with_one_text() -> None:
    call = asked(tools=[PATCH], tool_choice={"type": "custom", "name": "apply_patch"})
    (tool,) = call.request.tools
    assert msgspec.json.decode(tool.parameters)["required"] == ["input"]
    assert "start: /.+/s" in tool.description
    assert call.request.tool_choice == NamedTool(name="apply_patch")
    assert call.forms == {"apply_patch": Form(name="apply_patch", custom=True)}
    assert original(call).beyond == original(call).minor == ()


def test_calls_of_custom_tools_come_back_as_calls_of_that_function() -> None:
    call = asked([
        {"type": "custom_tool_call", "call_id": "a", "name": "apply_patch", "input": "*** Begin"},
        {"type": "custom_tool_call_output", "call_id": "a", "output": "Done"},
    ])  # fmt: skip
    assert said(call)[0].parts == (ToolCall(id="a", name="apply_patch", arguments='{"input":"*** Begin"}'),)
    assert said(call)[1].parts == (ToolResult(call_id="a", parts=(Text(text="Done"),)),)


def test_the_tools_of_a_namespace_bear_its_name_and_lose_it_on_their_way_back() -> None:
    earlier = {"type": "function_call", "call_id": "a", "namespace": "mcp__docs__", "name": "search", "arguments": "{}"}
    call = asked([{"role": "user", "content": "hi"}, earlier], tools=[SERVER])
    assert [tool.name for tool in call.request.tools] == ["mcp__docs__search"]
    assert said(call)[1].parts == (ToolCall(id="a", name="mcp__docs__search", arguments="{}"),)
    head = head_of(call, id="resp_1", created_at=1, model="m")
    assert head.forms == {"mcp__docs__search": Form(name="search", namespace="mcp__docs__")}


def test_the_namespace_of_all_functions_gives_no_name_but_is_named_on_the_way_back() -> None:
    call = asked(tools=[{**SERVER, "name": "functions"}])
    assert [tool.name for tool in call.request.tools] == ["search"]
    assert call.forms == {"search": Form(name="search", namespace="functions")}


def test_long_names_are_cut_to_what_providers_take_and_stay_apart() -> None:
    inner = [{**FUNCTION, "name": "a" * 60 + end} for end in "xy"]
    call = asked(tools=[{**SERVER, "tools": inner}])
    first, second = (tool.name for tool in call.request.tools)
    assert (len(first), len(second)) == (64, 64)
    assert first != second
    assert [form.name[-1] for form in call.forms.values()] == ["x", "y"]


@pytest.mark.parametrize("kind", ["web_search", "file_search", "mcp", "local_shell", "image_generation", "tool_search"])
def test_what_only_openai_can_run_is_left_out_for_others_and_named(kind: str) -> None:
    call = asked(tools=[FUNCTION, {"type": kind}])
    assert [tool.name for tool in call.request.tools] == ["f"]
    assert (original(call).beyond, original(call).minor) == ((), ("tools.1",))
    assert told(Encoded(body={}), call.request, provider="p").lost == ("tools.1",)


@pytest.mark.parametrize(
    ("choice", "tools"),
    [({"type": "web_search"}, [FUNCTION, {"type": "web_search"}]), ("required", [{"type": "web_search"}])],
)
def test_what_only_openai_can_run_cannot_be_forced_on_others(choice: object, tools: list[object]) -> None:
    call = asked(tools=tools, tool_choice=choice)
    assert original(call).beyond == ("tool_choice",)
    with pytest.raises(UntranslatableError):
        told(Encoded(body={}), call.request, provider="p")


def test_only_the_tools_that_are_allowed_are_offered() -> None:
    allowed = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}
    call = asked(tools=[FUNCTION, PATCH], tool_choice=allowed)
    assert ([tool.name for tool in call.request.tools], call.request.tool_choice) == (["f"], "required")


def test_tools_may_come_as_an_item() -> None:
    more = {"type": "additional_tools", "role": "developer", "tools": [PATCH]}
    call = asked([more, {"role": "user", "content": "hi"}], tools=[FUNCTION])
    assert [tool.name for tool in call.request.tools] == ["f", "apply_patch"]


@pytest.mark.parametrize(
    ("members", "beyond"),
    [
        ({"top_logprobs": 3}, ("top_logprobs",)),
        ({"include": ["message.output_text.logprobs"]}, ("include",)),
        ({"moderation": {"model": "m"}}, ("moderation",)),
        ({"input": [{"type": "compaction", "encrypted_content": "e"}]}, ("input.0",)),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, ("input.0",)),
        ({"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]}, ("input.0.content.0",)),
        ({"input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, ("input.0.content.0",)),
    ],
)
def test_what_no_translation_can_give_is_named(members: dict[str, object], beyond: tuple[str, ...]) -> None:
    assert original(asked(**members)).beyond == beyond  # type: ignore[arg-type]  # `input` is among the members


@pytest.mark.parametrize(
    ("members", "minor"),
    [
        ({"prompt_cache_key": "k", "client_metadata": {"a": "b"}}, ("prompt_cache_key", "client_metadata")),
        ({"truncation": "auto", "service_tier": "flex", "user": "u"}, ("truncation", "service_tier", "user")),
        ({"truncation": "disabled", "service_tier": "auto", "user": None, "metadata": {"a": "b"}}, ()),
        ({"include": ["reasoning.encrypted_content"], "store": False, "stream_options": {}}, ()),
        ({"input": [{"role": "user", "content": "hi"}, {"type": "web_search_call", "id": "ws_1"}]}, ("input.1",)),
        ({"input": [{"role": "assistant", "content": "hi", "phase": "commentary"}]}, ("input.0.phase",)),
    ],
)
def test_what_an_answer_can_do_without_is_named_too(members: dict[str, object], minor: tuple[str, ...]) -> None:
    call = asked(**members)  # type: ignore[arg-type]  # `input` is among the members
    assert (original(call).beyond, original(call).minor) == ((), minor)


def test_the_callers_own_bytes_are_kept_without_what_is_ours() -> None:
    body = (
        b'{"model":"m","input":[ {"role":"user","content":"h\\u0069"} ],"store":true,"background":false,"top_p":0.70}'
    )
    fields = original(decode_request(body)).fields
    assert fields.keys() == {"model", "input", "top_p"}
    assert bytes(fields["input"]) == b'[ {"role":"user","content":"h\\u0069"} ]'
    assert bytes(fields["top_p"]) == b"0.70"


def test_earlier_items_come_before_the_calls_own_and_without_ids_that_nobody_knows() -> None:
    call = asked("and now?", previous_response_id="resp_0", tools=[FUNCTION])
    earlier = [
        {"type": "message", "role": "user", "content": "hi", "id": "msg_1"},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"},
        {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "id": "fco_1", "call_id": "a", "output": "sunny"},
    ]
    whole = with_history(call, earlier)
    assert [message.role for message in said(whole)] == ["user", "assistant", "tool", "user"]
    sent = msgspec.json.decode(original(whole).fields["input"])
    assert [item.get("id") for item in sent] == [None, "rs_1", None, None, None]
    assert (whole.items, whole.previous_response_id) == (call.items, "resp_0")
    assert "previous_response_id" not in original(whole).fields


@pytest.mark.parametrize("reference", [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_1"}])
def test_items_that_are_referred_to_are_put_in(reference: dict[str, object]) -> None:
    call = asked([reference, {"role": "user", "content": "hi"}])
    assert call.references == ("msg_1",)
    kept = {"type": "message", "role": "assistant", "id": "msg_1", "content": [{"type": "output_text", "text": "yo"}]}
    found = resolved(call, {"msg_1": kept})
    assert [message.role for message in said(found)] == ["assistant", "user"]
    assert (found.references, original(found).beyond) == ((), ())
    assert said(with_history(found, [kept]))[0].parts == (Text(text="yo"), Text(text="yo"))
    with pytest.raises(InvalidRequestError) as refused:
        resolved(call, {})
    assert refused.value.field == "input.0.id"


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"model": None}, "model"),
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": [{"role": "user"}]}, "input.0"),
        ({"input": [{"role": "nobody", "content": "hi"}]}, "input.0.role"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, "input.0.content.0"),
        ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "a.png"}]}]},
         "input.0.content.0.image_url"),
        ({"input": [{"type": "function_call", "name": "f"}]}, "input.0"),
        ({"tools": [{"type": "function"}]}, "tools.0"),
        ({"tools": [{"type": "function", "name": "f", "parameters": []}]}, "tools.0.parameters"),
        ({"tools": [{**SERVER, "tools": [{"type": "function"}]}]}, "tools.0.tools.0"),
        ({"tool_choice": "sometimes"}, "tool_choice"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "name": "g"}}, "tool_choice"),
        ({"temperature": 3}, "temperature"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"text": {"format": {"type": "json_schema", "name": "n"}}}, "text.format"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_with_its_place(members: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        asked(**members)  # type: ignore[arg-type]  # `input` is among the members
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["conversation", "prompt"])
def test_what_is_kept_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedParameterError) as refused:
        asked(**{name: {"id": "x"}})
    assert refused.value.field == name


def test_reasoning_of_other_wires_comes_back_to_them_alone() -> None:
    """What an answer of Claude's or Gemini's showed is theirs again when the client sends it."""
    thoughts = (
        Thinking(text="Hm", signature="proof", origin="anthropic_messages"),
        Thinking(text="", signature="secret", origin="anthropic_messages", redacted=True),
        Thinking(text="", signature="shown to nobody", origin="anthropic_messages"),
        Thinking(text="aloud"),
    )
    call = ToolCall(id="a", name="f", arguments="{}", signature="gemini's")
    request = asked().request
    answer = Message(role="assistant", parts=(*thoughts, call))
    items = answered(head_of(asked(), id="r", created_at=1, model="m"), _Folded(answer.parts))["output"]  # type: ignore[arg-type]  # as much of an answer as is read
    again = asked([{"role": "user", "content": "hi"}, *items])
    assert said(again)[1] == answer
    encoded = encode_request(msgspec.structs.replace(request, messages=(answer,)))
    assert [item["type"] for item in encoded.body["input"]] == ["function_call"]
    assert encoded.lost == ("messages.thinking", "messages.tool_call.signature")
    assert items[-1]["call_id"] == signed_id("a", "gemini's")


class _Folded:
    """An answer of given parts."""

    usage = None
    reason = None

    def __init__(self, parts: tuple[object, ...]) -> None:
        self.parts = parts


def test_a_schema_and_a_verbosity_are_understood() -> None:
    text = {
        "format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True},
        "verbosity": "low",
    }
    request = asked(text=text).request
    assert request.response_format == JsonSchema(name="n", schema='{"type":"object"}', strict=True)
    assert request.extra == {"verbosity": "low"}


GOOD = msgspec.json.encode({
    "model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "chimera.x.y"},
    {"type": "function_call", "call_id": "a__sig__YQ", "name": "f", "arguments": "{}"}],
    "tools": [FUNCTION, PATCH, SERVER], "tool_choice": {"type": "function", "name": "f"}, "text": {"verbosity": "low"},
})  # fmt: skip


@settings(max_examples=150)
@given(spoilt(GOOD) | st.binary(max_size=40))
def test_no_body_does_more_than_be_refused(body: bytes) -> None:
    with suppress(InvalidRequestError):
        decode_request(body)


def test_thoughts_that_nothing_follows_are_left_out() -> None:
    """Of an answer that was cut while the model thought; OpenAI refuses them."""
    thought = Thinking(text="Hm", signature="e", origin=WIRE, id="rs_1")
    messages = (Message(role="assistant", parts=(Text(text="Hi"), thought)), *said(asked()))
    encoded = encode_request(msgspec.structs.replace(asked().request, messages=messages))
    assert [item["type"] for item in encoded.body["input"]] == ["message", "message"]
    assert encoded.lost == ("messages.thinking",)
    kept = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"}
    whole = with_history(asked("Go on", previous_response_id="r"), [{"role": "user", "content": "hi"}, kept])
    assert len(msgspec.json.decode(original(whole).fields["input"])) == 2


def test_names_and_ids_that_openai_does_not_take_are_fitted() -> None:
    call = ToolCall(id="c" * 60, name="über/f", arguments="{}")
    result = ToolResult(call_id="c" * 60, parts=(Text(text="ok"),))
    messages = (Message(role="assistant", parts=(call,)), Message(role="tool", parts=(result,)))
    tools = (Tool(name="über/f"),)
    request = msgspec.structs.replace(
        asked().request, messages=messages, tools=tools, tool_choice=NamedTool(name="über/f")
    )
    body = encode_request(request).body
    called, answered_with = body["input"]
    assert called["call_id"] == answered_with["call_id"]
    assert len(called["call_id"]) <= 40
    assert called["name"] == body["tools"][0]["name"] == body["tool_choice"]["name"]
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", called["name"])


def test_a_mark_to_cache_up_to_here_is_understood_and_named_where_it_is_not_sent() -> None:
    mark = {"type": "input_text", "text": "hi", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}
    call = asked([{"role": "user", "content": [mark, {**mark, "prompt_cache_breakpoint": {"mode": "explicit"}}]}])
    assert said(call)[0].parts == (Text(text="hi", cache="1h"), Text(text="hi", cache="5m"))
    assert encode_request(call.request).lost == ("cache",)


def test_documents_to_be_cited_are_sent_without_saying_so() -> None:
    document = Document(url="https://e.org/a.pdf", citable=True, context="From a friend")
    request = msgspec.structs.replace(asked().request, messages=(Message(role="user", parts=(document,)),))
    assert encode_request(request).lost == ("messages.document.citations", "messages.document.context")
