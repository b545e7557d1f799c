"""A message between a caller and a provider who both speak this wire: bytes pass, usage is read beside."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from chimera.llm import Event, Original, Request, Started, TextDelta
from chimera.wires.anthropic_messages.answer import decode_answer, stream_decoder
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.anthropic_messages.quirks import Quirks, is_claude, quirks_of
from chimera.wires.anthropic_messages.request import encode_request
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream
from chimera.wires.frames.sse import SseParser
from chimera.wires.originals import forwardable, restated

# Where the generations of Claude differ: what one takes, another answers with 400.
_DIFFERING = ("temperature", "top_p", "top_k", "thinking", "output_config", "max_tokens")
_DEFAULTS = frozenset({b"1", b"1.0"})
_LOSABLE = frozenset({"temperature", "top_p", "top_k", "reasoning_effort"})
# What only an answer needs, not the counting of a prompt.
_OF_ANSWERS = frozenset({"max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata"})


class _Typed(Struct, frozen=True, gc=False):
    type: str = ""


class _Thinking(Struct, frozen=True, gc=False):
    type: str = ""


class _Effort(Struct, frozen=True, gc=False):
    effort: str | None = None


class _Opened(Struct, frozen=True, gc=False):
    type: str = ""
    content_block: _Typed | None = None


# Within a string its quotes would be escaped.
_MODEL = re.compile(rb'"model"\s*:\s*"(?:[^"\\]|\\.)*"')
# Anthropic says it first; whoever does not is read.
_NAME = re.compile(rb'\{"type":\s?"([a-z_]+)"')
_NAMELESS = re.compile(r"[^a-z_]")
_typed = msgspec.json.Decoder(_Typed).decode
_opened = msgspec.json.Decoder(_Opened).decode
# Blocks that say something as soon as they begin, or soon after.
_SPEAKING = frozenset({"text", "tool_use"})


def original_of(request: Request) -> Original | None:
    """Return the caller's words if they may go out as they are, but for reasoning that is another's.

    That is left out of the conversation, which then goes out in our words.
    """
    original = request.original
    if original is None or original.wire != ORIGIN:
        return None
    if forwardable(request, (ORIGIN,)):
        return original
    if any(path.startswith("messages.") for path in original.beyond):
        return None
    ours = msgspec.json.encode(encode_request(request).body["messages"])
    return replace(original, fields={**original.fields, "messages": Raw(ours)})


def forwarded_body(original: Original, request: Request) -> tuple[bytes, tuple[str, ...]]:
    """Return the body for the provider, and what it lost: the caller's, with the provider's name of the model.

    What this generation of models refuses, and we can say otherwise, is said as we would say it.

    Args:
        original: What `original_of` gave.
        request: Whose.
    """
    lost = _lost_of_messages(original, request)
    if not _misfits(original, request):
        return restated(original, {"model": request.model}), lost
    encoded = encode_request(request)
    kept = {name: raw for name, raw in original.fields.items() if name not in _DIFFERING}
    changes: dict[str, Any] = {name: encoded.body[name] for name in _DIFFERING if name in encoded.body}
    if "output_config" in original.fields:
        told = msgspec.json.decode(original.fields["output_config"], type=dict[str, Raw])
        told.pop("effort", None)
        mended = changes.pop("output_config", {})
        if merged := {**told, **{name: mended[name] for name in ("effort",) if name in mended}}:
            changes["output_config"] = merged
    lost += tuple(name for name in encoded.lost if name in _LOSABLE and not _is_default(original, name))
    return restated(replace(original, fields=kept), {"model": request.model, **changes}), lost


def counted_body(request: Request) -> dict[str, Any]:
    """Return the body of `POST /v1/messages/count_tokens`, without the model."""
    original = original_of(request)
    if original is None:
        told: dict[str, Any] = dict(encode_request(request).body)
    else:
        told = dict(original.fields)
    return {name: value for name, value in told.items() if name not in {*_OF_ANSWERS, "model"}}


def forwarding_decoder(original: Original, lost: tuple[str, ...] = ()) -> Decoder:
    """Return the decoder of an answer that is passed on; `lost` is told in its `Started`."""
    if not original.stream:
        return ForwardedBody(lambda body: _with_loss(decode_answer(body), lost))
    return ForwardedStream(SseParser(), _Wakeful(stream_decoder(lost)), framed=_nameless, passed=_passed)


def renamed(forwarded: bytes, model: str) -> bytes:
    """Return a whole answer, or the beginning of a stream, with another name of the model."""
    name = b'"model":' + msgspec.json.encode(model)
    return _MODEL.sub(lambda _: name, forwarded, count=1)


def framed(payload: bytes) -> bytes:
    """Return an event with its name, which is the type in its data."""
    found = _NAME.match(payload)
    # An escaped line break in it would begin a frame that nobody understood.
    name = found[1] if found else _NAMELESS.sub("", _typed(payload).type).encode()
    return b"event: %b\n%b" % (name, _nameless(payload))


def _nameless(payload: bytes) -> bytes:
    return b"data: %b\n\n" % (payload.replace(b"\n", b"\ndata: ") if b"\n" in payload else payload)


class _Wakeful:
    """Hears blocks that begin in silence as content without words: the provider's own tools, and thinking unshown.

    Both may take minutes, in which nobody should take the provider for dead.
    """

    __slots__ = ("_decoder",)

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def feed(self, data: bytes) -> list[Event]:
        events = self._decoder.feed(data)
        if not events and b"content_block_start" in data:
            [payload] = SseParser().feed(data)
            block = _opened(payload).content_block
            if block is not None and block.type not in _SPEAKING:
                events.append(TextDelta(text=""))
        return events

    def close(self) -> list[Event]:
        return self._decoder.close()


def _passed(payload: bytes, _heard: Sequence[Event]) -> bytes:
    return framed(payload)


def _with_loss(events: list[Event], lost: tuple[str, ...]) -> list[Event]:
    return [replace(event, lost=lost) if isinstance(event, Started) else event for event in events]


def _lost_of_messages(original: Original, request: Request) -> tuple[str, ...]:
    if request.original is None or original.fields["messages"] is request.original.fields["messages"]:
        return ()
    return tuple(name for name in encode_request(request).lost if name.startswith("messages."))


def _is_default(original: Original, name: str) -> bool:
    return bytes(original.fields.get(name, b"")) in _DEFAULTS


def _misfits(original: Original, request: Request) -> bool:
    """Whether the caller asks in words that another generation of Claude understands."""
    if "max_tokens" not in original.fields:
        return True
    sampling = request.sampling
    if sampling.temperature is not None and sampling.temperature > 1:
        return True
    if not is_claude(request.model):
        return False
    quirks = quirks_of(request.model)
    drawn = {"temperature", "top_p", "top_k"} & original.fields.keys()
    return bool(drawn and not quirks.sampling) or _thinks_otherwise(original, quirks)


def _thinks_otherwise(original: Original, quirks: Quirks) -> bool:
    thinking = original.fields.get("thinking")
    config = original.fields.get("output_config")
    effort = msgspec.json.decode(config, type=_Effort).effort if config else None
    if effort is not None and effort not in quirks.efforts:
        return True
    match msgspec.json.decode(thinking, type=_Thinking).type if thinking else "":
        case "enabled":
            return quirks.thinking == "adaptive" and not quirks.sampling
        case "adaptive":
            return quirks.thinking == "budget"
        case "disabled":
            return quirks.unthinking == "never"
        case _:
            return False
