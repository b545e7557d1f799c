"""The addresses of what is passed on, each with its endpoint."""

from collections.abc import Collection, Mapping
from typing import Final

from chimera.compat.exchange import Endpoint, Surface
from chimera.compat.openai.relaying.relays import Relay
from chimera.compat.openai.shape import OPENAI

_JSON: Final = ("moderations", "audio/speech", "images/generations")
_FORMS: Final = ("audio/transcriptions", "audio/translations")


def relaying_routes(surface: Surface, relays: Mapping[str, Collection[str]]) -> list[tuple[str, str, Endpoint]]:
    """Make the routes.

    Args:
        surface: What the endpoints work with.
        relays: Which operations each provider has, in the order of their configuration.
    """

    def relay(name: str) -> Relay:
        return Relay(operation=name, having=[provider for provider, has in relays.items() if name in has])

    json = [(name, relay(name).json) for name in _JSON]
    forms = [(name, relay(name).form) for name in _FORMS]
    return [("POST", f"/v1/{name}", Endpoint(surface, answer, OPENAI)) for name, answer in json + forms]
