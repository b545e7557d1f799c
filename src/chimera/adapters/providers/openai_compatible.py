"""Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, TGI, Together, Groq, Mistral, xAI, …"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters import openai_compatible
from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress
from chimera.llm import ModelCard, ModelProvider
from chimera.wires import openai_chat

ENVIRONMENT = {
    "OPENAI_COMPATIBLE_NAME": "name",
    "OPENAI_COMPATIBLE_BASE_URL": "base_url",
    "OPENAI_COMPATIBLE_API_KEY": "api_key",
}
# Which of them there are the server knows: vLLM hears (https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html),
# Groq hears and speaks (https://console.groq.com/docs/api-reference), and what is missing is 404.
DIALECT = Dialect(
    environment=ENVIRONMENT, wires={openai_chat.WIRE: "/chat/completions"}, relays=openai_compatible.RELAYS
)
# No `WIRES`: nearly all whole answers are translated from streams.
RELAYS = tuple(DIALECT.relays)
MODELS: tuple[ModelCard, ...] = ()


class Settings(ProviderSettings):
    name: ProviderName = "openai_compatible"
    base_url: WebAddress = ""


def enabled(settings: Settings) -> bool:
    return bool(settings.base_url)


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, DIALECT)
