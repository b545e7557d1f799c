"""The addresses of Google's Gemini API that are served, each with its endpoint."""

from chimera.compat.exchange import Endpoint, Surface


def gemini_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return []
