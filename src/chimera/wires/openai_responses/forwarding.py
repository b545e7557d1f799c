"""A response between a caller and a provider who both speak this wire.

Bytes pass, but for what is ours to say: the provider keeps nothing, so the id, `store` and `previous_response_id` of
the response are ours, in the events that carry the response and in the whole body.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from chimera.llm import Event, Original, Part, ProviderError, Request, Thinking
from chimera.wires.frames.forwarding import Decoder, ForwardedBody, ForwardedStream
from chimera.wires.frames.sse import SseParser
from chimera.wires.openai_responses.quirks import Quirks, reasons
from chimera.wires.openai_responses.reasoning import WIRE, decrypts_here
from chimera.wires.openai_responses.request_encoding import ENCRYPTED
from chimera.wires.openai_responses.stream_decoding import decode_answer, stream_decoder
from chimera.wires.originals import restated
from chimera.wires.signatures import split_id

_NAME = re.compile(rb'\{"type":\s*"([a-z_.]+)"')
_WITH_RESPONSE = frozenset(
    f"response.{name}".encode() for name in ("created", "queued", "in_progress", "completed", "incomplete")
)
_OPENINGS = frozenset({b"response.created", b"response.queued", b"response.in_progress"})
_ENDS = frozenset({b'"completed"', b'"incomplete"', b'"failed"'})
_SPEECH = frozenset({"message", "reasoning", "function_call", "custom_tool_call", ""})
_NULL = b"null"
_NAMELESS = re.compile(r"[^a-z_.]")
_ODD = (b"reasoning", b"__sig__")


class _Typed(Struct, frozen=True, gc=False):
    type: str = ""


class _Added(Struct, frozen=True, gc=False):
    item: _Typed | None = None


class _Kept(Struct, frozen=True, gc=False):
    type: str = ""
    encrypted_content: str | None = None
    call_id: str | None = None


_types = msgspec.json.Decoder(list[_Typed]).decode
_items = msgspec.json.Decoder(str | list[Raw]).decode
_kept = msgspec.json.Decoder(_Kept).decode
_strings = msgspec.json.Decoder(list[str]).decode
_added = msgspec.json.Decoder(_Added).decode
_typed = msgspec.json.Decoder(_Typed).decode
_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.encode


def original_of(request: Request, quirks: Quirks) -> Original | None:
    """Return what a provider with these quirks gets of the caller's words, if it takes them.

    Reasoning of other models stays here, and so does OpenAI's own that it would have to have kept: `minor` names it.
    """
    original = request.original
    if original is None or original.wire != WIRE or not _known(original, quirks):
        return None
    told, lost = _own_items(original.fields.get("input"))
    if lost and request.strict:
        return None
    fields = original.fields if told is None else {**original.fields, "input": told}
    return replace(original, fields=fields, minor=tuple(lost))


def remembers(request: Request) -> bool:
    """Whether the request holds reasoning that a provider of this wire encrypted; which of them, nothing tells."""
    return any(
        isinstance(part, Thinking) and part.origin == WIRE and part.signature is not None
        for message in request.messages
        for part in message.parts
    )


def is_unreadable(error: ProviderError) -> bool:
    """Whether a provider refused reasoning because another encrypted it."""
    # Azure has no code for it: https://github.com/openai/openai-agents-python/issues/2063
    said = "encrypted content" in error.message.lower() and "could not be verified" in error.message
    return said or error.upstream_code == "invalid_encrypted_content"


def disowned(request: Request) -> Request:
    """Return the request with its reasoning as nobody's, so that it is left out and named as lost."""
    messages = tuple(
        replace(message, parts=tuple(map(_disowned_part, message.parts))) if message.role == "assistant" else message
        for message in request.messages
    )
    original = request.original
    told = original.fields.get("input") if original and original.wire == WIRE else None
    if original is not None and told is not None:
        items = _items(told)
        kept = told if isinstance(items, str) else Raw(_encode([_disowned_item(raw) for raw in items]))
        original = replace(original, fields={**original.fields, "input": kept})
    return replace(request, messages=messages, original=original)


