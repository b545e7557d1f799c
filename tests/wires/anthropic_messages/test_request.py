"""Requests as Anthropic takes them."""

import re
from typing import Any

import anthropic.types as sdk
import pytest
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from hypothesis import given, settings
from pydantic import TypeAdapter
from tests.wires.requests import FOREIGN, PDF, PIXEL, PNG, WEATHER, ask, requests, result, turn, user

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Document,
    Image,
    JsonObject,
    JsonSchema,
    Message,
    NamedTool,
    Reasoning,
    Request,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    data_url,
)
from chimera.wires.anthropic_messages import encode_request

SONNET, HAIKU, OPUS, FABLE = "claude-sonnet-5-5", "claude-haiku-4-5", "claude-opus-4-8", "claude-fable-5-2"
PLAIN_ID = re.compile(r"[a-zA-Z0-9_-]+")

_BODY = TypeAdapter(MessageCreateParamsStreaming)
_MESSAGE = TypeAdapter(sdk.MessageParam)
_BLOCK = TypeAdapter(sdk.ContentBlockParam)
_TOOL = TypeAdapter(sdk.ToolParam)


def body(request: Request) -> dict[str, Any]:
    return encode_request(request).body


def content(request: Request, index: int = -1) -> list[dict[str, Any]]:
    blocks = body(request)["messages"][index]["content"]
    assert isinstance(blocks, list)
    return blocks


def test_a_plain_question_streams_and_names_the_limit_that_the_wire_demands() -> None:
    assert body(ask("Hi", model=SONNET, system=(Text(text="Be kind."), Text(text="")))) == {
        "model": SONNET,
        "max_tokens": 32_000,
        "stream": True,
        "system": [{"type": "text", "text": "Be kind."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    }


def test_an_imitator_gets_a_small_limit_and_a_given_limit_is_kept() -> None:
    assert body(ask(model="kimi-k3"))["max_tokens"] == 4096
    assert body(ask(model=SONNET, sampling=Sampling(max_output_tokens=7)))["max_tokens"] == 7


def test_the_same_request_gives_the_same_bytes() -> None:
    request = ask("Hi", tools=(WEATHER,), reasoning=Reasoning(effort="high"))
    assert encode_request(request).to_json() == encode_request(request).to_json()


def test_neighbours_of_one_role_become_one_message() -> None:
    request = ask(model=SONNET, messages=(user("a"), user("b"), turn(Text(text="c")), turn(Text(text="d")), user("e")))
    assert [(m["role"], len(m["content"])) for m in body(request)["messages"]] == [
        ("user", 2), ("assistant", 2), ("user", 1),
    ]  # fmt: skip


def test_the_user_begins_and_empty_texts_are_left_out() -> None:
    request = ask(messages=(turn(Text(text="Hello!")), Message(role="user", parts=(Text(text=" "), Text(text="Hi")))))
    opening, greeting, answer = body(request)["messages"]
    assert (opening["role"], greeting["role"]) == ("user", "assistant")
    assert answer["content"] == [{"type": "text", "text": "Hi"}]
    assert body(ask(messages=()))["messages"][0]["role"] == "user"


def test_a_later_instruction_becomes_marked_text_of_the_user() -> None:
    later = Message(role="system", parts=(Text(text="Now in French."),))
    assert content(ask(messages=(user("a"), turn(Text(text="b")), later)))[0]["text"] == (
        "<system_instruction>\nNow in French.\n</system_instruction>"
    )


def test_a_prefill_loses_its_trailing_space_which_the_api_refuses() -> None:
    assert content(ask(messages=(user("a"), turn(Text(text="The answer is ")))))[0]["text"] == "The answer is"


def test_results_of_one_turn_stand_first_in_one_message() -> None:
    both = (ToolCall(id="a", name="f", arguments='{"x": 1}'), ToolCall(id="b", name="g", arguments=""))
    request = ask(messages=(user("go"), turn(*both), result("b", "two"), result("a", is_error=True), user("and?")))
    assert content(request, 1) == [
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
        {"type": "tool_use", "id": "b", "name": "g", "input": {}},
    ]
    assert content(request) == [
        {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "sunny"}], "is_error": True},
        {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "two"}]},
        {"type": "text", "text": "and?"},
    ]


def test_a_result_carries_its_images() -> None:
    seen = ToolResult(call_id="a", parts=(Text(text="a map"), Image(url=PNG)))
    call = ToolCall(id="a", name="f", arguments="{}")
    blocks = content(ask(messages=(user("go"), turn(call), Message(role="tool", parts=(seen,)))))
    assert [inner["type"] for inner in blocks[0]["content"]] == ["text", "image"]


