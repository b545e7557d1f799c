"""Anthropic's Messages API, as spoken by Anthropic and by our own surface.

Reference: https://platform.claude.com/docs/en/api/messages
"""

from chimera.wires.anthropic_messages.answer import decode_answer, stream_decoder
from chimera.wires.anthropic_messages.answer_encoding import encode_answer, encode_error, is_overload
from chimera.wires.anthropic_messages.failures import decode_failure
from chimera.wires.anthropic_messages.forwarding import (
    counted_body,
    forwarded_body,
    forwarding_decoder,
    original_of,
    renamed,
)
from chimera.wires.anthropic_messages.models import PageAsked, decode_model_page, encode_model, encode_models
from chimera.wires.anthropic_messages.quirks import Quirks, quirks_of
from chimera.wires.anthropic_messages.request import encode_request
from chimera.wires.anthropic_messages.request_decoding import HEADERS, WIRE, MessagesCall, decode_request
from chimera.wires.anthropic_messages.stream_encoding import PING, StreamEncoder

__all__ = [
    "HEADERS", "PING", "WIRE", "MessagesCall", "PageAsked", "Quirks", "StreamEncoder", "counted_body", "decode_answer",
    "decode_failure", "decode_model_page", "decode_request", "encode_answer", "encode_error", "encode_model",
    "encode_models", "encode_request", "forwarded_body", "forwarding_decoder", "is_overload", "original_of",
    "quirks_of", "renamed", "stream_decoder",
]  # fmt: skip