def forwarded_body(original: Original, *, model: str) -> bytes:
    """Return the body for the provider: the caller's, with the provider's name of the model, and never to be kept.

    Args:
        original: What `original_of` gave.
        model: The provider's name of the model.
    """
    changes: dict[str, Any] = {"model": model, "store": False}
    told = original.fields.get("include")
    include = _strings(told) if told else []
    if reasons(model) and ENCRYPTED not in include:
        changes["include"] = [*include, ENCRYPTED]
    return restated(original, changes)


def forwarding_decoder(original: Original) -> Decoder:
    """Return the decoder of an answer that is passed on; see `forwarded_body`."""
    if not original.stream:
        return ForwardedBody(
            lambda body: decode_answer(body, original.minor), patched=partial(_restated, ours=original.answer)
        )

    def passed(payload: bytes, heard: Sequence[Event]) -> bytes:
        if payload[:6] == b"[DONE]":
            return b""
        name = _name_of(payload)
        if name in _WITH_RESPONSE and original.answer:
            members = _fields(payload)
            told = bytes(members.get("response", _NULL))
            response = b"{}" if told == _NULL else told
            ended = {} if name in _OPENINGS else _ended(response, name)
            members["response"] = Raw(_restated(response, ours={**original.answer, **ended}))
            payload = _encode(members)
        return b"event: %b\n%b" % (name, framed(payload))

    return ForwardedStream(
        SseParser(), stream_decoder(original.minor), framed=framed, passed=passed, opens=_begins_work
    )


def framed(payload: bytes) -> bytes:
    return b"data: %b\n\n" % payload.replace(b"\n", b"\ndata: ")


def _name_of(payload: bytes) -> bytes:
    """Return the type of an event, without reading all of it where it stands at the beginning, as everybody has it."""
    found = _NAME.match(payload)
    return found[1] if found else _NAMELESS.sub("", _typed(payload).type).encode()


def _begins_work(payload: bytes) -> bool:
    """Whether the provider begins to search, to draw, …: callers watch it, and it has its price."""
    item = _added(payload).item if _name_of(payload) == b"response.output_item.added" else None
    return item is not None and item.type not in _SPEECH


def _restated(response: bytes, *, ours: Mapping[str, Raw]) -> bytes:
    return _encode({**_fields(response), **ours}) if ours else response


def _ended(response: bytes, name: bytes) -> Mapping[str, Raw]:
    """Return what a response that has ended must say whatever its provider did: it is kept, and continued later."""
    told, ended = _fields(response), {}
    if bytes(told.get("status", _NULL)) not in _ENDS:
        ended["status"] = Raw(_encode(name.partition(b".")[2].decode()))
    if bytes(told.get("output", _NULL)) == _NULL:
        ended["output"] = Raw(b"[]")
    return ended


def _known(original: Original, quirks: Quirks) -> bool:
    tools = original.fields.get("tools")
    return quirks.tools is None or tools is None or all(tool.type in quirks.tools for tool in _types(tools))


def _own_items(told: Raw | None) -> tuple[Raw | None, list[str]]:
    """Return the items that may be sent if others are among them, and the paths of those."""
    if told is None or not any(mark in bytes(told) for mark in _ODD):
        return None, []
    items = _items(told)
    if isinstance(items, str):
        return None, []
    sent: list[Raw] = []
    lost: list[str] = []
    for index, raw in enumerate(items):
        item = _kept(raw)
        if item.type == "reasoning" and not decrypts_here(item.encrypted_content):
            lost.append(f"input.{index}")
            continue
        sent.append(_plain(raw, item))
    return Raw(_encode(sent)), lost


def _disowned_part(part: Part) -> Part:
    return replace(part, origin=None, signature=None) if isinstance(part, Thinking) and part.origin == WIRE else part


def _disowned_item(raw: Raw) -> Raw:
    if not decrypts_here(_kept(raw).encrypted_content):
        return raw
    return Raw(_encode({name: value for name, value in _fields(raw).items() if name != "encrypted_content"}))


def _plain(raw: Raw, item: _Kept) -> Raw:
    """Return the item with the plain id of its call: the signature in it is another provider's."""
    call_id, signature = split_id(item.call_id or "")
    return raw if signature is None else Raw(_encode({**_fields(raw), "call_id": call_id}))
