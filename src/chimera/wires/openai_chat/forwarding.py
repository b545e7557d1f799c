"""A chat completion between a caller and a provider who both speak this wire: bytes pass, usage is read beside."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import Event, Finished, Original, Request, UsageReported
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream
from chimera.wires.frames.sse import SseParser
from chimera.wires.openai_chat.quirks import Quirks
from chimera.wires.openai_chat.request_decoding import WIRE
from chimera.wires.openai_chat.stream_decoding import StreamDecoder
from chimera.wires.originals import forwardable, restated

_LIMITS = frozenset({"max_tokens", "max_completion_tokens"})


class _Choices(Struct, frozen=True, gc=False):
    choices: list[Raw] | None = None


_ASIDE = frozenset({UsageReported, Finished})
_choices = msgspec.json.Decoder(_Choices).decode


def original_of(request: Request, quirks: Quirks) -> Original | None:
    """Return the caller's words if a provider with these quirks takes them as they are."""
    original = forwardable(request, (WIRE,))
    if original is None or quirks.unsupported & original.fields.keys():
        return None
    return original


def forwarded_body(original: Original, quirks: Quirks, *, model: str) -> bytes:
    """Return the body for the provider: the caller's, with the provider's name of the model, and asking for usage."""
    changes: dict[str, Any] = {"model": model}
    if original.stream:
        changes["stream_options"] = {**_stream_options(original), "include_usage": True}
    named = original.fields.keys() & _LIMITS
    if named and quirks.output_limit not in named:
        # Reasoning models refuse the old name, imitators do not know the new one.
        old = named.pop()
        fields = {name: value for name, value in original.fields.items() if name != old}
        renamed: dict[str, Any] = {quirks.output_limit: original.fields[old]}
        return restated(msgspec.structs.replace(original, fields=fields), {**changes, **renamed})
    return restated(original, changes)


def forwarding_decoder(original: Original) -> Decoder:
    """Return the decoder of an answer that is passed on."""
    if not original.stream:
        return ForwardedBody(decode_answer)
    include_usage = bool(_stream_options(original).get("include_usage"))

    def passed(payload: bytes, heard: Sequence[Event]) -> bytes:
        if payload == b"[DONE]":
            return b""  # ours follows when the answer is known to be complete
        if not include_usage and (not heard or type(heard[-1]) in _ASIDE) and not _choices(payload).choices:
            return b""  # the usage, or Azure's verdict on the prompt: many clients take a choice for granted
        return framed(payload)

    return ForwardedStream(SseParser(), StreamDecoder(), framed=framed, passed=passed)


def decode_answer(body: bytes) -> list[Event]:
    """Return the events of a whole `chat.completion`.

    Raises:
        WireError: if the body is none, or breaks off.
        StreamFailure: if it reports an error.
    """
    decoder = StreamDecoder()
    return [*decoder.feed(body), *decoder.close()]


def _stream_options(original: Original) -> dict[str, Any]:
    told = original.fields.get("stream_options")
    return (msgspec.json.decode(told) if told else None) or {}


def framed(payload: bytes) -> bytes:
    # Several lines of data are one payload, and in JSON no line ends within a string.
    return b"data: %b\n\n" % (payload.replace(b"\n", b" ") if b"\n" in payload else payload)
