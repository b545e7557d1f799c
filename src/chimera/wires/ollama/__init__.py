"""Ollama's own API, as its server speaks it and as our own surface does.

The context length stays the server's: `num_ctx` would reload the model and may not fit its memory. Instead `truncate`
and `shift` are switched off, so that a prompt that is too long is refused rather than silently beheaded. Whoever speaks
this API to us decides that for themselves: their words are passed on.
"""

from chimera.wires.ollama.answer import decode_answer, stream_decoder
from chimera.wires.ollama.content import ORIGIN as WIRE
from chimera.wires.ollama.decoding import CHAT, GENERATE, OllamaCall, decode_request
from chimera.wires.ollama.embeddings import decode_embeddings, encode_embeddings
from chimera.wires.ollama.encoding import Head, StreamEncoder, encode_answer, encode_error, encode_loaded
from chimera.wires.ollama.failures import decode_failure
from chimera.wires.ollama.forwarding import forwarded_body, forwarding_decoder, original_of
from chimera.wires.ollama.listing import (
    decode_embed,
    decode_show,
    encode_details,
    encode_embedded,
    encode_one_embedded,
    encode_running,
    encode_tags,
    encode_version,
)
from chimera.wires.ollama.models import decode_details, decode_models
from chimera.wires.ollama.quirks import Quirks, quirks_of
from chimera.wires.ollama.request import encode_request

__all__ = [
    "CHAT", "GENERATE", "WIRE", "Head", "OllamaCall", "Quirks", "StreamEncoder", "decode_answer", "decode_details",
    "decode_embed", "decode_embeddings", "decode_failure", "decode_models", "decode_request", "decode_show",
    "encode_answer", "encode_details", "encode_embedded", "encode_embeddings", "encode_error", "encode_loaded",
    "encode_one_embedded", "encode_request", "encode_running", "encode_tags", "encode_version", "forwarded_body",
    "forwarding_decoder", "original_of", "quirks_of", "stream_decoder",
]  # fmt: skip
