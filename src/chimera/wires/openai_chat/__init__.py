"""OpenAI Chat Completions, as spoken by OpenAI, by everyone who imitates it, and by our own surface.

Reference: https://platform.openai.com/docs/api-reference/chat
"""

from chimera.wires.openai_chat.answer_encoding import encode_answer, encode_error
from chimera.wires.openai_chat.embeddings import (
    EmbeddingCall,
    batches,
    decode_embedding_request,
    decode_embeddings,
    encode_embedding_request,
    encode_embeddings,
)
from chimera.wires.openai_chat.failures import decode_failure
from chimera.wires.openai_chat.forwarding import decode_answer, forwarded_request, forwarding_decoder, original_of
from chimera.wires.openai_chat.models import decode_models, encode_model, encode_models, guess_card
from chimera.wires.openai_chat.parts.names import own_names
from chimera.wires.openai_chat.quirks import AZURE, DEEPSEEK, LMSTUDIO, OPENAI, OPENROUTER, Quirks
from chimera.wires.openai_chat.request_decoding import WIRE, ChatCall, decode_request
from chimera.wires.openai_chat.request_encoding import encode_request
from chimera.wires.openai_chat.stream_decoding import StreamDecoder
from chimera.wires.openai_chat.stream_encoding import StreamEncoder

__all__ = [
    "AZURE", "DEEPSEEK", "LMSTUDIO", "OPENAI", "OPENROUTER", "WIRE", "ChatCall", "EmbeddingCall", "Quirks",
    "StreamDecoder", "StreamEncoder", "batches", "decode_answer", "decode_embedding_request", "decode_embeddings",
    "decode_failure", "decode_models", "decode_request", "encode_answer", "encode_embedding_request",
    "encode_embeddings", "encode_error", "encode_model", "encode_models", "encode_request", "forwarded_request",
    "forwarding_decoder", "guess_card", "original_of", "own_names",
]  # fmt: skip
