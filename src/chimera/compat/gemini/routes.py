"""The addresses of Google's Gemini API that are served, each with its endpoint."""

from chimera.compat.exchange import Answer, Endpoint, Surface
from chimera.compat.gemini.count_tokens import count_tokens
from chimera.compat.gemini.embeddings import batch_embed_contents, embed_content
from chimera.compat.gemini.generate import generate_content, stream_generate_content
from chimera.compat.gemini.models import list_models, retrieve_model
from chimera.compat.gemini.shape import GEMINI

# Google's SDKs from version 3 on ask `/v1`, older ones and nearly all else `/v1beta`; the wire is the same.
_VERSIONS = ("/v1beta", "/v1")
_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/models/{model:path}:generateContent", generate_content),
    ("POST", "/models/{model:path}:streamGenerateContent", stream_generate_content),
    ("POST", "/models/{model:path}:countTokens", count_tokens),
    ("POST", "/models/{model:path}:embedContent", embed_content),
    ("POST", "/models/{model:path}:batchEmbedContents", batch_embed_contents),
    ("GET", "/models", list_models),
    ("GET", "/models/{model:path}", retrieve_model),
)


def gemini_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return [
        (method, version + path, Endpoint(surface, answer, GEMINI))
        for version in _VERSIONS
        for method, path, answer in _ROUTES
    ]
