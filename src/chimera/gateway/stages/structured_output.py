"""Hold an answer to its JSON schema where the provider cannot."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler
from chimera.gateway.errors import OffSchemaError
from chimera.gateway.stages.retry import RetryBudgets
from chimera.gateway.structured import AnswerFaultError, Judge, judge_of
from chimera.llm import (
    Answer,
    Event,
    Finished,
    FinishReason,
    JsonObject,
    JsonSchema,
    Message,
    Request,
    Started,
    Stream,
    Text,
    TextDelta,
    ToolCall,
    Usage,
    UsageReported,
    added,
    fold,
)

_LOST = "response_format"
_AGAIN = (
    "Your answer does not have the form that was asked for. {fault} Answer again, with one JSON document that is valid "
    "against the schema and nothing else."
)


@dataclass(frozen=True, slots=True)
class StructuredOutput:
    """Validates what a provider was asked for in words only, and asks once more where it is wrong.

    Such an answer is held back until it is complete; what surrounds the JSON is cut off. Answers of providers that
    enforce the schema themselves, tool calls, and answers that were cut short pass as they are.

    Attributes:
        budgets: Asking once more takes of what the provider may be asked again at all.
    """

    budgets: RetryBudgets = field(default_factory=RetryBudgets)

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        request = call.request
        if not isinstance(request, Request) or not isinstance(request.response_format, JsonObject | JsonSchema):
            return proceed(call)
        return _held(call, request, proceed, self.budgets)


@dataclass(frozen=True, slots=True)
class _Repeat:
    """What asking once more takes."""

    proceed: Handler
    budgets: RetryBudgets


async def _held(call: Call, request: Request, proceed: Handler, budgets: RetryBudgets) -> Stream:
    async with aclosing(proceed(call)) as stream:
        first = await anext(stream)
        if not _only_in_words(first):
            yield first
            async for event in stream:
                yield event
            return
        wanted = request.response_format  # judged before all of the answer is paid for: it may be no schema
        judge = await asyncio.to_thread(judge_of, wanted if isinstance(wanted, JsonSchema) else None)
        heard = [first, *[event async for event in stream]]
    for event in await _judged(call, request, (heard, judge), _Repeat(proceed, budgets)):
        yield event


def _only_in_words(started: Event) -> bool:
    return isinstance(started, Started) and _LOST in started.lost


async def _judged(call: Call, request: Request, judging: tuple[list[Event], Judge], repeat: "_Repeat") -> list[Event]:
    heard, judge = judging
    answer = fold(heard)
    if not _is_whole(answer):
        return heard
    try:
        return _as_json(heard, await asyncio.to_thread(judge.judge, answer.text))
    except AnswerFaultError as error:
        if not repeat.budgets.spend(call.aim.connection):
            raise OffSchemaError(
                f"{call.aim.id} did not keep to the JSON schema: {error}", provider=call.aim.provider
            ) from error
        return await _repaired(call, _asked_again(request, answer, str(error)), judging, repeat.proceed)


async def _repaired(call: Call, again: Request, before: tuple[list[Event], Judge], proceed: Handler) -> list[Event]:
    first, judge = before
    async with aclosing(proceed(replace(call, request=again))) as stream:
        heard = [event async for event in stream]
    answer = fold(heard)
    try:
        told = _as_json(heard, await asyncio.to_thread(judge.judge, answer.text)) if _is_whole(answer) else heard
    except AnswerFaultError as error:
        raise OffSchemaError(
            f"{call.aim.id} did not keep to the JSON schema, also when it was told so: {error}",
            provider=call.aim.provider,
        ) from error
    return _with_usage(told, added(fold(first).usage or Usage(), answer.usage or Usage()))


def _asked_again(request: Request, answer: Answer, fault: str) -> Request:
    told = (
        Message(role="assistant", parts=(Text(text=answer.text or "(nothing)"),)),
        Message(role="user", parts=(Text(text=_AGAIN.format(fault=fault)),)),
    )
    return replace(request, messages=(*request.messages, *told), original=None)


def _is_whole(answer: Answer) -> bool:
    return answer.reason is FinishReason.STOP and not any(isinstance(part, ToolCall) for part in answer.parts)


def _as_json(heard: list[Event], document: str) -> list[Event]:
    """Return the events with the document in the place of all text."""
    told: list[Event] = []
    for event in heard:
        if isinstance(event, Finished):
            told.append(TextDelta(text=document))
        if not isinstance(event, TextDelta):
            told.append(event)
    return told


def _with_usage(heard: list[Event], usage: Usage) -> list[Event]:
    *others, finished = [event for event in heard if not isinstance(event, UsageReported)]
    return [*others, UsageReported(usage=usage), finished]
