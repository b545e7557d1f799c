"""Answers of providers, shortened to what counts, and how their wires read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from tests.gateway.metering.price_lists import NOON

from chimera.gateway.knowledge import Price
from chimera.llm import Event, Usage, UsageReported
from chimera.wires.openai_chat.embeddings import decode_embeddings
from chimera.wires.openai_chat.stream_decoding import StreamDecoder
from chimera.wires.usage.relayed import RelayedUsage


def chat(usage: dict[str, Any], **members: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    return msgspec.json.encode({"id": "c", "model": "m", "choices": [choice], "usage": usage} | members)


def message(usage: dict[str, Any]) -> bytes:
    content = [{"type": "text", "text": "Hi"}]
    told = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content}
    return msgspec.json.encode(told | {"stop_reason": "end_turn", "usage": usage})


def generated(usage: dict[str, Any], **candidate: Any) -> bytes:
    content = {"role": "model", "parts": [{"text": "Hi"}]}
    answer = {"candidates": [{"content": content, "finishReason": "STOP"} | candidate], "usageMetadata": usage}
    return msgspec.json.encode(answer | {"modelVersion": "gemini-2.5-pro", "responseId": "r"})


def response(usage: dict[str, Any], *items: dict[str, Any], **members: Any) -> bytes:
    said = {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
    told = {"id": "resp_1", "object": "response", "model": "m", "status": "completed", "output": [*items, said]}
    return msgspec.json.encode(told | {"usage": usage} | members)


def relayed(body: bytes) -> list[Event]:
    kind = "text/event-stream" if body.startswith((b"data:", b"event:")) else "application/json"
    heard = RelayedUsage(kind)
    for start in range(0, len(body), 40):
        heard.feed(body[start : start + 40])
    usage = heard.close()
    return [UsageReported(usage=usage)] if usage else []


def embedded(body: bytes) -> list[Event]:
    return [UsageReported(usage=Usage(input_tokens=decode_embeddings(body).input_tokens))]


def chat_stream(body: bytes) -> list[Event]:
    decoder = StreamDecoder()
    return [*decoder.feed(body), *decoder.close()]


def streamed(wire: Any) -> Callable[[bytes], list[Event]]:
    def decode(body: bytes) -> list[Event]:
        decoder = wire.stream_decoder()
        return [*decoder.feed(body), *decoder.close()]

    return decode


def frames(*payloads: dict[str, Any], end: bytes = b"") -> bytes:
    return b"".join(b"data: %b\n\n" % msgspec.json.encode(payload) for payload in payloads) + end


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a provider answered, and what that costs: (tokens, USD a million) for each kind, summed by hand."""

    provider: str
    decode: Callable[[bytes], Sequence[Event]]
    body: bytes
    price: Price
    charged: tuple[tuple[int, str], ...]
    moment: datetime = NOON
    own_usd: str = ""
    factor: str = "1"
    discount_bp: int = 0
    marks: tuple[str, ...] = field(default=())
