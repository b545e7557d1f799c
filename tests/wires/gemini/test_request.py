"""Requests as Gemini takes them."""

from typing import Any

import pytest
from google.genai import types as sdk
from hypothesis import given, settings
from tests.wires.requests import FOREIGN, PDF, PIXEL, PNG, WEATHER, ask, requests, result, turn, user

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Document,
    EmbeddingRequest,
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
)
from chimera.wires.gemini import encode_embeddings, encode_request

NEW, OLD, OLDEST, PRO = "gemini-3.5-flash", "gemini-2.5-flash", "gemini-2.0-flash", "gemini-2.5-pro"
EXCUSED = "skip_thought_signature_validator"
SCHEMA = JsonSchema(
    name="x", schema='{"$defs":{"a":{"type":"string"}},"type":"object","properties":{"a":{"$ref":"#/$defs/a"}}}'
)


def body(request: Request) -> dict[str, Any]:
    return encode_request(request).body


def generation(request: Request) -> dict[str, Any]:
    config = body(request).get("generationConfig", {})
    assert isinstance(config, dict)
    return config


def test_a_plain_question_holds_nothing_but_itself() -> None:
    assert body(ask("Hi", model=NEW, system=(Text(text="Be kind."),))) == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
    }


def test_sampling_has_gemini_s_names() -> None:
    sampling = Sampling(
        temperature=0.7, top_p=0.9, top_k=4, max_output_tokens=9, stop=("#",), seed=1, presence_penalty=0.5,
        frequency_penalty=-0.5,
    )  # fmt: skip
    encoded = encode_request(ask(model=NEW, sampling=sampling, extra={"logit_bias": {}}))
    assert encoded.lost == ("extra.logit_bias",)
    assert encoded.body["generationConfig"] == {
        "temperature": 0.7, "topP": 0.9, "topK": 4, "maxOutputTokens": 9, "stopSequences": ["#"], "seed": 1,
        "presencePenalty": 0.5, "frequencyPenalty": -0.5,
    }  # fmt: skip


def test_roles_are_user_and_model_and_a_later_instruction_is_marked() -> None:
    later = Message(role="system", parts=(Text(text="Now in French."),))
    contents = body(ask(messages=(user("a"), turn(Text(text="b")), later, user("c"))))["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user", "user"]
    assert contents[2]["parts"] == [{"text": "<system_instruction>\nNow in French.\n</system_instruction>"}]


def test_the_user_begins() -> None:
    assert [
        c["role"]
        for c in body(
            ask(
                messages=(
                    turn(
                        Text(text="Hi"),
                    ),
                )
            )
        )["contents"]
    ] == ["user", "model"]
    assert len(body(ask(messages=()))["contents"]) == 1


def test_files_go_by_value_or_from_where_google_keeps_them() -> None:
    held = "https://generativelanguage.googleapis.com/v1beta/files/abc"
    parts = body(ask("See", Image(url=PNG), Document(url=PDF), Document(url=held)))["contents"][0]["parts"]
    assert parts[1] == {"inlineData": {"mimeType": "image/png", "data": PIXEL}}
    assert parts[2]["inlineData"]["mimeType"] == "application/pdf"
    assert parts[3] == {"fileData": {"fileUri": held}}


def test_a_picture_from_the_web_is_refused_as_gemini_would_not_fetch_it() -> None:
    with pytest.raises(InvalidRequestError):
        body(ask(Image(url="https://example.com/cat.jpg")))


def test_responses_bear_the_function_s_name_and_stand_in_one_content() -> None:
    both = (
        ToolCall(id="a", name="f", arguments='{"x": 1}', signature="Sig1"),
        ToolCall(id="b", name="g", arguments=""),
    )
    messages = (user("go"), turn(*both), result("b", "two"), result("a", is_error=True), user("and?"))
    _, called, answered, asked = body(ask(model=NEW, messages=messages))["contents"]
    assert called["parts"] == [
        {"functionCall": {"id": "a", "name": "f", "args": {"x": 1}}, "thoughtSignature": "Sig1"},
        {"functionCall": {"id": "b", "name": "g", "args": {}}},
    ]
    assert answered == {
        "role": "user",
        "parts": [
            {"functionResponse": {"id": "a", "name": "f", "response": {"error": "sunny"}}},
            {"functionResponse": {"id": "b", "name": "g", "response": {"output": "two"}}},
        ],
    }
    assert asked["parts"] == [{"text": "and?"}]


