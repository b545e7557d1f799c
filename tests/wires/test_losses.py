"""What wires leave out is named, each thing once and by one name on all of them."""

import base64
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.wires.requests import PDF, PNG, ask

from chimera.llm import (
    Citation,
    Document,
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
    data_url,
)
from chimera.wires import anthropic_messages, gemini, ollama, openai_chat, openai_responses
from chimera.wires.encoded import Encoded
from chimera.wires.losses import NAMES, lost_in

NOTE = data_url("text/plain", base64.b64encode(b"Hello").decode())
APIS = Path(__file__).parents[2] / "docs/reference/apis.md"
EVERYTHING = (
    Text(text="a", cache="5m", citations=(Citation(url="https://a.example"),)),
    Image(url=PNG, detail="low", cache="5m"),
    Document(url=NOTE, citable=True, context="A report", cache="1h"),
    Thinking(text="hm", origin="elsewhere", signature="s"),
    ToolCall(id="c", name="f", arguments="{}", signature="s", cache="5m"),
)
RESULT = ToolResult(call_id="c", parts=(Text(text="b"), Image(url=PNG), Document(url=NOTE)), is_error=True, cache="5m")
DEMANDING = ask(
    messages=(
        Message(role="user", name="Ada", parts=EVERYTHING[:3]),
        Message(role="assistant", name="Bob", parts=EVERYTHING),
        Message(role="tool", parts=(RESULT,)),
        Message(role="user", parts=(Text(text="Go on", cache="5m"),)),
    ),
    system=(Text(text="Be brief", cache="1h"),),
    tools=(Tool(name="f", strict=True, cache="5m"),),
    tool_choice="required",
    parallel_tools=False,
    sampling=Sampling(
        temperature=1.9, top_p=0.5, top_k=3, stop=(" ",), seed=1, presence_penalty=1, frequency_penalty=1
    ),
    response_format=JsonSchema(name="s", schema='{"type":"object"}'),
    reasoning=Reasoning(effort="none"),
    extra={"logit_bias": {"1": 1}},
)
ENCODERS: dict[str, tuple[Callable[[Request], Encoded], tuple[str, ...]]] = {
    "claude": (anthropic_messages.encode_request, ("claude-fable-5", "claude-sonnet-4-0", "claude-opus-4-5")),
    "gemini": (gemini.encode_request, ("gemini-3-pro-preview", "gemini-2.5-pro", "gemini-2.0-flash")),
    "ollama": (partial(ollama.encode_request, quirks=None), ("gpt-oss:20b", "qwen3:8b")),
    "responses": (openai_responses.encode_request, ("gpt-5.5", "gpt-4o")),
    **{
        name: (partial(openai_chat.encode_request, quirks=quirks), ("gpt-5.5", "o3", "gpt-4o"))
        for name, quirks in {
            "openai": openai_chat.OPENAI,
            "deepseek": openai_chat.DEEPSEEK,
            "openrouter": openai_chat.OPENROUTER,
            "imitator": openai_chat.Quirks(),
        }.items()
    },
}


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("effort", ["none", "high"])
def test_no_wire_has_a_name_of_its_own_for_what_it_loses(encoder: str, effort: str) -> None:
    encode, models = ENCODERS[encoder]
    for model in models:
        asked = {"model": model, "reasoning": Reasoning(effort=effort)}
        lost = encode(Request(**{name: getattr(DEMANDING, name) for name in DEMANDING.__struct_fields__} | asked)).lost
        assert len(lost) == len(set(lost))
        assert set(lost) <= NAMES | {"extra.logit_bias"}
        assert lost


def test_every_name_of_a_loss_is_documented() -> None:
    table = APIS.read_text(encoding="utf-8").partition("### What is lost")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`(.+?)`", " ".join(rows))) == sorted([*NAMES, "extra.<member>"])


def test_nothing_is_lost_of_a_plain_question() -> None:
    assert lost_in(ask("Hi"), origin="gemini") == set()


def test_each_loss_is_named_once_however_often_it_happens() -> None:
    said = Message(
        role="assistant",
        parts=(
            Thinking(text="own", origin="gemini"),
            Thinking(text="hm", origin="elsewhere"),
            Text(text="a", citations=(Citation(url="https://a.example"),)),
        ),
    )
    asked = Message(
        role="user",
        name="Ada",
        parts=(Text(text="b", cache="5m"), Image(url=PNG, detail="low"), Document(url=PDF, citable=True, cache="1h")),
    )
    request = ask(messages=(asked, said, asked), tools=(Tool(name="f", strict=True, cache="5m"),))
    assert lost_in(request, origin="gemini") == {
        "messages.name", "messages.thinking", "messages.citations", "messages.image.detail",
        "messages.document.citations", "cache", "tools.strict",
    }  # fmt: skip
