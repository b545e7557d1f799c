"""The addresses of Anthropic's API that are served, each with its endpoint."""

from chimera.compat.anthropic.count_tokens import count_tokens
from chimera.compat.anthropic.messages import messages
from chimera.compat.anthropic.models import list_models, retrieve_model
from chimera.compat.anthropic.shape import ANTHROPIC
from chimera.compat.exchange import Answer, Endpoint, Surface

_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/v1/messages", messages),
    ("POST", "/v1/messages/count_tokens", count_tokens),
    ("GET", "/v1/models", list_models),
    ("GET", "/v1/models/{model:path}", retrieve_model),
)


def anthropic_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return [(method, path, Endpoint(surface, answer, ANTHROPIC)) for method, path, answer in _ROUTES]
