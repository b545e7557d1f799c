"""OpenAI Responses, as spoken by OpenAI and its agents (Codex), by OpenRouter, and by our own surface.

Reference: https://platform.openai.com/docs/api-reference/responses, https://www.openresponses.org/specification
"""

from chimera.wires.openai_responses.reasoning import WIRE
from chimera.wires.openai_responses.request_decoding import ResponsesCall, decode_request, resolved, with_history
from chimera.wires.openai_responses.response_object import (
    Head,
    answered,
    encode_response,
    ending,
    head_of,
    response_error,
    response_object,
)
from chimera.wires.openai_responses.stream_encoding import StreamEncoder

__all__ = [
    "WIRE", "Head", "ResponsesCall", "StreamEncoder", "answered", "decode_request", "encode_response", "ending",
    "head_of", "resolved", "response_error", "response_object", "with_history",
]  # fmt: skip
