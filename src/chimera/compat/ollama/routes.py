"""The addresses of Ollama's API that are served, each with its endpoint."""

from chimera.compat.exchange import Answer, Endpoint, Surface
from chimera.compat.ollama.embeddings import embed, embed_one
from chimera.compat.ollama.models import running, show, tags, version
from chimera.compat.ollama.shape import OLLAMA
from chimera.compat.ollama.talk import chat, generate

_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/api/chat", chat),
    ("POST", "/api/generate", generate),
    ("POST", "/api/embed", embed),
    ("POST", "/api/embeddings", embed_one),
    ("GET", "/api/tags", tags),
    ("POST", "/api/show", show),
    ("GET", "/api/ps", running),
    ("GET", "/api/version", version),
)


def ollama_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return [(method, path, Endpoint(surface, answer, OLLAMA)) for method, path, answer in _ROUTES]
