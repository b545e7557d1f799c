"""The addresses of Anthropic's API that are served, each with its endpoint."""

from chimera.compat.exchange import Endpoint, Surface


def anthropic_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return []
