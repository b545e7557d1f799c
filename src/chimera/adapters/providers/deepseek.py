"""DeepSeek. Reference: https://api-docs.deepseek.com"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, has_key
from chimera.llm import Capabilities, ModelCard, ModelProvider
from chimera.wires import openai_chat

ENVIRONMENT = {"DEEPSEEK_API_KEY": "api_key", "DEEPSEEK_BASE_URL": "base_url"}
DIALECT = Dialect(
    environment=ENVIRONMENT,
    quirks=openai_chat.DEEPSEEK,
    embeddings=None,
    wires={openai_chat.WIRE: "/chat/completions"},
)
# No `WIRES`: nearly all whole answers are translated from streams.

# https://api-docs.deepseek.com/quick_start/pricing
_BLIND, _SEEING = (Capabilities(images=images, reasoning=True) for images in (False, True))
MODELS = (
    ModelCard(name="deepseek-flash", capabilities=_SEEING, context_tokens=1_000_000, output_tokens=384_000),
    ModelCard(name="deepseek-v4-pro", capabilities=_BLIND, context_tokens=1_000_000, output_tokens=384_000),
)


class Settings(ProviderSettings):
    name: ProviderName = "deepseek"
    base_url: WebAddress = "https://api.deepseek.com"


enabled = has_key


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, DIALECT)
