"""Anthropic's Messages API as the provider speaks it."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from tests.fakes.answer import Finish, Tokens, ToolUse
from tests.fakes.frames import SSE, Frame, Framing, Json, Kind
from tests.fakes.speech import Asked, Speech, ToolOffer, argument_pieces
from tests.fakes.wires.wire import Ask, BadRequestError

_STOP_REASONS = {
    Finish.STOP: "end_turn",
    Finish.LENGTH: "max_tokens",
    Finish.TOOL_CALLS: "tool_use",
    Finish.CONTENT_FILTER: "refusal",
}
_LEAST_THINKING = 1024
_STRUCTURED_OUTPUT = "structured-output"


class _Source(msgspec.Struct, frozen=True):
    type: Literal["base64", "url", "file", "text", "content"]
    media_type: str = "url"


class _Block(msgspec.Struct, frozen=True):
    type: str
    text: str = ""
    source: _Source | None = None
    id: str = ""
    tool_use_id: str = ""
    input: dict[str, Any] | None = None
    content: "str | list[_Block]" = ""
    signature: str | None = None

    def plain(self) -> str:
        if self.type == "tool_result":
            return self.content if isinstance(self.content, str) else " ".join(block.text for block in self.content)
        return self.text


class _Message(msgspec.Struct, frozen=True):
    # The last one with a beta header and recent models only, between what is said.
    role: Literal["user", "assistant", "system"]
    content: str | list[_Block]

    def blocks(self) -> Sequence[_Block]:
        return [_Block(type="text", text=self.content)] if isinstance(self.content, str) else self.content

    def text(self) -> str:
        return " ".join(text for block in self.blocks() if (text := block.plain()))


class _Tool(msgspec.Struct, frozen=True):
    name: str
    input_schema: dict[str, Any] = {}


class _ToolChoice(msgspec.Struct, frozen=True):
    type: Literal["auto", "any", "tool", "none"]
    name: str = ""


class _Thinking(msgspec.Struct, frozen=True):
    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: int = _LEAST_THINKING


class _Format(msgspec.Struct, frozen=True):
    type: Literal["json_schema"]
    schema: dict[str, Any]


class _OutputConfig(msgspec.Struct, frozen=True):
    format: _Format | None = None


class _Body(msgspec.Struct, frozen=True):
    model: str
    messages: list[_Message]
    max_tokens: int | None = None
    system: str | list[_Block] = ""
    stream: bool = False
    tools: list[_Tool] = []
    tool_choice: _ToolChoice | None = None
    thinking: _Thinking | None = None
    output_config: _OutputConfig | None = None
    output_format: _Format | None = None
    temperature: float = 1.0

    def texts(self) -> tuple[str, ...]:
        system = self.system if isinstance(self.system, str) else " ".join(block.text for block in self.system)
        return (system, *(message.text() for message in self.messages))


class AnthropicMessages:
    """`POST /v1/messages`."""

    framing: Framing = SSE

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as Anthropic does."""
        body = _decode(ask)
        if body.max_tokens is None:
            raise BadRequestError("max_tokens: Field required")
        _check_sampling(body, body.max_tokens)
        wanted = body.output_format or (body.output_config.format if body.output_config else None)
        images = [
            block.source.media_type
            for message in body.messages
            for block in message.blocks()
            if block.type == "image" and block.source
        ]
        return Asked(
            model=body.model,
            texts=body.texts(),
            last_text=next((m.text() for m in reversed(body.messages) if m.role == "user"), ""),
            images=images,
            stream=body.stream,
            schema=wanted.schema if wanted else None,
            forced=_forced(body),
            thinks=body.thinking is not None and body.thinking.type != "disabled",
            max_tokens=body.max_tokens,
        )

    def document(self, speech: Speech) -> Json:
        """Return a `message`."""
        content = [_whole_block(block) for block in _blocks(speech)]
        return _message(speech, content, _STOP_REASONS[speech.finish], _usage(speech.tokens, speech.tokens.output))

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return the events: message_start, a ping, blocks in turn, message_delta with all usage, message_stop."""
        return list(_frames(speech))

    def error_frame(self) -> Frame:
        """Return the `error` event."""
        error = {"type": "overloaded_error", "message": "Overloaded"}
        return _event({"type": "error", "error": error, "request_id": "req_000000"}, Kind.END)


def count_tokens(ask: Ask) -> Json:
    """Answer `POST /v1/messages/count_tokens`: words are tokens."""
    return {"input_tokens": sum(len(text.split()) for text in _decode(ask).texts())}


def list_models(ask: Ask) -> Json:
    """Answer `GET /v1/models`, in pages."""
    after, limit = ask.query.get("after_id", ""), int(ask.query.get("limit", "20"))
    names = list(ask.models)
    start = names.index(after) + 1 if after in names else 0
    page = names[start : start + limit]
    data = [
        {"type": "model", "id": name, "display_name": name.title(), "created_at": "2025-05-22T00:00:00Z"}
        for name in page
    ]
    return {
        "data": data,
        "has_more": start + limit < len(names),
        "first_id": page[0] if page else None,
        "last_id": page[-1] if page else None,
    }


def _frames(speech: Speech) -> Iterator[Frame]:
    start = _message(speech, [], None, _usage(speech.tokens, 1))
    yield _event({"type": "message_start", "message": start}, Kind.OPENING)
    for index, block in enumerate(_blocks(speech)):
        yield _event(
            {"type": "content_block_start", "index": index, "content_block": _empty_block(block)}, Kind.OPENING
        )
        if index == 0:
            yield _event({"type": "ping"}, Kind.OPENING)
        for delta in _deltas(block, speech):
            yield _event({"type": "content_block_delta", "index": index, "delta": delta}, Kind.DELTA)
        yield _event({"type": "content_block_stop", "index": index}, Kind.OPENING)
    stop = {"stop_reason": _STOP_REASONS[speech.finish], "stop_sequence": None}
    usage = _usage(speech.tokens, speech.tokens.output)
    yield _event({"type": "message_delta", "delta": stop, "usage": usage}, Kind.FINISH)
    yield _event({"type": "message_stop"}, Kind.END)


def _event(payload: Json, kind: Kind) -> Frame:
    return Frame(kind=kind, payload=payload, event=str(payload["type"]))


_Piece = tuple[Literal["thinking", "text"], str] | ToolUse


def _blocks(speech: Speech) -> Sequence[_Piece]:
    blocks: list[_Piece] = []
    if speech.reasoning:
        blocks.append(("thinking", speech.reasoning))
    if speech.text:
        blocks.append(("text", speech.text))
    return [*blocks, *speech.tool_calls]


def _whole_block(block: _Piece) -> Json:
    match block:
        case ("thinking", thought):
            return {"type": "thinking", "thinking": thought, "signature": signature(thought)}
        case ("text", text):
            return {"type": "text", "text": text, "citations": None}
        case ToolUse() as call:
            return {
                "type": "tool_use",
                "id": _tool_id(call),
                "name": call.name,
                "input": msgspec.Raw(call.arguments.encode()),
                "caller": {"type": "direct"},
            }


def _empty_block(block: _Piece) -> Json:
    match block:
        case ("thinking", _):
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ("text", _):
            return {"type": "text", "text": "", "citations": None}
        case ToolUse() as call:
            return {
                "type": "tool_use",
                "id": _tool_id(call),
                "name": call.name,
                "input": {},
                "caller": {"type": "direct"},
            }


def _deltas(block: _Piece, speech: Speech) -> Iterator[Json]:
    match block:
        case ("thinking", thought):
            for piece in speech.reasoning_pieces:
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": signature(thought)}
        case ("text", _):
            for piece in speech.text_pieces:
                yield {"type": "text_delta", "text": piece}
        case ToolUse() as call:
            yield {"type": "input_json_delta", "partial_json": ""}
            for piece in argument_pieces(call):
                yield {"type": "input_json_delta", "partial_json": piece}


def signature(thought: str) -> str:
    """Return the signature that the fake puts on a thought, and asks for when the thought comes back."""
    return base64.b64encode(f"signed:{thought}".encode()).decode()


def _tool_id(call: ToolUse) -> str:
    return call.id if call.id.startswith("toolu_") else f"toolu_{call.id}"


def _message(speech: Speech, content: Sequence[Json], stop_reason: str | None, usage: Json) -> Json:
    return {
        "id": f"msg_{speech.serial:06d}",
        "type": "message",
        "role": "assistant",
        "model": speech.model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
        "usage": usage,
    }


def _usage(tokens: Tokens, output: int) -> Json:
    # Unlike OpenAI's, input_tokens leaves out what was read from the cache.
    return {
        "input_tokens": tokens.input - tokens.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": tokens.reasoning},
        "server_tool_use": None,
        "service_tier": "standard",
        "inference_geo": "not_available",
    }


def _decode(ask: Ask) -> _Body:
    if "anthropic-version" not in ask.headers:
        raise BadRequestError("anthropic-version: header is required")
    body = msgspec.json.decode(ask.body, type=_Body)
    _check_conversation(body.messages)
    return body


def _forced(body: _Body) -> tuple[ToolOffer, ...]:
    offers = tuple(ToolOffer(name=tool.name, schema=tool.input_schema) for tool in body.tools)
    match body.tool_choice:
        case _ToolChoice(type="any"):
            return offers
        case _ToolChoice(type="tool", name=name):
            return tuple(offer for offer in offers if offer.name == name)
        case _:
            return ()


def _check_sampling(body: _Body, max_tokens: int) -> None:
    if not 0 <= body.temperature <= 1:
        raise BadRequestError("temperature: range: 0..1")
    if body.thinking and body.thinking.type == "enabled":
        if body.thinking.budget_tokens < _LEAST_THINKING:
            raise BadRequestError("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if body.thinking.budget_tokens >= max_tokens:
            raise BadRequestError("`max_tokens` must be greater than `thinking.budget_tokens`.")


def _check_conversation(messages: Sequence[_Message]) -> None:
    if not messages:
        raise BadRequestError("messages: at least one message is required")
    called: set[str] = set()
    for index, message in enumerate(messages):
        blocks = message.blocks()
        if message.role == "system":
            continue
        if any(block.type == "text" and not block.text.strip() for block in blocks):
            raise BadRequestError(f"messages.{index}: text content blocks must be non-empty")
        if any(block.type == "thinking" and not block.signature for block in blocks):
            raise BadRequestError(f"messages.{index}: thinking.signature: Field required")
        results = {block.tool_use_id for block in blocks if block.type == "tool_result"}
        if called - results:
            missing = ", ".join(sorted(called - results))
            raise BadRequestError(
                f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {missing}"
            )
        if results - called:
            raise BadRequestError(f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks")
        called = {block.id for block in blocks if block.type == "tool_use"}
