"""Ollama's own API, provider side: a request out, a stream of events, failures, models and embeddings in.

The context length stays the server's: `num_ctx` would reload the model and may not fit its memory. Instead `truncate`
and `shift` are switched off, so that a prompt that is too long is refused rather than silently beheaded.
"""

from chimera.wires.ollama.answer import stream_decoder
from chimera.wires.ollama.embeddings import decode_embeddings, encode_embeddings
from chimera.wires.ollama.failures import decode_failure
from chimera.wires.ollama.models import decode_details, decode_models
from chimera.wires.ollama.quirks import Quirks, quirks_of
from chimera.wires.ollama.request import encode_request

__all__ = [
    "Quirks", "decode_details", "decode_embeddings", "decode_failure", "decode_models", "encode_embeddings",
    "encode_request", "quirks_of", "stream_decoder",
]  # fmt: skip