def test_the_same_id_in_two_turns_names_two_functions() -> None:
    messages = (
        user("go"), turn(ToolCall(id="0", name="f", arguments="")), result("0"),
        turn(ToolCall(id="0", name="g", arguments="")), result("0"),
    )  # fmt: skip
    contents = body(ask(messages=messages))["contents"]
    names = [p["functionResponse"]["name"] for c in contents for p in c["parts"] if "functionResponse" in p]
    assert names == ["f", "g"]


def test_a_result_that_holds_a_reference_is_text_to_gemini() -> None:
    messages = (user("go"), turn(ToolCall(id="a", name="f", arguments="")), result("a", '{"$ref": "#/x"}'))
    response = body(ask(messages=messages))["contents"][-1]["parts"][0]["functionResponse"]["response"]
    assert response == {"output": '{"$ref": "#/x"}'}


@pytest.mark.parametrize("model", [NEW, OLD])
def test_images_of_a_result_go_where_the_model_looks_for_them(model: str) -> None:
    seen = Message(role="tool", parts=(ToolResult(call_id="a", parts=(Image(url=PNG),)),))
    messages = (user("go"), turn(ToolCall(id="a", name="f", arguments="")), seen)
    response, *beside = body(ask(model=model, messages=messages))["contents"][-1]["parts"]
    assert ("parts" in response["functionResponse"], len(beside)) == ((True, 0) if model == NEW else (False, 1))


def test_own_signatures_go_back_and_foreign_thinking_does_not() -> None:
    own = Thinking(text="hm", signature="Sig0", origin="gemini")
    summary = Thinking(text="I thought", origin="gemini")
    foreign = Thinking(text="psst", signature=FOREIGN, origin="anthropic_messages")
    encoded = encode_request(ask(messages=(user("a"), turn(summary, foreign, Text(text="b"), own), user("c"))))
    parts = encoded.body["contents"][1]["parts"]
    assert encoded.lost == ("messages.thinking",)
    assert parts == [{"text": "b"}, {"text": "", "thoughtSignature": "Sig0"}]


def test_calls_of_another_model_are_excused_where_signatures_are_demanded() -> None:
    calls = (ToolCall(id="a", name="f", arguments=""), ToolCall(id="b", name="f", arguments=""))
    messages = (user("go"), turn(*calls), result("a"), result("b"))
    first, second = body(ask(model=NEW, messages=messages))["contents"][1]["parts"]
    assert (first.get("thoughtSignature"), second.get("thoughtSignature")) == (EXCUSED, None)
    first, second = body(ask(model=OLD, messages=messages))["contents"][1]["parts"]
    assert "thoughtSignature" not in first


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("auto", None),
        ("none", {"mode": "NONE"}),
        ("required", {"mode": "ANY"}),
        (NamedTool(name="get_weather"), {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}),
    ],
)
def test_the_choice_of_tools_is_translated(choice: object, sent: object) -> None:
    encoded = body(ask(tools=(WEATHER,), tool_choice=choice))
    assert encoded.get("toolConfig", {}).get("functionCallingConfig") == sent


def test_schemas_of_tools_go_as_they_are_and_empty_ones_not_at_all() -> None:
    tool = Tool(name="f", parameters='{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{}}}')
    declared = body(ask(tools=(tool, Tool(name="g"))))["tools"][0]["functionDeclarations"]
    assert declared[0]["parametersJsonSchema"]["properties"]["a"] == {"$ref": "#/$defs/a"}
    assert declared[1] == {"name": "g"}


def test_one_tool_at_a_time_cannot_be_asked_for_and_the_loss_is_told() -> None:
    assert encode_request(ask(tools=(WEATHER,), parallel_tools=False)).lost == ("parallel_tool_calls",)
    assert encode_request(ask(tools=(WEATHER,), parallel_tools=True)).lost == ()


