"""OpenAI's Responses API as the provider speaks it: reasoning, message and function_call items; nothing is stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from tests.fakes.answer import Finish, ToolUse
from tests.fakes.frames import SSE, Frame, Framing, Json, Kind
from tests.fakes.speech import Asked, Speech, ToolOffer, argument_pieces
from tests.fakes.wires.openai_chat import image_type
from tests.fakes.wires.wire import CREATED, Ask, BadRequestError

_INCOMPLETE = {Finish.LENGTH: "max_output_tokens", Finish.CONTENT_FILTER: "content_filter"}


class _Part(msgspec.Struct, frozen=True):
    type: str
    text: str = ""
    image_url: str = ""


class _Item(msgspec.Struct, frozen=True):
    type: str = "message"
    role: str = ""
    content: str | list[_Part] | None = None
    call_id: str = ""
    output: str | list[_Part] = ""

    def parts(self) -> Sequence[_Part]:
        held = self.output if self.type == "function_call_output" else self.content or ""
        return [_Part(type="input_text", text=held)] if isinstance(held, str) else held

    def text(self) -> str:
        return " ".join(part.text for part in self.parts() if part.text)


class _Tool(msgspec.Struct, frozen=True):
    type: str
    name: str = ""
    parameters: dict[str, Any] | None = None


class _Format(msgspec.Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"]
    schema: dict[str, Any] | None = None


class _Text(msgspec.Struct, frozen=True):
    format: _Format | None = None


class _Body(msgspec.Struct, frozen=True):
    model: str
    input: str | list[_Item]
    instructions: str | None = None
    stream: bool | None = False
    tools: list[_Tool] = []
    tool_choice: str | dict[str, Any] = "auto"
    text: _Text | None = None
    reasoning: dict[str, Any] | None = None
    max_output_tokens: int | None = None
    previous_response_id: str | None = None

    def items(self) -> Sequence[_Item]:
        return [_Item(role="user", content=self.input)] if isinstance(self.input, str) else self.input


class OpenAIResponses:
    """`POST …/responses`."""

    framing: Framing = SSE

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as OpenAI does; a function's output needs its call."""
        body = msgspec.json.decode(ask.body, type=_Body)
        if body.previous_response_id:
            raise BadRequestError(f"Previous response with id '{body.previous_response_id}' not found.")
        items = body.items()
        called = {item.call_id for item in items if item.type == "function_call"}
        for item in items:
            if item.type == "function_call_output" and item.call_id not in called:
                raise BadRequestError(f"No tool call found for function call output with call_id {item.call_id}.")
        speakers = {"user", "tool"}
        heard = [item for item in items if item.role in speakers or item.type == "function_call_output"]
        return Asked(
            model=body.model,
            texts=(body.instructions or "", *(item.text() for item in items)),
            last_text=heard[-1].text() if heard else "",
            images=[
                image_type(part.image_url) for item in items for part in item.parts() if part.type == "input_image"
            ],
            stream=bool(body.stream),
            schema=_schema(body.text),
            forced=_forced(body),
            thinks=bool(body.reasoning),
            max_tokens=body.max_output_tokens,
        )

    def document(self, speech: Speech) -> Json:
        """Return the finished `response`."""
        return _response(speech, [_finished(item, speech) for item in _items(speech)], _status(speech))

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return the typed events, numbered without gaps; the last one says how it ended."""
        return [_numbered(kind, event, number) for number, (kind, event) in enumerate(_events(speech))]

    def error_frame(self) -> Frame:
        """Return the `error` event."""
        error: Json = {"type": "error", "code": "server_error", "message": "The server had an error", "param": None}
        return _numbered(Kind.END, error, 999)


_Piece = tuple[Literal["reasoning", "message"], int] | tuple[ToolUse, int]
_Event = tuple[Kind, Json]


def _items(speech: Speech) -> Sequence[_Piece]:
    kinds: list[Literal["reasoning", "message"] | ToolUse] = []
    if speech.reasoning:
        kinds.append("reasoning")
    if speech.text or not speech.tool_calls:
        kinds.append("message")
    kinds.extend(speech.tool_calls)
    return [(kind, index) for index, kind in enumerate(kinds)]  # type: ignore[misc]  # a tuple of a union is no union of tuples


def _events(speech: Speech) -> Iterator[_Event]:
    for name in ("created", "in_progress"):
        yield Kind.OPENING, {"type": f"response.{name}", "response": _response(speech, [], "in_progress")}
    items = _items(speech)
    for item in items:
        _, index = item
        place: Json = {"output_index": index}
        yield Kind.OPENING, {"type": "response.output_item.added", "item": _begun(item, speech)} | place
        yield from _item_events(item, speech)
        done = _finished(item, speech)
        yield Kind.OPENING, {"type": "response.output_item.done", "item": done} | place
    status = _status(speech)
    response = _response(speech, [_finished(item, speech) for item in items], status)
    yield Kind.END, {"type": f"response.{status}", "response": response}


def _item_events(item: _Piece, speech: Speech) -> Iterator[_Event]:
    kind, index = item
    place: Json = {"item_id": _item_id(item, speech), "output_index": index}
    match kind:
        case "reasoning":
            place |= {"summary_index": 0}
            prefix, part = "response.reasoning_summary", {"type": "summary_text"}
            yield Kind.OPENING, {"type": f"{prefix}_part.added", "part": part | {"text": ""}} | place
            for piece in speech.reasoning_pieces:
                yield Kind.DELTA, {"type": f"{prefix}_text.delta", "delta": piece} | place
            yield Kind.OPENING, {"type": f"{prefix}_text.done", "text": speech.reasoning} | place
            yield Kind.OPENING, {"type": f"{prefix}_part.done", "part": part | {"text": speech.reasoning}} | place
        case "message":
            place |= {"content_index": 0}
            yield Kind.OPENING, {"type": "response.content_part.added", "part": _text_part("")} | place
            for piece in speech.text_pieces:
                yield Kind.DELTA, {"type": "response.output_text.delta", "delta": piece, "logprobs": []} | place
            yield Kind.OPENING, {"type": "response.output_text.done", "text": speech.text, "logprobs": []} | place
            yield Kind.OPENING, {"type": "response.content_part.done", "part": _text_part(speech.text)} | place
        case ToolUse() as call:
            prefix = "response.function_call_arguments"
            for piece in argument_pieces(call):
                yield Kind.DELTA, {"type": f"{prefix}.delta", "delta": piece} | place
            yield Kind.OPENING, {"type": f"{prefix}.done", "arguments": call.arguments, "name": call.name} | place


def _begun(item: _Piece, speech: Speech) -> Json:
    emptied: Mapping[str, object] = {"summary": [], "content": [], "arguments": "", "status": "in_progress"}
    return {key: emptied.get(key, value) for key, value in _finished(item, speech).items()}


def _finished(item: _Piece, speech: Speech) -> Json:
    kind, _ = item
    start: Json = {"id": _item_id(item, speech)}
    match kind:
        case "reasoning":
            summary = [{"type": "summary_text", "text": speech.reasoning}]
            return start | {"type": "reasoning", "summary": summary, "encrypted_content": f"sealed:{speech.serial}"}
        case "message":
            state = "completed" if _status(speech) == "completed" else "incomplete"
            content = [_text_part(speech.text)]
            return start | {"type": "message", "role": "assistant", "status": state, "content": content}
        case ToolUse() as call:
            function: Json = {"call_id": call.id, "name": call.name, "arguments": call.arguments}
            return start | {"type": "function_call", "status": "completed"} | function


def _item_id(item: _Piece, speech: Speech) -> str:
    kind, index = item
    prefix = "fc" if isinstance(kind, ToolUse) else {"reasoning": "rs", "message": "msg"}[kind]
    return f"{prefix}_{speech.serial:06d}_{index}"


def _text_part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _status(speech: Speech) -> str:
    return "incomplete" if speech.finish in _INCOMPLETE else "completed"


def _response(speech: Speech, output: Sequence[Json], status: str) -> Json:
    finished = status != "in_progress"
    incomplete = {"reason": _INCOMPLETE[speech.finish]} if status == "incomplete" else None
    return {
        "id": f"resp_{speech.serial:06d}",
        "object": "response",
        "created_at": CREATED,
        "completed_at": CREATED + 1 if status == "completed" else None,
        "status": status,
        "error": None,
        "incomplete_details": incomplete,
        "instructions": None,
        "max_output_tokens": None,
        "model": speech.model,
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": "low", "summary": "detailed"}
        if speech.reasoning
        else {"effort": None, "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": _usage(speech) if finished else None,
        "user": None,
        "metadata": {},
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "top_logprobs": 0,
        "max_tool_calls": None,
        "background": False,
        "service_tier": "default",
        "safety_identifier": None,
        "prompt_cache_key": None,
    }


def _usage(speech: Speech) -> Json:
    tokens = speech.tokens
    return {
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": 0},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": tokens.input + tokens.output,
    }


def _numbered(kind: Kind, event: Json, number: int) -> Frame:
    return Frame(kind=kind, payload=event | {"sequence_number": number}, event=str(event["type"]))


def _schema(text: _Text | None) -> object:
    if text is None or text.format is None or text.format.type == "text":
        return None
    return text.format.schema or {"type": "object", "properties": {"answer": {}}}


def _forced(body: _Body) -> tuple[ToolOffer, ...]:
    offers = tuple(ToolOffer(name=tool.name, schema=tool.parameters) for tool in body.tools if tool.type == "function")
    match body.tool_choice:
        case "required":
            return offers
        case {"type": "function", "name": name}:
            return tuple(offer for offer in offers if offer.name == name)
        case _:
            return ()
