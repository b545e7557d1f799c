"""Requests as Ollama takes them."""

from typing import Any

import pytest
from hypothesis import given, settings
from ollama._types import ChatRequest, EmbedRequest
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
    data_url,
)
from chimera.wires.ollama import encode_embeddings, encode_request


def body(request: Request) -> dict[str, Any]:
    return encode_request(request).body


def test_a_question_streams_and_would_rather_fail_than_lose_its_beginning() -> None:
    assert body(ask("Hi", model="qwen3", system=(Text(text="Be"), Text(text="kind.")))) == {
        "model": "qwen3",
        "messages": [{"role": "system", "content": "Be\n\nkind."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "truncate": False,
        "shift": False,
    }


def test_sampling_stands_in_the_options() -> None:
    sampling = Sampling(
        temperature=0.7, top_p=0.9, top_k=4, max_output_tokens=9, stop=("#",), seed=1, presence_penalty=0.5,
        frequency_penalty=-0.5,
    )  # fmt: skip
    encoded = encode_request(ask(sampling=sampling, extra={"logit_bias": {}}))
    assert encoded.lost == ("extra.logit_bias",)
    assert encoded.body["options"] == {
        "temperature": 0.7, "top_p": 0.9, "top_k": 4, "num_predict": 9, "stop": ["#"], "seed": 1,
        "presence_penalty": 0.5, "frequency_penalty": -0.5,
    }  # fmt: skip


def test_later_instructions_stay_instructions() -> None:
    later = Message(role="system", parts=(Text(text="Now in French."),))
    assert body(ask(messages=(user("a"), turn(Text(text="b")), later)))["messages"][-1] == {
        "role": "system", "content": "Now in French.",
    }  # fmt: skip


def test_images_stand_beside_the_text() -> None:
    assert body(ask("See", Image(url=PNG)))["messages"] == [{"role": "user", "content": "See", "images": [PIXEL]}]


def test_a_text_document_is_read_out() -> None:
    document = Document(url=data_url("text/markdown", "IyBIaQ=="), name="a.md")
    assert body(ask("See", document))["messages"][0]["content"] == "See\n<document name='a.md'>\n# Hi\n</document>"


@pytest.mark.parametrize(
    "part",
    [Image(url="https://example.com/cat.jpg"), Document(url=PDF), Document(url=data_url("text/plain", "%%"))],
)
def test_what_ollama_cannot_read_is_refused(part: Image | Document) -> None:
    with pytest.raises(InvalidRequestError):
        body(ask(part))


def test_arguments_are_objects_and_results_bear_the_tool_s_name() -> None:
    seen = ToolResult(call_id="b", parts=(Text(text="a map"), Image(url=PNG)))
    calls = (
        ToolCall(id="a", name="f", arguments='{"x": 1}', signature=FOREIGN),
        ToolCall(id="b", name="g", arguments=""),
    )
    messages = (user("go"), turn(*calls), result("a", is_error=True), Message(role="tool", parts=(seen,)))
    assert body(ask(messages=messages))["messages"][1:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "a", "function": {"index": 0, "name": "f", "arguments": {"x": 1}}},
                {"id": "b", "function": {"index": 1, "name": "g", "arguments": {}}},
            ],
        },
        {"role": "tool", "content": "Error: sunny", "tool_call_id": "a", "tool_name": "f"},
        {"role": "tool", "content": "a map", "images": [PIXEL], "tool_call_id": "b", "tool_name": "g"},
    ]


def test_own_thinking_goes_back_and_foreign_thinking_does_not() -> None:
    own, foreign = Thinking(text="hm", origin="ollama"), Thinking(text="psst", signature=FOREIGN, origin="gemini")
    encoded = encode_request(ask(messages=(user("a"), turn(own, foreign, Text(text="b")))))
    assert encoded.lost == ("messages.thinking",)
    assert encoded.body["messages"][1] == {
        "role": "assistant", "content": "b", "thinking": "hm",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "offered", "lost"),
    [
        ("auto", ["get_weather", "other"], ()),
        ("none", [], ()),
        ("required", ["get_weather", "other"], ("tool_choice",)),
        (NamedTool(name="other"), ["other"], ("tool_choice",)),
    ],
)
def test_a_choice_is_said_by_what_is_offered_and_the_rest_is_lost_aloud(
    choice: object, offered: list[str], lost: tuple[str, ...]
) -> None:
    encoded = encode_request(ask(tools=(WEATHER, Tool(name="other")), tool_choice=choice))
    assert [tool["function"]["name"] for tool in encoded.body.get("tools", [])] == offered
    assert encoded.lost == lost


def test_one_tool_at_a_time_cannot_be_asked_for_and_the_loss_is_told() -> None:
    assert encode_request(ask(tools=(WEATHER,), parallel_tools=False)).lost == ("parallel_tool_calls",)


def test_structured_output_is_a_format() -> None:
    assert body(ask(response_format=JsonObject()))["format"] == "json"
    wanted = JsonSchema(name="x", schema=WEATHER.parameters)
    assert body(ask(response_format=wanted))["format"]["required"] == ["city"]


@pytest.mark.parametrize(
    ("model", "reasoning", "think", "lost"),
    [
        ("qwen3:8b", Reasoning(effort="medium"), True, ()),
        ("qwen3:8b", Reasoning(effort="high"), True, ("reasoning_effort",)),
        ("qwen3:8b", Reasoning(effort="none"), False, ()),
        ("qwen3:8b", Reasoning(budget_tokens=0), False, ()),
        ("gpt-oss:20b", Reasoning(effort="high"), "high", ()),
        ("gpt-oss:20b", Reasoning(effort="max"), "high", ()),
        ("gpt-oss:20b", Reasoning(effort="none"), "low", ("reasoning_effort",)),
        ("qwen3:8b", None, None, ()),
    ],
)
def test_thinking_is_asked_for_in_the_words_of_the_model(
    model: str, reasoning: Reasoning | None, think: object, lost: tuple[str, ...]
) -> None:
    encoded = encode_request(ask(model=model, reasoning=reasoning))
    assert (encoded.body.get("think"), encoded.lost) == (think, lost)


def test_a_text_to_embed_is_refused_rather_than_cut() -> None:
    encoded = encode_embeddings(EmbeddingRequest(model="bge-m3", texts=("a", "b"), dimensions=8)).body
    EmbedRequest.model_validate(encoded)
    assert encoded == {"model": "bge-m3", "input": ["a", "b"], "truncate": False, "dimensions": 8}


@settings(deadline=None, max_examples=60)
@given(requests(["qwen3:8b", "gpt-oss:20b"]))
def test_every_request_is_one_that_the_sdk_would_send(request_: Request) -> None:
    encoded = encode_request(request_)
    assert FOREIGN.encode() not in encoded.to_json()
    checked = ChatRequest.model_validate(encoded.body)
    assert all(isinstance(message["content"], str) for message in encoded.body["messages"])
    assert len(checked.messages or ()) == len(encoded.body["messages"])
