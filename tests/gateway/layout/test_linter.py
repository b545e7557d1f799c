"""What keeps a prompt cache from holding is found, with its place and its price in tokens."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.knowledge import Rates
from chimera.gateway.layout.arranging import marked, sorted_tools
from chimera.gateway.layout.blocks import blocks_of, shared_characters
from chimera.gateway.layout.linter import is_marked, lint
from chimera.gateway.layout.meter import SavingsMeter
from chimera.llm import Message, Request, Text, Tool, Usage

STABLE = "You answer questions about the regulations of the port, briefly and with the number of the paragraph. " * 80


def ask(*texts: str, system: str = STABLE, tools: str = "", model: str = "openai/gpt-5") -> Request:
    messages = tuple(
        Message(role=("user", "assistant")[turn % 2], parts=(Text(text=text),)) for turn, text in enumerate(texts)
    )
    made = tuple(Tool(name=name, description=f"Does {name}") for name in tools)
    return Request(model=model, messages=messages, system=(Text(text=system),) if system else (), tools=made)


def codes(request: Request, before: Request | None = None) -> list[str]:
    return [fault.code for fault in lint(request, before).faults]


def test_a_stable_prompt_has_no_faults_and_all_but_its_last_message_is_cacheable() -> None:
    report = lint(ask("How deep is it?"))
    assert report.faults == ()
    assert report.tokens > report.cacheable_tokens > 1024


@pytest.mark.parametrize(
    "volatile",
    [
        "It is 2026-03-01T09:30:12Z.",
        "The current date is 01.03.2026.",
        "Session 0198c0de-7a11-4c3e-9f00-5d3b2a1c0f42",
        "request_id: a81fe9c02b",
    ],
)
def test_volatile_text_before_stable_text_is_found_where_it_stands(volatile: str) -> None:
    (fault, *others) = lint(ask("Hi", system=f"{volatile}\n{STABLE}")).faults
    assert (fault.code, fault.where) == ("volatile_text", "system")
    assert fault.tokens > 1000
    assert [other.code for other in others] == ["prefix_too_short"]
    late = lint(ask("Hi", system=f"{STABLE}\n{volatile}")).faults
    assert late[0].tokens < 60
    assert lint(ask("Earlier", "Yes", volatile)).faults == (), "in the conversation it costs nothing"


@pytest.mark.parametrize("plain", ["The rule is from 2019.", "Opened 1999-05-04.", "Ratio 3:4, chapter 12.", "id"])
def test_figures_that_stand_still_are_not_faults(plain: str) -> None:
    assert codes(ask("Hi", system=f"{plain}\n{STABLE}")) == []


def test_two_calls_of_a_conversation_are_compared() -> None:
    before = ask("One", tools="ab")
    assert codes(ask("One", "Answer", "Two", tools="ab"), before) == []
    assert codes(ask("One", "Answer", "Two", tools="ba"), before) == ["tools_reordered", "prefix_too_short"]
    assert codes(ask("One", "Answer", "Two", tools="abc"), before)[0] == "tools_changed"
    changed = lint(ask("Uno", "Answer", "Two", tools="ab"), before).faults
    assert [(fault.code, fault.where) for fault in changed] == [("prefix_changed", "messages.1")]


def test_a_provider_that_wants_marks_is_told_apart() -> None:
    assert codes(ask("Hi", model="anthropic/claude-sonnet-4-5")) == ["no_cache_mark"]
    assert codes(marked(ask("Hi", model="anthropic/claude-sonnet-4-5"))) == []
    assert codes(ask("Hi", system="Short.", model="anthropic/claude-sonnet-4-5")) == []


def test_marks_are_put_where_a_next_call_begins_and_the_caller_s_own_stay() -> None:
    request = marked(ask("One", "Answer", "Two", tools="ab"))
    assert request.system[-1].cache == "5m"
    assert [message.parts[-1].cache for message in request.messages] == [None, "5m", None]  # type: ignore[union-attr]
    assert marked(request) is request
    only_tools = marked(ask("One", system="", tools="ab"))
    assert [tool.cache for tool in only_tools.tools] == [None, "5m"]
    assert not is_marked(marked(ask("One", system="")))


def test_tools_are_sorted_once() -> None:
    request = sorted_tools(ask("Hi", tools="cab"))
    assert [tool.name for tool in request.tools] == ["a", "b", "c"]
    assert sorted_tools(request) is request


@given(st.lists(st.text(max_size=30), max_size=5), st.lists(st.text(max_size=30), max_size=5))
def test_any_two_prompts_can_be_compared(one: list[str], other: list[str]) -> None:
    first, second = ask(*one, system=""), ask(*other, system="")
    report = lint(second, first)
    assert 0 <= report.cacheable_tokens <= report.tokens + 1
    shared = shared_characters(blocks_of(first), blocks_of(second))
    assert shared == shared_characters(blocks_of(second), blocks_of(first))


class Calls:
    """Calls of one organisation to one target on a clock of their own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meter = SavingsMeter(clock=lambda: self.now)
        self.tenant = uuid4()

    def call(self, request: Request, *, cached: int, tokens: int = 2000) -> None:
        share = self.meter.expected_share(self.tenant, "openai/gpt-5", blocks_of(request))
        rates = Rates(input=1_000_000_000, cached_input=100_000_000, output=0)
        usage = Usage(input_tokens=tokens, cached_tokens=cached)
        self.meter.note(self.tenant, share, usage, rates, 1024)


def test_what_was_read_from_the_cache_and_what_was_missed_is_told_in_money() -> None:
    calls = Calls()
    calls.call(ask("One"), cached=0)
    sums = calls.meter.of(calls.tenant)
    assert (sums.expected_tokens, sums.missed_nusd) == (0, 0), "nothing could be cached yet"
    calls.call(ask("One", "Answer", "Two"), cached=1500)
    assert sums.saved_nusd == 1500 * 900
    assert 1900 <= sums.expected_tokens <= 2000
    assert sums.missed_nusd == (sums.expected_tokens - 1500) * 900
    calls.now += 301
    expected = sums.expected_tokens
    calls.call(ask("One", "Answer", "Two", "Yes", "Three"), cached=0)
    assert sums.expected_tokens == expected, "by then the provider has forgotten"
    assert calls.meter.of(uuid4()).calls == 0
