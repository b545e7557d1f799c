"""OpenAI's chat completions as the provider speaks them, with the dialects of those who imitate it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from tests.fakes.answer import Finish
from tests.fakes.frames import SSE, Frame, Framing, Json, Kind
from tests.fakes.speech import Asked, Speech, ToolOffer, argument_pieces
from tests.fakes.wires.wire import CREATED, Ask, BadRequestError

_SAFE: Json = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
_PROMPT_FILTER = [
    {"prompt_index": 0, "content_filter_results": {**_SAFE, "jailbreak": {"filtered": False, "detected": False}}}
]


class _Url(msgspec.Struct, frozen=True):
    url: str


class _Part(msgspec.Struct, frozen=True):
    type: Literal["text", "image_url", "input_audio", "file", "refusal"]
    text: str = ""
    image_url: _Url | None = None


class _Called(msgspec.Struct, frozen=True):
    name: str
    arguments: str


class _ToolCall(msgspec.Struct, frozen=True):
    id: str
    type: Literal["function"]
    function: _Called


class _Message(msgspec.Struct, frozen=True):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    tool_calls: list[_ToolCall] = []
    tool_call_id: str | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.type == "text")
        return self.content or ""

    def images(self) -> Iterator[str]:
        for part in self.content if isinstance(self.content, list) else ():
            if part.type == "image_url":
                yield image_type(part.image_url.url if part.image_url else "")


class _Function(msgspec.Struct, frozen=True):
    name: str
    parameters: dict[str, Any] = {}


class _Tool(msgspec.Struct, frozen=True):
    type: Literal["function"]
    function: _Function


class _JsonSchema(msgspec.Struct, frozen=True):
    name: str
    schema: dict[str, Any] = {}


class _ResponseFormat(msgspec.Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _JsonSchema | None = None


class _StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool = False


class _Body(msgspec.Struct, frozen=True):
    messages: list[_Message]
    model: str = ""
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] = []
    tool_choice: Literal["none", "auto", "required"] | dict[str, Any] | None = None
    response_format: _ResponseFormat | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    reasoning_effort: str | None = None
    reasoning: dict[str, Any] | None = None
    n: int | None = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDialect:
    """How an imitator differs from OpenAI.

    Args:
        reasoning_field: Where reasoning text goes; None keeps it to itself, as OpenAI does.
        comments: Sends keep-alive comments.
        filters: Reports content filters, as Azure does.
        cache_counts: Counts cache hits and misses, as DeepSeek does.
        cost: Reports the price paid, and usage without being asked, as OpenRouter does.
    """

    reasoning_field: str | None = None
    comments: bool = False
    filters: bool = False
    cache_counts: bool = False
    cost: bool = False


class OpenAIChat:
    """`POST …/chat/completions`."""

    framing: Framing = SSE

    def __init__(self, dialect: ChatDialect) -> None:
        self._dialect = dialect

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as OpenAI does."""
        body = msgspec.json.decode(ask.body, type=_Body)
        _check(body)
        last = body.messages[-1]
        maximum = body.max_completion_tokens or body.max_tokens
        return Asked(
            model=ask.params.get("deployment") or body.model,
            texts=tuple(message.text() for message in body.messages),
            last_text=next((m.text() for m in reversed(body.messages) if m.role in {"user", "tool"}), last.text()),
            images=tuple(image for message in body.messages for image in message.images()),
            stream=bool(body.stream),
            include_usage=self._dialect.cost or bool(body.stream_options and body.stream_options.include_usage),
            schema=_schema(body.response_format),
            forced=_forced(body),
            thinks=bool(body.reasoning_effort or body.reasoning),
            max_tokens=maximum,
            choices=body.n or 1,
        )

    def document(self, speech: Speech) -> Json:
        """Return a `chat.completion`."""
        choices = [self._choice(speech, index) for index in range(speech.choices)]
        document = self._envelope(speech, "chat.completion") | {"choices": choices, "usage": self._usage(speech)}
        return document | ({"prompt_filter_results": _PROMPT_FILTER} if self._dialect.filters else {})

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return `chat.completion.chunk`s: the role first, one finish reason per choice, usage if asked, `[DONE]`."""
        return list(self._frames(speech))

    def error_frame(self) -> Frame:
        """Return the error object that SDKs look for; OpenRouter puts it into a chunk."""
        error: Json = {"message": "The server had an error", "type": "server_error", "param": None, "code": None}
        if not self._dialect.cost:
            return Frame(kind=Kind.END, payload={"error": error})
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error", "native_finish_reason": "error"}
        payload: Json = {
            "id": "gen-000000",
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": "fake",
            "provider": "Fake",
            "error": {"code": 502, "message": "Provider disconnected unexpectedly"},
            "choices": [choice],
        }
        return Frame(kind=Kind.END, payload=payload)

    def _frames(self, speech: Speech) -> Iterator[Frame]:
        if self._dialect.comments:
            yield Frame(kind=Kind.COMMENT, payload=b"OPENROUTER PROCESSING")
        if self._dialect.filters:
            blank: Json = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
            yield Frame(kind=Kind.OPENING, payload=blank | {"prompt_filter_results": _PROMPT_FILTER})
        for index in range(speech.choices):
            yield from self._choice_frames(speech, index)
        if speech.include_usage:
            yield Frame(kind=Kind.USAGE, payload=self._chunk(speech, [], self._usage(speech)))
        yield Frame(kind=Kind.END, payload=b"[DONE]")

    def _choice_frames(self, speech: Speech, index: int) -> Iterator[Frame]:
        def frame(kind: Kind, delta: Json, finish: str | None = None) -> Frame:
            choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
            if self._dialect.filters:
                choice["content_filter_results"] = _SAFE if delta.get("content") else {}
            return Frame(kind=kind, payload=self._chunk(speech, [choice]))

        first = None if speech.tool_calls and not speech.text else ""
        yield frame(Kind.OPENING, {"role": "assistant", "content": first, "refusal": None})
        if self._dialect.reasoning_field:
            for piece in speech.reasoning_pieces:
                yield frame(Kind.DELTA, {self._dialect.reasoning_field: piece})
        for piece in speech.text_pieces:
            yield frame(Kind.DELTA, {"content": piece})
        for position, call in enumerate(speech.tool_calls):
            head = {"index": position, "id": call.id, "type": "function"}
            yield frame(Kind.DELTA, {"tool_calls": [head | {"function": {"name": call.name, "arguments": ""}}]})
            for piece in argument_pieces(call):
                yield frame(Kind.DELTA, {"tool_calls": [{"index": position, "function": {"arguments": piece}}]})
        yield frame(Kind.FINISH, {}, speech.finish.value)

    def _chunk(self, speech: Speech, choices: Sequence[Json], usage: Json | None = None) -> Json:
        chunk = self._envelope(speech, "chat.completion.chunk") | {"choices": choices}
        # With include_usage every chunk has the key, null but in the last.
        return chunk | {"usage": usage} if speech.include_usage else chunk

    def _envelope(self, speech: Speech, kind: str) -> Json:
        prefix = "gen" if self._dialect.cost else "chatcmpl"
        envelope: Json = {
            "id": f"{prefix}-{speech.serial:06d}",
            "object": kind,
            "created": CREATED,
            "model": speech.model,
            "system_fingerprint": "fp_fake",
        }
        return envelope | ({"provider": "Fake"} if self._dialect.cost else {"service_tier": "default"})

    def _choice(self, speech: Speech, index: int) -> Json:
        message: Json = {
            "role": "assistant",
            "content": speech.text or (None if speech.tool_calls else ""),
            "refusal": None,
            "annotations": [],
        }
        if self._dialect.reasoning_field and speech.reasoning:
            message[self._dialect.reasoning_field] = speech.reasoning
        if speech.tool_calls:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in speech.tool_calls
            ]
        choice: Json = {"index": index, "message": message, "logprobs": None, "finish_reason": speech.finish.value}
        return choice | ({"content_filter_results": _filter_results(speech)} if self._dialect.filters else {})

    def _usage(self, speech: Speech) -> Json:
        tokens = speech.tokens
        usage: Json = {
            "prompt_tokens": tokens.input,
            "completion_tokens": tokens.output,
            "total_tokens": tokens.input + tokens.output,
            "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": tokens.reasoning, "audio_tokens": 0},
        }
        if self._dialect.cache_counts:
            usage |= {
                "prompt_cache_hit_tokens": tokens.cached,
                "prompt_cache_miss_tokens": tokens.input - tokens.cached,
            }
        return usage | ({"cost": 0.00042, "is_byok": False} if self._dialect.cost else {})


def image_type(url: str) -> str:
    """Return the media type of a data URL, "url" for any other address."""
    return url[5:].split(";", maxsplit=1)[0] if url.startswith("data:") else "url"


def _filter_results(speech: Speech) -> Json:
    return {**_SAFE} | (
        {"hate": {"filtered": True, "severity": "high"}} if speech.finish is Finish.CONTENT_FILTER else {}
    )


def _schema(wanted: _ResponseFormat | None) -> object:
    if wanted is None or wanted.type == "text":
        return None
    return wanted.json_schema.schema if wanted.json_schema else {"type": "object", "properties": {"answer": {}}}


def _forced(body: _Body) -> tuple[ToolOffer, ...]:
    offers = tuple(ToolOffer(name=tool.function.name, schema=tool.function.parameters) for tool in body.tools)
    match body.tool_choice:
        case "required":
            return offers
        case {"function": {"name": name}}:
            return tuple(offer for offer in offers if offer.name == name)
        case _:
            return ()


def _check(body: _Body) -> None:
    if not body.messages:
        raise BadRequestError("[] is too short - 'messages'")
    if body.stream_options and not body.stream:
        raise BadRequestError("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    open_calls: set[str | None] = set()
    for index, message in enumerate(body.messages):
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                raise BadRequestError(
                    f"Invalid parameter: messages[{index}] with role 'tool' must be a response to"
                    " a preceding message with 'tool_calls'."
                )
            open_calls.discard(message.tool_call_id)
        elif open_calls:
            raise BadRequestError(
                "An assistant message with 'tool_calls' must be followed by tool messages"
                " responding to each 'tool_call_id'."
            )
        else:
            open_calls = {call.id for call in message.tool_calls}
    if open_calls:
        raise BadRequestError("Some 'tool_call_id's did not have response messages.")
