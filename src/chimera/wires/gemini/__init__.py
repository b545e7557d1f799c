"""Google's Gemini API, as its provider speaks it and as our own surface does."""

from chimera.wires.gemini.answer import decode_answer, stream_decoder
from chimera.wires.gemini.content import ORIGIN as WIRE
from chimera.wires.gemini.counting import COUNT, decode_count, encode_count
from chimera.wires.gemini.decoding.request import ARRAY, SSE, WHOLE, GeminiCall, decode_request
from chimera.wires.gemini.embeddings import (
    BATCH,
    ONE,
    decode_embedding_request,
    decode_embeddings,
    encode_embedded,
    encode_embeddings,
)
from chimera.wires.gemini.encoding.answer import StreamEncoder, encode_answer
from chimera.wires.gemini.encoding.errors import encode_blocked, encode_error
from chimera.wires.gemini.encoding.models import encode_model, encode_models
from chimera.wires.gemini.failures import decode_failure
from chimera.wires.gemini.forwarding import forwarded_body, forwarding_decoder, operation_of, original_of
from chimera.wires.gemini.models import decode_model_page
from chimera.wires.gemini.quirks import Quirks, quirks_of
from chimera.wires.gemini.request import encode_request, without_kept

__all__ = [
    "ARRAY", "BATCH", "COUNT", "ONE", "SSE", "WHOLE", "WIRE", "GeminiCall", "Quirks", "StreamEncoder", "decode_answer",
    "decode_count", "decode_embedding_request", "decode_embeddings", "decode_failure", "decode_model_page",
    "decode_request", "encode_answer", "encode_blocked", "encode_count", "encode_embedded", "encode_embeddings",
    "encode_error", "encode_model", "encode_models", "encode_request", "forwarded_body", "forwarding_decoder",
    "operation_of", "original_of", "quirks_of", "stream_decoder", "without_kept",
]  # fmt: skip