def test_a_call_without_result_and_a_result_without_call_are_mended() -> None:
    request = ask(messages=(user("go"), turn(ToolCall(id="a", name="f", arguments="{}")), result("lost"), user("so?")))
    answer, *told = content(request)
    assert (answer["tool_use_id"], answer["is_error"]) == ("a", True)
    assert [block["type"] for block in told] == ["text", "text", "text"]
    assert told[1]["text"] == "sunny"


@pytest.mark.parametrize("call_id", ["call:1/é", "", "a b", "functions.get:0"])
def test_a_strange_call_id_becomes_a_plain_one_for_call_and_result(call_id: str) -> None:
    request = ask(messages=(user("go"), turn(ToolCall(id=call_id, name="f", arguments="{}")), result(call_id)))
    called, answered = content(request, 1)[0]["id"], content(request)[0]["tool_use_id"]
    assert called == answered
    assert PLAIN_ID.fullmatch(called)


def test_strange_ids_that_differ_stay_different() -> None:
    calls = (ToolCall(id="a:1", name="f", arguments="{}"), ToolCall(id="a/1", name="f", arguments="{}"))
    first, second = content(ask(messages=(user("go"), turn(*calls))), 1)
    assert first["id"] != second["id"]


def test_arguments_that_are_no_object_are_still_an_object() -> None:
    calls = tuple(ToolCall(id=str(n), name="f", arguments=text) for n, text in enumerate(("[1]", "{broken", "")))
    assert [block["input"] for block in content(ask(messages=(user("go"), turn(*calls))), 1)] == [
        {"value": [1]}, {"invalid_json": "{broken"}, {},
    ]  # fmt: skip


def test_images_go_by_value_or_by_address() -> None:
    blocks = content(ask("See", Image(url=PNG), Image(url="https://example.com/cat.jpg")))
    assert blocks[1]["source"] == {"type": "base64", "media_type": "image/png", "data": PIXEL}
    assert blocks[2]["source"] == {"type": "url", "url": "https://example.com/cat.jpg"}


def test_documents_are_pdf_or_text() -> None:
    text = data_url("text/markdown", "IyBIaQ==")
    blocks = content(
        ask(Document(url=PDF, name="a.pdf"), Document(url=text), Document(url="https://example.com/b.pdf"))
    )
    assert (blocks[0]["title"], blocks[0]["source"]["media_type"]) == ("a.pdf", "application/pdf")
    assert blocks[1]["source"] == {"type": "text", "media_type": "text/plain", "data": "# Hi"}
    assert blocks[2]["source"] == {"type": "url", "url": "https://example.com/b.pdf"}


@pytest.mark.parametrize(
    "part",
    [
        Image(url=data_url("image/tiff", PIXEL)),
        Image(url="file:///etc/passwd"),
        Document(url=data_url("application/zip", PIXEL)),
        Document(url=data_url("text/plain", "%%%")),
        Document(url="ftp://example.com/a"),
    ],
)
def test_what_anthropic_cannot_read_is_refused(part: Image | Document) -> None:
    with pytest.raises(InvalidRequestError):
        body(ask(part))


def test_an_image_of_the_assistant_is_lost_aloud() -> None:
    encoded = encode_request(ask(messages=(user("draw"), turn(Text(text="Here."), Image(url=PNG)), user("thanks"))))
    assert encoded.lost == ("messages.image",)
    assert encoded.body["messages"][1]["content"] == [{"type": "text", "text": "Here."}]


def test_own_thinking_goes_back_and_foreign_thinking_does_not() -> None:
    own = Thinking(text="hm", signature="EqQB", origin="anthropic_messages")
    hidden = Thinking(text="", signature="Enc0", origin="anthropic_messages", redacted=True)
    foreign = Thinking(text="psst", signature=FOREIGN, origin="gemini")
    unsigned = Thinking(text="aha", origin="anthropic_messages")
    assert content(ask(messages=(user("a"), turn(own, hidden, foreign, unsigned, Text(text="b")), user("c"))), 1) == [
        {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "Enc0"},
        {"type": "text", "text": "b"},
    ]


def test_what_others_signed_stays_here_and_the_loss_is_told() -> None:
    call = ToolCall(id="a", name="f", arguments="{}", signature=FOREIGN)
    thinking = Thinking(text="psst", signature=FOREIGN, origin="gemini")
    encoded = encode_request(ask(messages=(user("go"), turn(thinking, call), result("a"))))
    assert FOREIGN.encode() not in encoded.to_json()
    assert encoded.lost == ("messages.thinking", "messages.tool_call.signature")


