"""Google's Gemini API, provider side: a request out, a stream of events, failures, models and embeddings in."""

from chimera.wires.gemini.answer import stream_decoder
from chimera.wires.gemini.embeddings import decode_embeddings, encode_embeddings
from chimera.wires.gemini.failures import decode_failure
from chimera.wires.gemini.models import decode_model_page
from chimera.wires.gemini.quirks import Quirks, quirks_of
from chimera.wires.gemini.request import encode_request

__all__ = [
    "Quirks", "decode_embeddings", "decode_failure", "decode_model_page", "encode_embeddings", "encode_request",
    "quirks_of", "stream_decoder",
]  # fmt: skip
