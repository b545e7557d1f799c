"""Anthropic's Messages API, provider side: a request out, a stream of events, failures and models in."""

from chimera.wires.anthropic_messages.answer import stream_decoder
from chimera.wires.anthropic_messages.failures import decode_failure
from chimera.wires.anthropic_messages.models import decode_model_page
from chimera.wires.anthropic_messages.quirks import Quirks, quirks_of
from chimera.wires.anthropic_messages.request import encode_request

__all__ = ["Quirks", "decode_failure", "decode_model_page", "encode_request", "quirks_of", "stream_decoder"]