@pytest.mark.parametrize(
    ("choice", "parallel", "sent"),
    [
        ("auto", None, None),
        ("auto", True, None),
        ("auto", False, {"type": "auto", "disable_parallel_tool_use": True}),
        ("required", None, {"type": "any"}),
        ("none", False, {"type": "none"}),
        (
            NamedTool(name="get_weather"),
            False,
            {"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True},
        ),
    ],
)
def test_the_choice_of_tools_is_translated(choice: object, parallel: bool | None, sent: object) -> None:
    encoded = body(ask(model=SONNET, tools=(WEATHER,), tool_choice=choice, parallel_tools=parallel))
    assert encoded.get("tool_choice") == sent
    assert encoded["tools"][0]["input_schema"]["required"] == ["city"]


def test_a_strict_tool_has_its_objects_closed() -> None:
    tool = body(ask(tools=(Tool(name="f", parameters=WEATHER.parameters, strict=True),)))["tools"][0]
    assert tool["strict"] is True
    assert tool["input_schema"]["additionalProperties"] is False


def test_a_tool_whose_schema_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        body(ask(tools=(Tool(name="f", parameters="[]"),)))
    assert refused.value.field == "tools.f.parameters"


def test_structured_output_is_native_and_unenforceable_constraints_become_words() -> None:
    schema = '{"type":"object","properties":{"age":{"type":"integer","minimum":3}},"required":["age"]}'
    encoded = encode_request(ask(model=SONNET, response_format=JsonSchema(name="x", schema=schema)))
    assert encoded.lost == ()
    assert encoded.body["output_config"]["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {"age": {"type": "integer", "description": "(minimum: 3)"}},
            "required": ["age"],
            "additionalProperties": False,
        },
    }


def test_a_map_with_free_keys_cannot_be_enforced_and_the_loss_is_told() -> None:
    free = '{"type":"object","properties":{"counts":{"type":"object","additionalProperties":{"type":"integer"}}}}'
    encoded = encode_request(ask(model=SONNET, response_format=JsonSchema(name="x", schema=free)))
    assert ("output_config" in encoded.body, encoded.lost) == (False, ("response_format",))
    assert free in encoded.body["system"][-1]["text"]
    encoded = encode_request(ask(model=SONNET, tools=(Tool(name="f", parameters=free, strict=True),)))
    assert ("strict" in encoded.body["tools"][0], encoded.lost) == (False, ("tools.strict",))


def test_a_model_without_native_schemas_is_asked_in_words() -> None:
    wanted = JsonSchema(name="x", schema=WEATHER.parameters)
    encoded = encode_request(ask(model="claude-opus-4-1", response_format=wanted))
    assert ("output_config" in encoded.body, encoded.lost) == (False, ("response_format",))


def test_a_stop_of_white_space_is_lost_aloud_as_the_api_refuses_it() -> None:
    encoded = encode_request(ask(model=SONNET, sampling=Sampling(stop=("\n\n", "###"))))
    assert (encoded.body["stop_sequences"], encoded.lost) == (["###"], ("stop",))


def test_json_without_a_schema_is_asked_for_in_words_and_said_to_be_lost() -> None:
    encoded = encode_request(ask(model=SONNET, response_format=JsonObject()))
    assert encoded.lost == ("response_format",)
    assert "JSON object" in encoded.body["system"][-1]["text"]


def test_old_models_take_sampling_and_a_temperature_above_their_range_is_clamped_aloud() -> None:
    encoded = encode_request(ask(model=HAIKU, sampling=Sampling(temperature=1.5, top_k=4, stop=("###",))))
    assert (encoded.body["temperature"], encoded.body["top_k"], encoded.body["stop_sequences"]) == (1.0, 4, ["###"])
    assert encoded.lost == ("temperature",)
    assert encode_request(ask(model=HAIKU, sampling=Sampling(temperature=0.7))).lost == ()


def test_old_models_take_temperature_or_top_p() -> None:
    encoded = encode_request(ask(model=HAIKU, sampling=Sampling(temperature=0.5, top_p=0.9)))
    assert ("top_p" in encoded.body, encoded.lost) == (False, ("top_p",))
    assert body(ask(model=HAIKU, sampling=Sampling(top_p=0.9)))["top_p"] == 0.9


