"""A chat completion between a caller and a provider who both speak this wire: bytes pass, usage is read beside."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import (
    Event,
    Finished,
    Forwarded,
    Original,
    Part,
    Request,
    Started,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
)
from chimera.wires.encoded import Encoded
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream
from chimera.wires.frames.sse import SseParser
from chimera.wires.openai_chat.parts.reasoning import may_return
from chimera.wires.openai_chat.quirks import Quirks
from chimera.wires.openai_chat.request_decoding import WIRE, WORDS
from chimera.wires.openai_chat.stream_decoding import StreamDecoder
from chimera.wires.originals import forwardable

# Reasoning models refuse the old name, imitators do not know the new one, which wins.
_LIMITS = ("max_tokens", "max_completion_tokens")
_REASONING = re.compile(rb'"reasoning":\s*("(?:[^"\\]|\\.)*")')
_ASIDE = frozenset({Started, UsageReported, Finished})


class _Chunk(Struct, frozen=True, gc=False):
    choices: list[Raw] | None = None
    usage: Raw = Raw()

    @property
    def counts(self) -> bool:
        return bytes(self.usage) not in {b"", b"null"}


class _StreamOptions(Struct, frozen=True, gc=False):
    include_usage: bool | None = None
    # vLLM's: https://docs.vllm.ai/en/latest/api/vllm/entrypoints/openai/protocol.html
    continuous_usage_stats: bool | None = None


_chunk = msgspec.json.Decoder(_Chunk).decode
_members = msgspec.json.Decoder(dict[str, Raw]).decode
_stream_options = msgspec.json.Decoder(_StreamOptions).decode
_null = Raw(b"null")


def original_of(request: Request, quirks: Quirks) -> Original | None:
    """Return the caller's words if a provider with these quirks shall get them as they are."""
    original = _returnable(request) if quirks.reasoning_details else forwardable(request, (WIRE,))
    if original is None or any(path.partition(".")[0] not in quirks.members for path in original.beyond):
        return None
    if original.beyond:
        return original
    awkward = quirks.unsupported & original.fields.keys()
    return original if quirks.forwarded == "always" and not awkward else None


def forwarded_request(original: Original, quirks: Quirks, *, model: str) -> Encoded:
    """Return the body for the provider: the caller's own members, as far as the provider knows them.

    The model has the provider's name, and a stream is asked to count.
    """
    taken = _taken(quirks.members, quirks.unsupported)
    body: dict[str, Any] = {name: raw for name, raw in original.fields.items() if name in taken}
    lost = tuple(sorted(name if name in WORDS else f"extra.{name}" for name in original.fields.keys() - body.keys()))
    if limits := [body.pop(name) for name in _LIMITS if name in body]:
        body[quirks.output_limit] = limits[-1]
    body["model"] = model
    if original.stream:
        told = original.fields.get("stream_options")
        body["stream_options"] = (msgspec.json.decode(told) if told else {}) | {"include_usage": True}
    return Encoded(body=body, lost=lost)


@cache
def _taken(members: frozenset[str], unsupported: frozenset[str]) -> frozenset[str]:
    """The members that a provider takes; there are as many as there are kinds of providers."""
    return (WORDS | members) - unsupported


def forwarding_decoder(original: Original, lost: tuple[str, ...] = ()) -> Decoder:
    """Return the decoder of an answer that is passed on.

    Args:
        original: What was asked.
        lost: Members that were not sent.
    """
    if original.stream:
        return _ForwardedChunks(original, lost)
    return ForwardedBody(lambda body: decode_answer(body, lost), patched=_named_twice)


def decode_answer(body: bytes, lost: tuple[str, ...] = ()) -> list[Event]:
    """Return the events of a whole `chat.completion`.

    Raises:
        WireError: if the body is none, or breaks off.
        StreamFailure: if it reports an error.
    """
    decoder = StreamDecoder(lost)
    return [*decoder.feed(body), *decoder.close()]


