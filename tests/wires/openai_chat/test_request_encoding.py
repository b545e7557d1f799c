"""What each imitator is told, and what it is said to have lost."""

from typing import Any

import msgspec
import pytest

from chimera.kit.errors import InvalidRequestError
from chimera.llm import (
    Image,
    JsonSchema,
    Message,
    Reasoning,
    Request,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from chimera.wires.openai_chat import DEEPSEEK, OPENAI, OPENROUTER, Quirks, encode_request

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
        (OPENAI, Reasoning(effort="xhigh"), {"reasoning_effort": "xhigh"}),
        (OPENAI, Reasoning(budget_tokens=0), {"reasoning_effort": "none"}),
        (OPENAI, Reasoning(budget_tokens=16_000), {"reasoning_effort": "high"}),
        (OPENROUTER, Reasoning(budget_tokens=500), {"reasoning": {"max_tokens": 500}}),
        (OPENROUTER, Reasoning(effort="low", budget_tokens=500), {"reasoning": {"effort": "low"}}),
        (DEEPSEEK, Reasoning(effort="high"), {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        (DEEPSEEK, Reasoning(effort="none"), {"thinking": {"type": "disabled"}}),
    ],
)
def test_reasoning_is_asked_for_in_the_providers_own_form(
    quirks: Quirks, reasoning: Reasoning, expected: dict[str, Any]
) -> None:
    told, _ = body(quirks, reasoning=reasoning)
    assert {name: told[name] for name in ("reasoning", "thinking", "reasoning_effort") if name in told} == expected


def test_deepseek_gets_its_reasoning_back_and_an_empty_one_where_a_tool_was_called() -> None:
    thought = Message(role="assistant", parts=(Thinking(text="Hm."), Text(text="Hi")))
    told, _ = body(DEEPSEEK, HELLO, thought, *LOOP)
    assert told["messages"][1] == {"role": "assistant", "content": "Hi", "reasoning_content": "Hm."}
    assert told["messages"][3]["reasoning_content"] == ""


def test_deepseek_gets_a_schema_in_words() -> None:
    told, lost = body(DEEPSEEK, response_format=SCHEMA)
    assert told["response_format"] == {"type": "json_object"}
    assert '{"type":"object"}' in told["messages"][0]["content"]
    assert lost == ("response_format.json_schema",)


def test_what_a_conversation_cannot_carry_is_named() -> None:
    told, lost = body(OPENAI, Message(role="assistant", parts=(Thinking(text="Hm."),)), *LOOP)
    assert "image" in told["messages"][-1]["content"]
    assert lost == (
        "messages.thinking",
        "messages.tool_call.signature",
        "messages.tool_result.image",
        "messages.tool_result.is_error",
    )


def test_extras_go_out_as_they_came_but_never_over_our_own_words() -> None:
    told, lost = body(DEEPSEEK, extra={"user": "u", "stream": False, "model": "other", "seed": 1})
    assert (told["user"], told["stream"], told["model"], lost) == ("u", True, "m", ("extra.seed",))


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
