"""Anthropic's Messages API, provider side: a request out, a stream of events, failures and models in."""

from chimera.wires.anthropic_messages.answer import StreamDecoder
from chimera.wires.anthropic_messages.failures import decode_failure
from chimera.wires.anthropic_messages.models import decode_models, next_page
from chimera.wires.anthropic_messages.quirks import Quirks, quirks_of
from chimera.wires.anthropic_messages.request import encode_request

__all__ = ["Quirks", "StreamDecoder", "decode_failure", "decode_models", "encode_request", "next_page", "quirks_of"]
