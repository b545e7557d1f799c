"""Which API a caller speaks, where the address alone does not tell: its errors have that API's shape."""

from starlette.requests import Request

from chimera.compat.anthropic.shape import ANTHROPIC
from chimera.compat.exchange import Shape
from chimera.compat.gemini.shape import GEMINI
from chimera.compat.ollama.shape import OLLAMA
from chimera.compat.openai.shape import OPENAI

_GOOGLES = frozenset({"x-goog-api-key", "x-goog-api-client"})


def shape_of(request: Request) -> Shape:
    """The shape of errors at addresses and methods that there are not, and of addresses that two APIs share."""
    path = request.scope["path"]  # of an address put together with the Host header it is whatever that makes of it
    if path.startswith("/v1/messages") or "anthropic-version" in request.headers:
        return ANTHROPIC
    if path.startswith("/v1beta/") or not _GOOGLES.isdisjoint(request.headers.keys()):
        return GEMINI
    return OLLAMA if path.startswith("/api/") else OPENAI
