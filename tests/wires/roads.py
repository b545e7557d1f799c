"""Wires as roads that a request or an answer can be sent along: encoded, and decoded at the other end.

Ollama's is none of them: it has no ids of calls and cannot force a tool.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from msgspec.structs import replace

from chimera.llm import Event, Request
from chimera.wires import anthropic_messages, gemini, openai_chat, openai_responses

RequestRoad: TypeAlias = Callable[[Request], tuple[Request, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Road:
    """One wire.

    Attributes:
        request: What of a request comes out at its end, and what it lost.
        answer: What of an answer's events comes out at its end.
    """

    request: RequestRoad
    answer: Callable[[list[Event]], list[Event]]


_CHAT = openai_chat.Quirks(
    output_limit="max_completion_tokens",
    reasoning="object",
    thinking="reasoning_content",
    tool_files="inside",
    refusals=True,
)


def _heard(decoder: object, body: bytes) -> list[Event]:
    return [*decoder.feed(body), *decoder.close()]  # type: ignore[attr-defined]  # every decoder has both


def _by_chat(request: Request) -> tuple[Request, tuple[str, ...]]:
    encoded = openai_chat.encode_request(request, _CHAT)
    return openai_chat.decode_request(encoded.to_json()).request, encoded.lost


def _by_responses(request: Request) -> tuple[Request, tuple[str, ...]]:
    encoded = openai_responses.encode_request(request)
    return openai_responses.decode_request(encoded.to_json()).request, encoded.lost


def _by_messages(request: Request) -> tuple[Request, tuple[str, ...]]:
    encoded = anthropic_messages.encode_request(request, anthropic_messages.Quirks(sampling=True))
    return anthropic_messages.decode_request(encoded.to_json()).request, encoded.lost


def _by_gemini(request: Request) -> tuple[Request, tuple[str, ...]]:
    encoded = gemini.encode_request(request, gemini.Quirks())
    return gemini.decode_request(encoded.to_json(), model=request.model).request, encoded.lost


def _told(encoder: object, events: list[Event]) -> bytes:
    return b"".join(map(encoder.encode, events)) + encoder.done()  # type: ignore[attr-defined]  # every encoder has both


def _answered_by_chat(events: list[Event]) -> list[Event]:
    encoder = openai_chat.StreamEncoder("chatcmpl-1", "m", created=1, include_usage=True)
    return _heard(openai_chat.StreamDecoder(), _told(encoder, events))


def _answered_by_responses(events: list[Event]) -> list[Event]:
    encoder = openai_responses.StreamEncoder(openai_responses.Head(id="resp_1", created_at=1, model="m"))
    return _heard(openai_responses.stream_decoder(()), _told(encoder, events))


def _answered_by_messages(events: list[Event]) -> list[Event]:
    encoder = anthropic_messages.StreamEncoder("msg_1", "m", input_tokens=lambda: 1)
    return _heard(anthropic_messages.stream_decoder(), _told(encoder, events))


def _answered_by_gemini(events: list[Event]) -> list[Event]:
    return _heard(gemini.stream_decoder(), _told(gemini.StreamEncoder("r", "m", shows_thoughts=True), events))


def _plain(
    road: Callable[[Request], tuple[Request, tuple[str, ...]]],
) -> Callable[[Request], tuple[Request, tuple[str, ...]]]:
    def passed(request: Request) -> tuple[Request, tuple[str, ...]]:
        arrived, lost = road(request)
        return replace(arrived, original=None), lost

    return passed


ROADS: Mapping[str, Road] = {
    "openai_chat": Road(_plain(_by_chat), _answered_by_chat),
    "openai_responses": Road(_plain(_by_responses), _answered_by_responses),
    "anthropic_messages": Road(_plain(_by_messages), _answered_by_messages),
    "gemini": Road(_plain(_by_gemini), _answered_by_gemini),
}
