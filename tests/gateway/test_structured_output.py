"""Answers that a provider was asked for in words are held to their schema."""

from collections.abc import Sequence
from contextlib import aclosing
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.scripted import HANG, ScriptedProvider, saying

from chimera.gateway.call import Target, new_call
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.errors import OffSchemaError
from chimera.gateway.pipeline import compose
from chimera.gateway.stages.retry import RetryBudgets
from chimera.gateway.stages.structured_output import StructuredOutput
from chimera.gateway.structured import AnswerFaultError, NoJsonError, extracted, judge_of
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.llm import (
    Answer,
    Event,
    Finished,
    FinishReason,
    JsonObject,
    JsonSchema,
    Message,
    Request,
    ResponseFormat,
    Started,
    Text,
    ToolCallDelta,
    Usage,
    fold,
)

AGE = JsonSchema(name="age", schema='{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}')
SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())


def in_words(text: str) -> list[Event]:
    """An answer of a provider that knows no schemas."""
    started, *rest = saying(text)
    assert isinstance(started, Started)
    return [msgspec.structs.replace(started, lost=("response_format",)), *rest]


async def asked(
    *scripts: Sequence[Event | str], wanted: ResponseFormat = AGE, budgets: RetryBudgets | None = None
) -> tuple[Answer, ScriptedProvider]:
    provider = ScriptedProvider("p", scripts)
    handler = compose(StructuredOutput(budgets or RetryBudgets()), terminal=Dispatch({"p": provider}))
    question = Message(role="user", parts=(Text(text="How old?"),))
    request = Request(model="m", messages=(question,), response_format=wanted)
    call = new_call(SCOPE, request, patience_s=5).to(Target(provider="p", model="m"))
    async with aclosing(handler(call)) as events:
        return fold([event async for event in events]), provider


@pytest.mark.parametrize(
    "said",
    [
        '{"age": 7}',
        '```json\n{"age": 7}\n```',
        'Of course! Here it is: {"age": 7} I hope that helps {you}.',
        ' {"age": 7}',
    ],
)
async def test_the_document_alone_reaches_the_caller(said: str) -> None:
    answer, provider = await asked(in_words(said))
    assert answer.text == '{"age": 7}'
    assert answer.reason is FinishReason.STOP
    assert len(provider.requests) == 1


async def test_a_wrong_answer_is_asked_for_again_with_what_is_wrong_and_both_are_counted() -> None:
    answer, provider = await asked(in_words('{"age": "old"}'), in_words('{"age": 70}'))
    assert answer.text == '{"age": 70}'
    assert answer.usage == Usage(input_tokens=2, output_tokens=4)
    (_, wrong, complaint) = provider.requests[1].messages
    assert (wrong.role, wrong.parts) == ("assistant", (Text(text='{"age": "old"}'),))
    assert isinstance(complaint.parts[0], Text)
    assert "At `age`" in complaint.parts[0].text


async def test_twice_wrong_is_a_failure_that_another_model_may_mend() -> None:
    with pytest.raises(OffSchemaError) as failed:
        await asked(in_words("I am old."))
    assert failed.value.elsewhere
    assert not failed.value.transient


async def test_any_object_does_where_any_was_asked_for() -> None:
    answer, _ = await asked(in_words('Sure: {"a": 1}'), wanted=JsonObject())
    assert answer.text == '{"a": 1}'


async def test_what_is_no_schema_is_refused_before_the_answer_is_written() -> None:
    started, *_ = in_words("")
    with pytest.raises(InvalidRequestError):
        await asked([started, HANG], wanted=JsonSchema(name="age", schema='{"type": "nonsense"}'))


async def test_answers_of_providers_that_enforce_the_schema_pass_as_they_come() -> None:
    answer, provider = await asked(saying("not JSON at all"))
    assert answer.text == "not JSON at all"
    assert len(provider.requests) == 1


async def test_tool_calls_and_answers_cut_short_pass_as_they_are() -> None:
    started = Started(id="r", model="m", lost=("response_format",))
    called, provider = await asked(
        [started, ToolCallDelta(index=0, id="c", name="f", arguments="{}"), Finished(reason=FinishReason.TOOL_CALLS)]
    )
    assert called.reason is FinishReason.TOOL_CALLS
    short, _ = await asked([*in_words('{"age')[:-1], Finished(reason=FinishReason.LENGTH)])
    assert (short.text, short.reason) == ('{"age', FinishReason.LENGTH)
    assert len(provider.requests) == 1


async def test_what_is_no_schema_is_the_callers_fault() -> None:
    for schema in ('{"type": "strin"}', '{"$ref": "http://127.0.0.1:1/x"}', "[1]", '{"pattern": "("}'):
        with pytest.raises(InvalidRequestError):
            await asked(in_words("{}"), wanted=JsonSchema(name="x", schema=schema))


def test_a_pattern_that_would_take_for_ever_does_not() -> None:
    judge = judge_of(JsonSchema(name="x", schema='{"type":"array","items":{"type":"string","pattern":"^(a+)+$"}}'))
    with pytest.raises(AnswerFaultError):
        judge.judge('["' + "a" * 5000 + '!"]')


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.text(alphabet="abc .!\n"),
    st.text(alphabet="abc .!\n"),
)
def test_a_document_is_found_between_any_words(value: object, before: str, after: str) -> None:
    document = {"it": value}
    text = msgspec.json.encode(document).decode()
    assert extracted(f"{before}{text}{after}") == (text, document)


@pytest.mark.parametrize("text", ["", "no", "{", "```json\n{```", "[" * 100_000])
def test_no_document_is_told_as_such(text: str) -> None:
    with pytest.raises(NoJsonError):
        extracted(text)


async def test_asking_once_more_takes_of_the_provider_s_retries() -> None:
    budgets = RetryBudgets(reserve=1.0)
    off, on = in_words("I am four."), in_words('{"age": 4}')
    answer, _ = await asked(off, on, budgets=budgets)
    assert answer.text == '{"age": 4}'
    with pytest.raises(OffSchemaError):
        await asked(off, on, budgets=budgets)
