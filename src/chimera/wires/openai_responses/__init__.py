"""OpenAI Responses, as spoken by OpenAI and its agents (Codex), by OpenRouter, and by our own surface.

Reference: https://platform.openai.com/docs/api-reference/responses, https://www.openresponses.org/specification
"""

from chimera.wires.openai_responses.forwarding import (
    disowned,
    forwarded_body,
    forwarding_decoder,
    is_unreadable,
    original_of,
    remembers,
)
from chimera.wires.openai_responses.quirks import OPENAI, OPENROUTER, Quirks
from chimera.wires.openai_responses.reasoning import WIRE
from chimera.wires.openai_responses.request_decoding import ResponsesCall, decode_request, resolved, with_history
from chimera.wires.openai_responses.request_encoding import encode_request
from chimera.wires.openai_responses.response_object import (
    Head,
    answered,
    encode_response,
    ending,
    head_of,
    response_error,
    response_object,
)
from chimera.wires.openai_responses.stream_decoding import decode_answer, stream_decoder
from chimera.wires.openai_responses.stream_encoding import StreamEncoder

__all__ = [
    "OPENAI", "OPENROUTER", "WIRE", "Head", "Quirks", "ResponsesCall", "StreamEncoder", "answered", "decode_answer",
    "decode_request", "disowned", "encode_request", "encode_response", "ending", "forwarded_body",
    "forwarding_decoder", "head_of", "is_unreadable", "original_of", "remembers", "resolved", "response_error",
    "response_object", "stream_decoder", "with_history",
]  # fmt: skip
