"""Answers of a provider as our events: typed events of a stream, or the whole response."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from chimera.kit.ids import new_id
from chimera.llm import (
    Billing,
    Cited,
    Event,
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
    billing,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.frames.framed import FramedDecoder
from chimera.wires.frames.sse import SseParser
from chimera.wires.openai_chat.failures import decode_stream_failure
from chimera.wires.openai_responses.annotations import decode_annotation
from chimera.wires.openai_responses.reasoning import WIRE, ReasoningText
from chimera.wires.openai_responses.tools import arguments_of
from chimera.wires.usage.billing import tier_of

_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTERED}
_ENDED = frozenset({"completed", "incomplete", "failed"})
_CALLS = frozenset({"function_call", "custom_tool_call"})


class _Frame(Struct, frozen=True, gc=False):
    """Any event; what is big is read when its type is known to matter."""

    type: str = ""
    # Read so that a number that no database holds is no event of this wire.
    sequence_number: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    delta: Any = None
    output_index: int = 0
    content_index: int = 0
    summary_index: int = 0
    item_id: str | None = None
    item: Raw = Raw()
    part: Raw = Raw()
    annotation: Raw = Raw()
    response: Raw = Raw()
    error: Any = None
    code: Any = None
    message: Any = None


class _Part(Struct, frozen=True, gc=False):
    type: str = ""
    text: str | None = None
    refusal: str | None = None
    annotations: list[Raw] | None = None


class _Item(Struct, frozen=True, gc=False):
    type: str = ""
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    input: str | None = None
    encrypted_content: str | None = None
    summary: list[ReasoningText] | None = None
    content: list[_Part] | None = None


class _InputDetails(Struct, frozen=True, gc=False):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(Struct, frozen=True, gc=False):
    reasoning_tokens: int | None = None


class _Usage(Struct, frozen=True, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: _InputDetails | None = None
    output_tokens_details: _OutputDetails | None = None


class _Why(Struct, frozen=True, gc=False):
    reason: str | None = None


class _Response(Struct, frozen=True, gc=False):
    id: str | None = None
    model: str | None = None
    status: str | None = None
    error: Any = None
    incomplete_details: _Why | None = None
    output: list[Raw] | None = None
    usage: _Usage | None = None
    service_tier: str | None = None


_SEARCH = "web_search_call"
_frame = msgspec.json.Decoder(_Frame).decode
_item = msgspec.json.Decoder(_Item).decode
_part = msgspec.json.Decoder(_Part).decode
_response = msgspec.json.Decoder(_Response).decode


def stream_decoder(lost: tuple[str, ...] = (), names: Mapping[str, str] | None = None) -> FramedDecoder:
    """Return the decoder of one streamed answer.

    Args:
        lost: Request parameters that were not carried, for `Started`.
        names: Our names of tools that the provider knows by others.
    """
    return FramedDecoder(SseParser(), _Listener(lost, names or {}))


def decode_answer(body: bytes, lost: tuple[str, ...] = ()) -> list[Event]:
    """Return the events of a whole response; see `stream_decoder`.

    Raises:
        WireError: if the body is none, or is not finished.
        StreamFailure: if it reports an error.
        msgspec.DecodeError: if it cannot be read.
    """
    events: list[Event] = []
    _Listener(lost, {}).whole(body, events)
    return events


class _Listener:
    """Hears the events of one answer. Whatever its deltas left out is heard when its item is done, or at the end."""

    __slots__ = ("_calls", "_done", "_finished", "_heard", "_lost", "_names", "_started", "_summary", "_writing")

    def __init__(self, lost: tuple[str, ...], names: Mapping[str, str]) -> None:
        self._lost = lost
        self._names = names
        self._started = self._finished = False
        # By output index: the number of the call; items that are done.
        self._calls: dict[int, int] = {}
        self._done: set[int] = set()
        # By (output index, content index): how much of it was heard, and how many annotations.
        self._heard: dict[tuple[int, int], int] = {}
        self._writing: tuple[int, int, bool] | None = None
        self._summary: dict[int, int] = {}

    def hear(self, frame: bytes, events: list[Event]) -> None:
        if self._finished or frame[:6] == b"[DONE]":
            return
        told = _frame(frame)
        take = _TAKERS.get(told.type)
        if take is not None:
            if not self._started and not told.response and told.type != "error":
                self._start(_Response(), events)
            take(self, told, events)

    def end(self, events: list[Event]) -> None:
        if not self._finished:
            raise WireError("cut", "The provider's answer ends before it is complete.")

    def whole(self, body: bytes, events: list[Event]) -> None:
        told = _response(body)
        if told.error is not None and told.output is None:
            raise StreamFailure(decode_stream_failure(told.error))
        if told.status is None or told.output is None:
            raise WireError("malformed", "The provider sent something else than a response.")
        if told.status not in _ENDED:
            raise WireError("cut", f"The provider's answer is {told.status}.")
        self._end(told, told.status, events)

    def lifecycle(self, told: _Frame, events: list[Event]) -> None:
        response = _response(told.response if _is_told(told.response) else b"{}")
        if told.type in {"response.created", "response.in_progress", "response.queued"}:
            self._start(response, events)
        else:
            self._end(response, told.type.removeprefix("response."), events)

    def failed(self, told: _Frame, events: list[Event]) -> None:
        raise StreamFailure(decode_stream_failure(told.error or {"code": told.code, "message": told.message or ""}))

    def item_added(self, told: _Frame, events: list[Event]) -> None:
        if _is_told(told.item) and (item := _item(told.item)).type in _CALLS:
            self._call(told.output_index, item, events)

    def text(self, told: _Frame, events: list[Event]) -> None:
        self._say(told, _delta(told), events, refusal=False)

    def refusal(self, told: _Frame, events: list[Event]) -> None:
        self._say(told, _delta(told), events, refusal=True)

    def annotation(self, told: _Frame, events: list[Event]) -> None:
        if _is_told(told.annotation):
            place = (told.output_index, -1 - told.content_index)
            self._heard[place] = self._heard.get(place, 0) + 1
            events.append(Cited(citation=decode_annotation(told.annotation)))

    def part_done(self, told: _Frame, events: list[Event]) -> None:
        if _is_told(told.part) and (part := _part(told.part)).type in {"output_text", "refusal"}:
            self._rest_of_part(told.output_index, told.content_index, part, events)

    def thinking(self, told: _Frame, events: list[Event]) -> None:
        index, summary = told.output_index, told.summary_index
        text = _delta(told)
        if index in self._summary and self._summary[index] != summary:
            text = "\n\n" + text
        self._summary[index] = summary
        self._writing = None
        events.append(ThinkingDelta(text=text, origin=WIRE, id=told.item_id))

    def arguments(self, told: _Frame, events: list[Event]) -> None:
        call = self._calls.get(told.output_index)
        if call is None:
            raise WireError("malformed", "The provider called a tool without saying which.")
        self._heard[told.output_index, 0] = 1
        events.append(ToolCallDelta(index=call, arguments=_delta(told)))

    def item_done(self, told: _Frame, events: list[Event]) -> None:
        if _is_told(told.item):
            self._item_done(told.output_index, _item(told.item), events)

    def _item_done(self, index: int, item: _Item, events: list[Event]) -> None:
        if index in self._done:
            return
        self._done.add(index)
        if item.type in _CALLS:
            self._call(index, item, events)
            arguments = item.arguments if item.type == "function_call" else arguments_of(item.input or "")
            if arguments and (index, 0) not in self._heard:
                events.append(ToolCallDelta(index=self._calls[index], arguments=arguments))
        elif item.type == "reasoning":
            self._reasoning_done(index, item, events)
        elif item.type == "message":
            for place, part in enumerate(item.content or ()):
                self._rest_of_part(index, place, part, events)

    def _reasoning_done(self, index: int, item: _Item, events: list[Event]) -> None:
        text = ""
        if index not in self._summary:
            pieces = [piece.text for piece in item.summary or ()] or [part.text or "" for part in item.content or ()]
            text = "\n\n".join(pieces)
        if text or item.encrypted_content is not None:
            withheld = not text and index not in self._summary
            proof = item.encrypted_content
            events.append(ThinkingDelta(text=text, signature=proof, origin=WIRE, redacted=withheld, id=item.id))
        self._writing = None

    def _rest_of_part(self, index: int, place: int, part: _Part, events: list[Event]) -> None:
        refusal = part.type == "refusal"
        text = (part.refusal if refusal else part.text) or ""
        if text and (index, place) not in self._heard:
            self._say(_Frame(output_index=index, content_index=place), text, events, refusal=refusal)
        counted = (index, -1 - place)
        heard = self._heard.get(counted, 0)
        events += [Cited(citation=decode_annotation(raw)) for raw in (part.annotations or ())[heard:]]
        self._heard[counted] = max(heard, len(part.annotations or ()))

    def _say(self, told: _Frame, text: str, events: list[Event], *, refusal: bool) -> None:
        before, here = self._writing, (told.output_index, told.content_index, refusal)
        if before != here:
            self._writing = here
            self._heard[here[:2]] = 1
            if before is not None and before[2] is refusal:
                events.append(TextDelta(text=text, starts_part=True, refusal=refusal))
                return
        events.append(TextDelta(text=text, refusal=refusal))

    def _call(self, index: int, item: _Item, events: list[Event]) -> None:
        if index in self._calls:
            return
        if not item.name:
            raise WireError("malformed", "The provider called a tool without saying which.")
        number = self._calls[index] = len(self._calls)
        call_id = item.call_id or item.id or f"call_{new_id().hex}"
        events.append(ToolCallDelta(index=number, id=call_id, name=self._names.get(item.name, item.name)))

    def _start(self, response: _Response, events: list[Event]) -> None:
        if not self._started:
            self._started = True
            answer_id = response.id or f"resp_{new_id().hex}"
            events.append(Started(id=answer_id, model=response.model or "", lost=self._lost))

    def _end(self, response: _Response, status: str, events: list[Event]) -> None:
        if status == "failed":
            raise StreamFailure(decode_stream_failure(response.error or {}))
        self._start(response, events)
        for index, raw in enumerate(response.output or ()):
            self._item_done(index, _item(raw), events)
        if response.usage is not None:
            events.append(UsageReported(usage=_counted(response.usage, response)))
        self._finished = True
        events.append(Finished(reason=self._reason(response, status)))

    def _reason(self, response: _Response, status: str) -> FinishReason:
        if status == "incomplete":
            why = response.incomplete_details.reason if response.incomplete_details else None
            return _INCOMPLETE.get(why or "", FinishReason.LENGTH)
        return FinishReason.TOOL_CALLS if self._calls else FinishReason.STOP


_TAKERS: dict[str, Callable[[_Listener, _Frame, list[Event]], None]] = {
    "response.output_text.delta": _Listener.text,
    "response.refusal.delta": _Listener.refusal,
    "response.function_call_arguments.delta": _Listener.arguments,
    "response.reasoning_summary_text.delta": _Listener.thinking,
    "response.reasoning_text.delta": _Listener.thinking,
    "response.reasoning.delta": _Listener.thinking,
    "response.output_item.added": _Listener.item_added,
    "response.output_item.done": _Listener.item_done,
    "response.content_part.done": _Listener.part_done,
    "response.output_text.annotation.added": _Listener.annotation,
    "response.created": _Listener.lifecycle,
    "response.queued": _Listener.lifecycle,
    "response.in_progress": _Listener.lifecycle,
    "response.completed": _Listener.lifecycle,
    "response.incomplete": _Listener.lifecycle,
    "response.failed": _Listener.lifecycle,
    "error": _Listener.failed,
}


def _delta(told: _Frame) -> str:
    delta = told.delta
    if type(delta) is str:
        return delta
    if delta is None:
        return ""
    raise WireError("malformed", f"The provider sent a `{told.type}` without text.")


def _is_told(member: Raw) -> bool:
    return bool(member) and bytes(member) != b"null"


def _counted(usage: _Usage, response: _Response) -> Usage:
    inputs = usage.input_tokens_details or _InputDetails()
    outputs = usage.output_tokens_details or _OutputDetails()
    return Usage(
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cached_tokens=inputs.cached_tokens or 0,
        cache_write_tokens=inputs.cache_write_tokens or 0,
        reasoning_tokens=outputs.reasoning_tokens or 0,
        billing=billing(
            Billing(
                tier=tier_of(response.service_tier),
                web_searches=sum(_item(raw).type == _SEARCH for raw in response.output or ()),
            )
        ),
    )
