"""OpenRouter. Reference: https://openrouter.ai/docs/api-reference"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, has_key
from chimera.llm import ModelProvider
from chimera.wires import openai_chat, openai_responses

ENVIRONMENT = {"OPENROUTER_API_KEY": "api_key", "OPENROUTER_BASE_URL": "base_url"}
DIALECT = Dialect(
    environment=ENVIRONMENT,
    quirks=openai_chat.OPENROUTER,
    # https://openrouter.ai/docs/api-reference/responses-api/overview
    wires={openai_chat.WIRE: "/chat/completions", openai_responses.WIRE: "/responses"},
    responses=openai_responses.OPENROUTER,
    # It hears too, but takes JSON instead of a form: https://openrouter.ai/docs/guides/overview/multimodal/stt
    relays={"audio/speech": "/audio/speech"},
    # The list of models is public, so it proves nothing: https://openrouter.ai/docs/api-reference/limits
    check="/key",
)
WIRES = tuple(DIALECT.wires)
RELAYS = tuple(DIALECT.relays)
MODELS = tuple(
    openai_chat.guess_card(name) for name in ("openrouter/auto", "openai/gpt-5.5", "deepseek/deepseek-v4-flash")
)


class Settings(ProviderSettings):
    name: ProviderName = "openrouter"
    base_url: WebAddress = "https://openrouter.ai/api/v1"


enabled = has_key


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, DIALECT)
