"""What each imitator is told, and what it is said to have lost."""

import re
from typing import Any

import msgspec
import pytest

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Document,
    Image,
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
from chimera.wires import openai_responses
from chimera.wires.openai_chat import (
    AZURE,
    DEEPSEEK,
    LMSTUDIO,
    OPENAI,
    OPENROUTER,
    Quirks,
    encode_request,
    own_names,
)

HELLO = Message(role="user", parts=(Text(text="Hello"),))
SCHEMA = JsonSchema(name="s", schema='{"type":"object"}', strict=True)
LOOP = (
    HELLO,
    Message(role="assistant", parts=(ToolCall(id="c", name="f", arguments="{}", signature="sig"),)),
    Message(role="tool", parts=(ToolResult(call_id="c", parts=(Image(url="https://x/a.png"),), is_error=True),)),
)


def body(quirks: Quirks, *messages: Message, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = encode_request(Request(model="m", messages=messages or (HELLO,), **fields), quirks)
    return msgspec.json.decode(encoded.to_json()), encoded.lost


def test_a_stream_with_usage_is_always_asked_for() -> None:
    told, lost = body(Quirks())
    assert told["stream"] is True
    assert told["stream_options"] == {"include_usage": True}
    assert lost == ()


def test_text_goes_as_a_string_which_every_imitator_takes() -> None:
    told, _ = body(Quirks(), system=(Text(text="One."), Text(text="Two.")))
    assert told["messages"] == [{"role": "system", "content": "One.\n\nTwo."}, {"role": "user", "content": "Hello"}]


def test_openai_gets_its_own_output_limit_and_no_top_k() -> None:
    told, lost = body(OPENAI, sampling=Sampling(max_output_tokens=9, top_k=3))
    assert (told["max_completion_tokens"], "max_tokens" in told, "top_k" in told, lost) == (9, False, False, ("top_k",))


@pytest.mark.parametrize(
    ("quirks", "reasoning", "expected"),
    [
        (OPENAI, Reasoning(effort="low"), {"reasoning_effort": "low"}),
        (OPENAI, Reasoning(), {}),
        (OPENAI, Reasoning(budget_tokens=16_000), {"reasoning_effort": "high"}),
        (OPENROUTER, Reasoning(budget_tokens=500), {"reasoning": {"max_tokens": 500}}),
        (OPENROUTER, Reasoning(effort="low", budget_tokens=500), {"reasoning": {"effort": "low"}}),
        (OPENROUTER, Reasoning(budget_tokens=0), {"reasoning": {"effort": "none"}}),
        (OPENROUTER, Reasoning(), {"reasoning": {"enabled": True}}),
        (DEEPSEEK, Reasoning(effort="high"), {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        (DEEPSEEK, Reasoning(effort="none"), {"thinking": {"type": "disabled"}}),
    ],
)
def test_reasoning_is_asked_for_in_the_providers_own_form(
    quirks: Quirks, reasoning: Reasoning, expected: dict[str, Any]
) -> None:
    told, _ = body(quirks, reasoning=reasoning)
    assert {name: told[name] for name in ("reasoning", "thinking", "reasoning_effort") if name in told} == expected


@pytest.mark.parametrize(
    ("quirks", "model", "asked", "told", "lost"),
    [
        (OPENAI, "o3", "max", "high", ()),
        (OPENAI, "o3", "none", "low", ("reasoning_effort",)),
        (OPENAI, "gpt-4o", "high", None, ("reasoning_effort",)),
        (OPENAI, "gpt-4o", "none", None, ()),
        (OPENAI, "gpt-5-mini", "minimal", "minimal", ()),
        (OPENAI, "gpt-5.1", "minimal", "low", ()),
        (OPENAI, "gpt-5.1", "none", "none", ()),
        (OPENAI, "gpt-5.5", "max", "xhigh", ()),
        (OPENAI, "gpt-5.6-luna", "max", "max", ()),
        (AZURE, "a deployment", "xhigh", "high", ()),
        (DEEPSEEK, "deepseek-v4-pro", "max", "max", ()),
        (DEEPSEEK, "deepseek-v4-pro", "minimal", "low", ()),
        (OPENROUTER, "qwen/qwen3", "max", "xhigh", ()),
        (LMSTUDIO, "gpt-oss-20b", "max", "high", ()),
        (Quirks(), "qwen3", "minimal", "low", ()),
        (Quirks(), "qwen3", "default", "default", ()),
    ],
)
def test_effort_is_asked_for_in_the_nearest_word_that_the_model_takes(
    quirks: Quirks, model: str, asked: str, told: str | None, lost: tuple[str, ...]
) -> None:
    request = Request(model=model, messages=(HELLO,), reasoning=Reasoning(effort=asked))
    encoded = encode_request(request, quirks)
    named = encoded.body.get("reasoning", {}).get("effort") or encoded.body.get("reasoning_effort")
    assert (named, encoded.lost) == (told, lost)


@pytest.mark.parametrize(
    ("model", "effort", "left"),
    [
        ("gpt-5", None, set()),
        ("o3", "low", set()),
        ("gpt-5.5", None, set()),
        ("gpt-5.2", "high", set()),
        ("gpt-5.2", None, {"temperature", "top_p", "stop"}),
        ("gpt-5.5", "none", {"temperature", "top_p", "stop"}),
        ("gpt-4o", None, {"temperature", "top_p", "stop"}),
        ("a deployment", None, {"temperature", "top_p", "stop"}),
    ],
)
def test_models_that_reason_are_not_told_how_to_draw(model: str, effort: str | None, left: set[str]) -> None:
    drawn = Sampling(temperature=0.2, top_p=1, stop=("END",))
    reasoning = Reasoning(effort=effort) if effort else None
    request = Request(model=model, messages=(HELLO,), sampling=drawn, reasoning=reasoning)
    for encoded in (encode_request(request, OPENAI), openai_responses.encode_request(request)):
        lost = set() if left else {"temperature", "stop"}
        assert {"temperature", "top_p"} & encoded.body.keys() == left & {"temperature", "top_p"}
        assert set(encoded.lost) - {"stop"} == lost - {"stop"}  # the Responses API never knows it
    assert ("stop" in encode_request(request, OPENAI).lost) == (not left)


def test_deepseek_gets_its_reasoning_back_and_an_empty_one_where_a_tool_was_called() -> None:
    thought = Message(role="assistant", parts=(Thinking(text="Hm."), Text(text="Hi")))
    told, _ = body(DEEPSEEK, HELLO, thought, *LOOP)
    assert told["messages"][1] == {"role": "assistant", "content": "Hi", "reasoning_content": "Hm."}
    assert told["messages"][3]["reasoning_content"] == ""


def test_deepseek_gets_a_schema_in_words() -> None:
    told, lost = body(DEEPSEEK, response_format=SCHEMA)
    assert told["response_format"] == {"type": "json_object"}
    assert '{"type":"object"}' in told["messages"][0]["content"]
    assert lost == ("response_format",)


def test_what_a_conversation_cannot_carry_is_named() -> None:
    told, lost = body(OPENAI, Message(role="assistant", parts=(Thinking(text="Hm."),)), *LOOP)
    assert told["messages"][-1]["role"] == "user"
    assert lost == ("messages.thinking", "messages.tool_call.signature", "messages.tool_result.is_error")


def test_what_a_tool_shows_follows_its_result_where_that_takes_text_only() -> None:
    told, _ = body(OPENAI, *LOOP)
    result, shown = told["messages"][-2:]
    assert (result["role"], result["content"]) == ("tool", "[a file, shown in the next message]")
    assert [piece["type"] for piece in shown["content"]] == ["text", "image_url"]


@pytest.mark.parametrize("part", [Image(url="https://x/a.png"), Document(url="https://x/a.pdf")])
def test_what_a_tool_shows_is_lost_where_nobody_knows_whether_the_model_sees(part: Image | Document) -> None:
    shown = Message(role="tool", parts=(ToolResult(call_id="c", parts=(part,)),))
    told, lost = body(Quirks(), *LOOP[:2], shown)
    kind = "image" if isinstance(part, Image) else "document"
    assert kind in told["messages"][-1]["content"]
    assert f"messages.tool_result.{kind}" in lost


def test_extras_go_out_as_they_came_but_never_over_our_own_words() -> None:
    told, lost = body(OPENAI, extra={"user": "u", "stream": False, "model": "other", "seed": 1})
    assert (told["user"], told["stream"], told["model"]) == ("u", True, "m")
    assert lost == ("extra.model", "extra.seed", "extra.stream")


@pytest.mark.parametrize(
    ("quirks", "taken", "kept_back"),
    [
        (OPENAI, ["prompt_cache_key", "safety_identifier"], ["provider", "data_sources", "min_p", "novel"]),
        (AZURE, ["data_sources"], ["provider"]),
        (OPENROUTER, ["provider", "plugins", "transforms"], ["models", "route", "preset", "data_sources"]),
        (DEEPSEEK, ["user_id"], ["service_tier"]),
        (LMSTUDIO, ["repeat_penalty"], ["chat_template"]),
        (Quirks(), ["guided_json", "min_p"], ["chat_template", "kv_transfer_params", "logits_processors", "models"]),
    ],
)
def test_each_provider_gets_the_parameters_that_it_knows(
    quirks: Quirks, taken: list[str], kept_back: list[str]
) -> None:
    told, lost = body(quirks, extra=dict.fromkeys([*taken, *kept_back], "x"))
    assert [name for name in told if told[name] == "x"] == taken
    assert lost == tuple(sorted(f"extra.{name}" for name in kept_back))


def test_a_refusal_goes_back_as_one_where_it_can() -> None:
    said = Message(role="assistant", parts=(Text(text="No.", refusal=True),))
    openai, _ = body(OPENAI, HELLO, said)
    other, _ = body(Quirks(), HELLO, said)
    assert openai["messages"][1] == {"role": "assistant", "content": None, "refusal": "No."}
    assert other["messages"][1] == {"role": "assistant", "content": "No."}


def test_reasoning_goes_back_to_its_makers_model_only() -> None:
    claude = Thinking(text="Hm.", signature="s", origin="openrouter:anthropic-claude-v1")
    foreign = Thinking(text="So.", signature="t", origin="anthropic_messages")
    said = Message(role="assistant", parts=(claude, foreign, Text(text="Hi")))

    def asked(model: str, quirks: Quirks) -> tuple[dict[str, Any], tuple[str, ...]]:
        encoded = encode_request(Request(model=model, messages=(HELLO, said)), quirks)
        return msgspec.json.decode(encoded.to_json())["messages"][1], encoded.lost

    told, lost = asked("anthropic/claude-x", OPENROUTER)
    entry = {"type": "reasoning.text", "text": "Hm.", "signature": "s", "format": "anthropic-claude-v1", "index": 0}
    assert (told["reasoning_details"], told["reasoning"], lost) == ([entry], "Hm.So.", ("messages.thinking.signature",))
    told, _ = asked("openai/gpt-x", OPENROUTER)
    assert "reasoning_details" not in told
    assert told["reasoning"] == "Hm.So."
    for quirks in (OPENAI, DEEPSEEK, Quirks()):
        assert '"s"' not in msgspec.json.encode(asked("m", quirks)[0]).decode()


def test_marks_of_prompt_caching_go_where_they_are_known() -> None:
    marked = (Text(text="Rules", cache="1h"), Text(text="More"))
    told, lost = body(OPENROUTER, system=marked)
    assert told["messages"][0]["content"] == [
        {"type": "text", "text": "Rules", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "text", "text": "More"},
    ]
    assert lost == ()
    told, lost = body(OPENAI, Message(role="user", parts=(Text(text="Hi", cache="5m"),)), system=marked)
    assert [message["content"] for message in told["messages"]] == ["Rules\n\nMore", "Hi"]
    assert lost == ("cache",)


def test_calls_and_results_stand_together_whatever_the_order_they_came_in() -> None:
    call = Message(role="assistant", parts=(ToolCall(id="c", name="f", arguments="{}"),))
    early = Message(role="tool", parts=(ToolResult(call_id="c", parts=(Text(text="42"),)),))
    told, _ = body(OPENAI, early, call, HELLO)
    assert [message["role"] for message in told["messages"]] == ["user", "assistant", "tool", "user"]
    assert told["messages"][2]["tool_call_id"] == "c"


@pytest.mark.parametrize("name", ["mcp.server/tool", "x" * 65, "naïve", ""])
def test_names_that_openai_refuses_are_fitted_and_found_again(name: str) -> None:
    tool = Tool(name=name)
    loop = (HELLO, Message(role="assistant", parts=(ToolCall(id="c" * 50, name=name, arguments="{}"),)))
    told, _ = body(OPENAI, *loop, tools=(tool,), tool_choice=NamedTool(name=name))
    (fitted,) = own_names([tool])
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", fitted)
    call, result = told["messages"][1]["tool_calls"][0], told["messages"][2]
    assert told["tools"][0]["function"]["name"] == told["tool_choice"]["function"]["name"] == fitted
    assert call["function"]["name"] == fitted
    assert own_names([tool])[fitted] == name
    assert call["id"] == result["tool_call_id"]
    assert len(call["id"]) <= 40


def test_two_names_that_differ_in_strange_letters_only_stay_two() -> None:
    assert len(own_names([Tool(name="a.b"), Tool(name="a/b"), Tool(name="a_b")])) == 2


def test_tools_go_out_byte_for_byte() -> None:
    tool = Tool(name="f", parameters='{"type": "object",  "properties": {}}')
    encoded = encode_request(Request(model="m", messages=(HELLO,), tools=(tool,)), OPENAI)
    assert b'"parameters":{"type": "object",  "properties": {}}' in encoded.to_json()


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{}},"model":"other","x":{"y":{}'])
def test_a_schema_that_is_no_object_is_refused_rather_than_pasted_in(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        body(OPENAI, tools=(Tool(name="f", parameters=text),))
    with pytest.raises(InvalidRequestError):
        body(OPENAI, response_format=JsonSchema(name="s", schema=text))
