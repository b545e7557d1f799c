"""LM Studio on this machine or another. Reference: https://lmstudio.ai/docs/developer"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress
from chimera.llm import ModelCard, ModelProvider
from chimera.wires import openai_chat

ENVIRONMENT = {"LM_STUDIO_API_KEY": "api_key", "LM_STUDIO_BASE_URL": "base_url"}
DIALECT = Dialect(
    environment=ENVIRONMENT,
    # No `wires`: it knows nothing that the language has no word for.
    quirks=openai_chat.LMSTUDIO,
    chat="/v1/chat/completions",
    # Its own list tells kinds and context lengths; OpenAI's tells names only.
    models=("/api/v0/models", "/v1/models"),
    check="/v1/models",
    embeddings="/v1/embeddings",
)
MODELS: tuple[ModelCard, ...] = ()


class Settings(ProviderSettings):
    name: ProviderName = "lmstudio"
    base_url: WebAddress = "http://localhost:1234"


def enabled(settings: Settings) -> bool:
    """Return true: it is simply silent where nothing listens."""
    return bool(settings.base_url)


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    root = settings.model_copy(update={"base_url": settings.base_url.removesuffix("/v1")})
    return open_provider(root, http, DIALECT)
