"""The addresses of OpenAI's API that are served, each with its endpoint."""

from chimera.compat.exchange import Answer, Endpoint, Surface
from chimera.compat.openai.chat import chat_completions
from chimera.compat.openai.embeddings import embeddings
from chimera.compat.openai.models import list_models, retrieve_model
from chimera.compat.openai.shape import OPENAI

_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/v1/chat/completions", chat_completions),
    ("POST", "/v1/embeddings", embeddings),
    ("GET", "/v1/models", list_models),
    ("GET", "/v1/models/{model:path}", retrieve_model),
)


def openai_routes(surface: Surface) -> list[tuple[str, str, Endpoint]]:
    return [(method, path, Endpoint(surface, answer, OPENAI)) for method, path, answer in _ROUTES]