def test_new_models_take_no_sampling_and_the_loss_is_told() -> None:
    sampling = Sampling(temperature=0.5, top_p=0.9, top_k=3, seed=1, presence_penalty=1, frequency_penalty=0)
    encoded = encode_request(ask(model=SONNET, sampling=sampling, extra={"logit_bias": {}}))
    assert encoded.lost == (
        "temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty", "extra.logit_bias",
    )  # fmt: skip
    assert not {"temperature", "top_p", "top_k"} & set(encoded.body)


@pytest.mark.parametrize(
    ("model", "reasoning", "thinking", "effort"),
    [
        (SONNET, Reasoning(effort="high"), {"type": "adaptive", "display": "summarized"}, "high"),
        (SONNET, Reasoning(effort="minimal"), {"type": "adaptive", "display": "summarized"}, "low"),
        (SONNET, Reasoning(budget_tokens=8000), {"type": "adaptive", "display": "summarized"}, "medium"),
        (SONNET, Reasoning(effort="none"), {"type": "disabled"}, None),
        (OPUS, Reasoning(effort="none"), None, None),
        (FABLE, Reasoning(effort="none"), None, "low"),
        ("claude-sonnet-4-6", Reasoning(effort="xhigh"), {"type": "adaptive", "display": "summarized"}, "high"),
        (HAIKU, Reasoning(budget_tokens=2000), {"type": "enabled", "budget_tokens": 2000}, None),
        (HAIKU, Reasoning(effort="low"), {"type": "enabled", "budget_tokens": 4096}, None),
        (HAIKU, Reasoning(effort="none"), None, None),
    ],
)
def test_thinking_is_asked_for_in_the_words_of_the_model(
    model: str, reasoning: Reasoning, thinking: object, effort: str | None
) -> None:
    encoded = body(ask(model=model, reasoning=reasoning))
    assert encoded.get("thinking") == thinking
    assert encoded.get("output_config", {}).get("effort") == effort


def test_a_budget_stays_below_the_limit_and_a_limit_without_room_loses_it() -> None:
    tight = ask(model=HAIKU, reasoning=Reasoning(budget_tokens=9000), sampling=Sampling(max_output_tokens=2000))
    assert body(tight)["thinking"]["budget_tokens"] == 1999
    tighter = encode_request(
        ask(model=HAIKU, reasoning=Reasoning(effort="high"), sampling=Sampling(max_output_tokens=500))
    )
    assert ("thinking" in tighter.body, tighter.lost) == (False, ("reasoning_effort",))
    roomy = body(ask(model=HAIKU, reasoning=Reasoning(budget_tokens=60_000)))
    assert roomy["max_tokens"] > roomy["thinking"]["budget_tokens"] == 60_000


def test_thinking_gives_way_to_a_forced_tool_and_sampling_to_thinking() -> None:
    forced = ask(model=SONNET, tools=(WEATHER,), tool_choice="required", reasoning=Reasoning(effort="high"))
    assert ("thinking" in body(forced), encode_request(forced).lost) == (False, ("reasoning_effort",))
    thinking = encode_request(ask(model=HAIKU, reasoning=Reasoning(effort="low"), sampling=Sampling(temperature=0.2)))
    assert ("temperature" in thinking.body, thinking.lost) == (False, ("temperature",))


def test_a_budget_is_not_asked_for_after_a_call_that_was_made_without_thinking() -> None:
    messages = (user("go"), turn(ToolCall(id="a", name="f", arguments="{}")), result("a"))
    encoded = encode_request(ask(model=HAIKU, messages=messages, reasoning=Reasoning(effort="low")))
    assert ("thinking" in encoded.body, encoded.lost) == (False, ("reasoning_effort",))


@settings(deadline=None, max_examples=60)
@given(requests([SONNET, HAIKU, OPUS, FABLE, "claude-opus-4-1", "kimi-k3"]))
def test_every_request_is_one_that_the_sdk_would_send(request_: Request) -> None:
    encoded = encode_request(request_)
    assert FOREIGN.encode() not in encoded.to_json()
    _BODY.validate_python(encoded.body)
    for tool in encoded.body.get("tools", ()):
        _TOOL.validate_python(tool)
    roles = [message["role"] for message in encoded.body["messages"]]
    assert roles == [("user", "assistant")[index % 2] for index in range(len(roles))], "roles in turns, the user first"
    open_calls: list[str] = []
    for message in encoded.body["messages"]:
        _MESSAGE.validate_python(message)
        for block in message["content"]:
            _BLOCK.validate_python(block)
        answered = [block["tool_use_id"] for block in message["content"] if block["type"] == "tool_result"]
        assert answered == open_calls, "every call is answered in the next message, and nothing else"
        open_calls = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
        assert all(PLAIN_ID.fullmatch(call) for call in open_calls)
    assert not open_calls