def test_structured_output_takes_json_schema() -> None:
    config = generation(ask(model=OLD, response_format=SCHEMA))
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"]["properties"] == {"a": {"$ref": "#/$defs/a"}}
    assert generation(ask(response_format=JsonObject())) == {"responseMimeType": "application/json"}


def test_a_format_beside_tools_is_lost_aloud_before_gemini_3() -> None:
    old = encode_request(ask(model=OLD, tools=(WEATHER,), response_format=SCHEMA))
    assert ("generationConfig" in old.body, old.lost) == (False, ("response_format",))
    assert encode_request(ask(model=NEW, tools=(WEATHER,), response_format=SCHEMA)).lost == ()


@pytest.mark.parametrize(
    ("model", "reasoning", "config", "lost"),
    [
        (NEW, Reasoning(effort="high"), {"thinkingLevel": "HIGH", "includeThoughts": True}, ()),
        (NEW, Reasoning(effort="max"), {"thinkingLevel": "HIGH", "includeThoughts": True}, ()),
        (NEW, Reasoning(budget_tokens=1000), {"thinkingLevel": "MINIMAL", "includeThoughts": True}, ()),
        (NEW, Reasoning(effort="none"), {"thinkingLevel": "MINIMAL", "includeThoughts": False}, ("reasoning_effort",)),
        ("gemini-3-pro", Reasoning(effort="medium"), {"thinkingLevel": "LOW", "includeThoughts": True}, ()),
        (OLD, Reasoning(effort="medium"), {"thinkingBudget": 8192, "includeThoughts": True}, ()),
        (OLD, Reasoning(budget_tokens=99_999), {"thinkingBudget": 24_576, "includeThoughts": True}, ()),
        (OLD, Reasoning(effort="none"), {"thinkingBudget": 0, "includeThoughts": False}, ()),
        (PRO, Reasoning(effort="none"), {"thinkingBudget": 128, "includeThoughts": False}, ("reasoning_effort",)),
        (OLDEST, Reasoning(effort="high"), None, ("reasoning_effort",)),
        (OLDEST, Reasoning(effort="none"), None, ()),
    ],
)
def test_thinking_is_asked_for_in_the_words_of_the_model(
    model: str, reasoning: Reasoning, config: object, lost: tuple[str, ...]
) -> None:
    encoded = encode_request(ask(model=model, reasoning=reasoning))
    assert encoded.body.get("generationConfig", {}).get("thinkingConfig") == config
    assert encoded.lost == lost


def test_embeddings_name_the_model_in_each_request() -> None:
    request = EmbeddingRequest(model="gemini-embedding-001", texts=("a", "b"), dimensions=8)
    first, second = encode_embeddings(request).body["requests"]
    assert first == {
        "model": "models/gemini-embedding-001", "content": {"parts": [{"text": "a"}]}, "outputDimensionality": 8,
    }  # fmt: skip
    assert second["content"]["parts"][0]["text"] == "b"


@settings(deadline=None, max_examples=60)
@given(requests([NEW, OLD, OLDEST, PRO]))
def test_every_request_is_one_that_the_sdk_would_send(request_: Request) -> None:
    encoded = encode_request(request_)
    assert FOREIGN.encode() not in encoded.to_json()
    sdk.GenerateContentConfig.model_validate(encoded.body.get("generationConfig", {}))
    sdk.ToolConfig.model_validate(encoded.body.get("toolConfig", {}))
    for tool in encoded.body.get("tools", ()):
        sdk.Tool.model_validate(tool)
    contents = encoded.body["contents"]
    assert contents[0]["role"] == "user"
    open_calls: list[str] = []
    for content in contents:
        assert sdk.Content.model_validate(content).parts
        answered = [part["functionResponse"]["id"] for part in content["parts"] if "functionResponse" in part]
        assert answered == open_calls, "every call is answered in the next content, and nothing else"
        open_calls = [part["functionCall"]["id"] for part in content["parts"] if "functionCall" in part]
    assert not open_calls
