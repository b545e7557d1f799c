"""What clients of Google's API may send, and what becomes of it."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wires.requests import PIXEL, PNG

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Document,
    Image,
    JsonSchema,
    Message,
    NamedTool,
    Reasoning,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from chimera.wires.gemini import (
    WHOLE,
    decode_count,
    decode_embedding_request,
    decode_request,
    encode_request,
    forwarded_body,
    original_of,
    without_kept,
)

HI = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}


def decoded(**members: Any) -> Request:
    return decode_request(json.dumps(HI | members).encode(), model="m").request


def config(**members: Any) -> Request:
    return decoded(generationConfig=members)


def tools(*declarations: dict[str, Any], **calling: Any) -> Request:
    return decoded(tools=[{"functionDeclarations": list(declarations)}], toolConfig={"functionCallingConfig": calling})


def beyond(request: Request) -> tuple[str, ...]:
    assert request.original is not None
    return request.original.beyond


def minor(request: Request) -> tuple[str, ...]:
    assert request.original is not None
    return request.original.minor


def test_one_thing_may_stand_for_a_list_and_names_may_be_in_snake_case() -> None:
    body = {
        "contents": {"parts": [{"text": "See"}, {"inline_data": {"mime_type": "image/png", "data": PIXEL}}]},
        "system_instruction": {"parts": {"text": "Be kind."}},
        "tools": {"function_declarations": {"name": "f", "parameters": {"type": "OBJECT", "properties": {"a_b": {}}}}},
        "generation_config": {"max_output_tokens": 5, "top_k": 40.0, "stop_sequences": ["#"]},
    }
    request = decode_request(json.dumps(body).encode(), model="m").request
    assert request.messages == (Message(role="user", parts=(Text(text="See"), Image(url=PNG))),)
    assert request.system == (Text(text="Be kind."),)
    assert json.loads(request.tools[0].parameters) == {"type": "object", "properties": {"a_b": {}}}
    assert (request.sampling.max_output_tokens, request.sampling.top_k, request.sampling.stop) == (5, 40, ("#",))


def test_bytes_in_the_url_safe_alphabet_are_understood() -> None:
    (message,) = decoded(
        contents=[{"parts": [{"inlineData": {"mimeType": "application/pdf", "data": "-_-_AA"}}]}]
    ).messages
    assert message.parts == (Document(url="data:application/pdf;base64,+/+/AA=="),)


def test_calls_without_ids_get_them_and_their_results_find_them_by_name() -> None:
    contents = [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [{"functionCall": {"name": name, "args": {}}} for name in ("f", "g", "f")]},
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "g", "response": {"result": "G"}}},
                {"functionResponse": {"name": "f", "response": {"error": "no"}}},
                {"functionResponse": {"name": "f", "response": {"a": 1}}},
                {"text": "so?"},
            ],
        },
    ]
    _, called, answered, asked = decoded(contents=contents).messages
    assert [part.id for part in called.parts if isinstance(part, ToolCall)] == ["call_1", "call_2", "call_3"]
    assert answered.parts == (
        ToolResult(call_id="call_2", parts=(Text(text="G"),)),
        ToolResult(call_id="call_1", parts=(Text(text="no"),), is_error=True),
        ToolResult(call_id="call_3", parts=(Text(text='{"a":1}'),)),
    )
    assert asked.parts == (Text(text="so?"),)


def test_results_with_ids_find_their_calls_and_may_hold_files() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": PIXEL}}
    contents = [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [{"functionCall": {"id": key, "name": "f", "args": {}}} for key in ("a", "b")]},
        {"role": "user", "parts": [{"functionResponse": {"id": "b", "name": "f", "response": {}, "parts": [picture]}}]},
    ]
    assert decoded(contents=contents).messages[-1].parts == (ToolResult(call_id="b", parts=(Image(url=PNG),)),)


def test_googles_schemas_become_json_schema() -> None:
    schema = {
        "type": "OBJECT",
        "properties": {
            "name": {"type": "STRING", "nullable": True, "maxLength": "9"},
            "list": {"type": "ARRAY", "items": {"anyOf": [{"type": "INTEGER"}, {"type": "NUMBER"}]}, "minItems": "1"},
        },
        "propertyOrdering": ["name", "list"],
        "required": ["name"],
    }
    wanted = config(responseMimeType="application/json", responseSchema=schema).response_format
    assert isinstance(wanted, JsonSchema)
    assert json.loads(wanted.schema) == {
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"], "maxLength": 9},
            "list": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "number"}]}, "minItems": 1},
        },
        "required": ["name"],
    }


def test_json_schemas_stay_as_they_are() -> None:
    body = b'{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseMimeType":"application/json",'
    body += b'"responseJsonSchema":{ "$ref" : "#/$defs/a" }}}'
    assert decode_request(body, model="m").request.response_format == JsonSchema(
        name="answer", schema='{ "$ref" : "#/$defs/a" }'
    )


@pytest.mark.parametrize(
    ("calling", "choice", "left"),
    [
        ({}, "auto", ["f", "g"]),
        ({"mode": "AUTO"}, "auto", ["f", "g"]),
        ({"mode": "VALIDATED"}, "auto", ["f", "g"]),
        ({"mode": "NONE"}, "none", ["f", "g"]),
        ({"mode": "ANY"}, "required", ["f", "g"]),
        ({"mode": "ANY", "allowedFunctionNames": ["g"]}, NamedTool(name="g"), ["f", "g"]),
        ({"mode": "ANY", "allowedFunctionNames": ["g", "f"]}, "required", ["f", "g"]),
    ],
)
def test_the_choice_of_functions_is_understood(calling: dict[str, Any], choice: object, left: list[str]) -> None:
    request = tools({"name": "f"}, {"name": "g"}, **calling)
    assert (request.tool_choice, [tool.name for tool in request.tools]) == (choice, left)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"thinkingLevel": "HIGH"}, Reasoning(effort="high")),
        ({"thinkingBudget": 0}, Reasoning(budget_tokens=0)),
        ({"thinkingBudget": 512, "includeThoughts": True}, Reasoning(budget_tokens=512)),
        ({"thinkingBudget": -1}, Reasoning()),
        ({"includeThoughts": True}, Reasoning()),
        ({"includeThoughts": False}, None),
    ],
)
def test_the_wish_to_think_is_understood(told: dict[str, Any], meant: Reasoning | None) -> None:
    assert config(thinkingConfig=told).reasoning == meant


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"cachedContent": "cachedContents/a"}, "cachedContent"),
        ({"tools": [{"googleSearch": {}}]}, "tools.0.googleSearch"),
        ({"tools": [{"functionDeclarations": []}, {"code_execution": {}}]}, "tools.1.codeExecution"),
        ({"generationConfig": {"candidateCount": 2}}, "generationConfig.candidateCount"),
        ({"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}}, "generationConfig.responseModalities"),
        ({"generationConfig": {"responseMimeType": "text/x.enum"}}, "generationConfig.responseMimeType"),
        ({"generationConfig": {"responseLogprobs": True}}, "generationConfig.responseLogprobs"),
        ({"contents": [{"parts": [{"executableCode": {"code": "1"}}]}]}, "contents.0.parts.0"),
        (
            {"contents": [{"parts": [{"inlineData": {"mimeType": "audio/wav", "data": "AA=="}}]}]},
            "contents.0.parts.0",
        ),
        (
            {"contents": [{"parts": [{"fileData": {"fileUri": "https://youtu.be/x", "mimeType": "video/mp4"}}]}]},
            "contents.0.parts.0",
        ),
    ],
)
def test_what_only_google_can_be_asked_is_named(members: dict[str, Any], path: str) -> None:
    assert beyond(decoded(**members)) == (path,)


def test_what_an_answer_can_do_without_is_named_apart() -> None:
    request = decoded(safetySettings=[], labels={"a": "b"}, generationConfig={"mediaResolution": "LOW", "topP": 1})
    assert (beyond(request), minor(request)) == ((), ("safetySettings", "labels", "generationConfig.mediaResolution"))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "contents"),
        (b'{"contents":[]}', "contents"),
        (b'{"contents":[{"role":"robot","parts":[{"text":"a"}]}]}', "contents.0.role"),
        (b'{"contents":[{"parts":[{"text":7}]}]}', "contents.0.parts.0.text"),
        (b'{"contents":{},"generationConfig":{"temperature":3}}', "generationConfig.temperature"),
        (b'{"contents":[{"parts":{"fileData":{"fileUri":"file:///x"}}}]}', "contents.0.parts.0.fileData.fileUri"),
        (b'{"contents":{},"tools":[{"functionDeclarations":[{}]}]}', "tools.0.functionDeclarations.0"),
        (b"[1]", None),
        (b"{", None),
        (b'{"contents":[{"parts":[{"text":"\xff"}]}]}', None),
        (b'{"contents":' + b"[" * 100_000, None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(body: bytes, field: str | None) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        decode_request(body, model="m")
    assert refused.value.field == field


NAMES = st.sampled_from([
    "contents", "parts", "text", "tools", "functionCall", "args", "generationConfig", "inlineData", "thought_signature",
])  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(ODD)
def test_no_json_does_worse_than_being_refused(value: object) -> None:
    with suppress(InvalidRequestError):
        decode_request(json.dumps(value).encode(), model="m")


def test_forwarded_bodies_are_the_callers_bytes_but_for_our_own_members() -> None:
    body = (
        b'{"contents":[{"parts":[{"text":"a\\u00e9"}]}],"safety_settings":[ 1.50 ],"fallbackModels":["b"],"model":"x"}'
    )
    call = decode_request(body, model="gemini-2.5-flash", operation=WHOLE)
    assert call.fallback_models == ("b",)
    original = original_of(call.request)
    assert original is not None
    assert forwarded_body(original) == b'{"contents":[{"parts":[{"text":"a\\u00e9"}]}],"safety_settings":[ 1.50 ]}'


def test_calls_of_another_model_in_the_running_turn_are_not_forwarded_where_they_would_be_refused() -> None:
    called = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}
    answered = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {}}}]}
    running = [*HI["contents"], called, answered]
    for contents, model, forwarded in (
        (running, "gemini-3.5-flash", False),
        (running, "gemini-2.5-flash", True),
        ([*running, *HI["contents"]], "gemini-3.5-flash", True),
    ):
        request = decode_request(json.dumps({"contents": contents}).encode(), model=model).request
        assert (original_of(request) is not None) is forwarded


def test_texts_to_embed_are_read_and_relayed_with_the_models_name_wherever_it_must_stand() -> None:
    one = {
        "content": {"parts": [{"text": "a"}, {"text": "b"}]},
        "taskType": "RETRIEVAL_QUERY",
        "outputDimensionality": 8,
    }
    asked = decode_embedding_request(json.dumps(one).encode(), model="x/y", operation="embedContent")
    assert (asked.request.texts, asked.request.dimensions, asked.lost) == (("a\nb",), 8, ("taskType",))
    assert json.loads(asked.relayed.body) == {"model": "models/x/y", **one}
    batch = {"requests": [one | {"model": "models/other"}, one]}
    asked = decode_embedding_request(json.dumps(batch).encode(), model="z", operation="batchEmbedContents")
    assert asked.request.texts == ("a\nb", "a\nb")
    assert json.loads(asked.relayed.body) == {"requests": [{"model": "models/z", **one}] * 2}


@pytest.mark.parametrize(
    "body",
    [
        {"content": {"parts": []}},
        {"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": ""}}]}},
        {"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 0},
        {},
    ],
)
def test_what_cannot_be_embedded_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        decode_embedding_request(json.dumps(body).encode(), model="m", operation="embedContent")


@pytest.mark.parametrize("body", [HI, {"generateContentRequest": HI | {"model": "models/other"}}])
def test_a_count_is_relayed_as_a_whole_request(body: dict[str, Any]) -> None:
    asked = decode_count(json.dumps(body).encode(), model="m")
    assert asked.request.messages[0].parts == (Text(text="Hi"),)
    assert json.loads(asked.relayed.body) == {"generateContentRequest": {"model": "models/m", **HI}}


def test_what_is_not_forwarded_to_google_keeps_what_only_google_understands() -> None:
    request = decoded(safety_settings=[{"category": "x"}], unheardOf=1)
    assert json.loads(encode_request(request).to_json())["safetySettings"] == [{"category": "x"}]
    assert minor(without_kept(request)) == ("unheardOf",)
