"""Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, TGI, Together, Groq, Mistral, xAI, …"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress
from chimera.llm import ModelCard, ModelProvider

ENVIRONMENT = {
    "OPENAI_COMPATIBLE_NAME": "name",
    "OPENAI_COMPATIBLE_BASE_URL": "base_url",
    "OPENAI_COMPATIBLE_API_KEY": "api_key",
}
DIALECT = Dialect(environment=ENVIRONMENT)
MODELS: tuple[ModelCard, ...] = ()


class Settings(ProviderSettings):
    name: ProviderName = "openai_compatible"
    base_url: WebAddress = ""


def enabled(settings: Settings) -> bool:
    return bool(settings.base_url)


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, DIALECT)