class _ForwardedChunks:
    """Passes chunks on, and usage in one form: a chunk of its own at the end, for those who asked.

    A body that is no stream, an error with status 200 or a whole answer, is translated instead.
    """

    __slots__ = ("_chosen", "_decoder", "_frames", "_stream")

    def __init__(self, original: Original, lost: tuple[str, ...]) -> None:
        self._decoder = StreamDecoder(lost)
        self._frames = _Frames(original)
        payloads = _Payloads(self._decoder)
        self._stream = ForwardedStream(SseParser(), payloads, framed=bytes, passed=self._frames.passed)
        self._chosen: Decoder | None = None

    def feed(self, data: bytes) -> list[Event]:
        if self._chosen is None:
            opening = data.lstrip()[:1]
            if not opening:
                return []
            self._chosen = self._decoder if opening in b"{<" else self._stream
        return self._chosen.feed(data)

    def close(self) -> list[Event]:
        told = (self._chosen or self._stream).close()
        if self._frames.usage and told and type(told[-1]) is Finished:
            told.insert(-1, Forwarded(data=self._frames.usage))
        return told


class _Frames:
    """What passes of each chunk. Knows nothing of the stream, which knows it: no cycle for the collector to find.

    Attributes:
        usage: The chunk that carries the usage of an answer that did not tell it apart.
    """

    __slots__ = ("_continuous", "_include_usage", "usage")

    def __init__(self, original: Original) -> None:
        told = original.fields.get("stream_options")
        options = _stream_options(told) if told else _StreamOptions()
        self._include_usage = bool(options.include_usage)
        self._continuous = bool(options.continuous_usage_stats)
        self.usage = b""

    def passed(self, payload: bytes, heard: Sequence[Event]) -> bytes:
        if payload[:1] != b"{":
            usage, self.usage = self.usage, b""
            return usage  # instead of the end marker: ours follows when the answer is known to be complete
        place = payload.rfind(b'"usage"')
        if place >= 0 and payload[place + 7 : place + 12] != b":null":
            chunk = _chunk(payload)
            if chunk.counts:
                return self._counting(payload, chunk)
        kind = type(heard[-1]) if heard else Started
        if kind is ThinkingDelta:
            payload = _named_twice(payload)
        elif kind in _ASIDE and not self._include_usage and not _chunk(payload).choices:
            return b""  # Azure's verdict on the prompt, pings: many clients take a choice for granted
        return framed(payload)

    def _counting(self, payload: bytes, chunk: _Chunk) -> bytes:
        """Return what passes of a chunk with usage."""
        if not chunk.choices:
            self.usage = b""
            return framed(payload) if self._include_usage else b""
        if self._include_usage and self._continuous:
            return framed(payload)
        members = _members(payload)
        if self._include_usage:
            self.usage = framed(msgspec.json.encode(members | {"choices": []}))
            members["usage"] = _null
        else:
            del members["usage"]
        return framed(msgspec.json.encode(members))


class _Payloads:
    """The decoder, fed with the data of frames."""

    __slots__ = ("close", "feed")

    def __init__(self, decoder: StreamDecoder) -> None:
        self.feed = decoder.hear
        self.close = decoder.close


def _named_twice(payload: bytes) -> bytes:
    """Return the payload with the reasoning that OpenRouter names `reasoning` under the name that all others use too.

    A quotation mark within a text of JSON is escaped: what looks like a member is one.
    """
    if b'"reasoning":' not in payload or b'"reasoning_content":' in payload:
        return payload
    return _REASONING.sub(rb'"reasoning_content":\1,\g<0>', payload)


def framed(payload: bytes) -> bytes:
    # Several lines of data are one payload, and in JSON no line ends within a string.
    return b"data: %b\n\n" % (payload.replace(b"\n", b" ") if b"\n" in payload else payload)


def _returnable(request: Request) -> Original | None:
    """Return the caller's words if all their reasoning may go back to this model of OpenRouter's."""
    original = request.original
    if original is None or original.wire != WIRE:
        return None
    parts = (part for message in request.messages if message.role == "assistant" for part in message.parts)
    return None if any(_is_another_s(part, request.model) for part in parts) else original


def _is_another_s(part: Part, model: str) -> bool:
    match part:
        case Thinking():
            return not may_return(part, model)
        case ToolCall():
            return part.signature is not None
        case _:
            return False
