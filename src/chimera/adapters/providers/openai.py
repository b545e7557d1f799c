"""OpenAI. Reference: https://platform.openai.com/docs/api-reference"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters import openai_compatible
from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, has_key
from chimera.llm import Capabilities, ModelCard, ModelProvider
from chimera.wires import openai_chat, openai_responses

ENVIRONMENT = {"OPENAI_API_KEY": "api_key", "OPENAI_BASE_URL": "base_url"}
DIALECT = Dialect(
    environment=ENVIRONMENT,
    quirks=openai_chat.OPENAI,
    wires={openai_chat.WIRE: "/chat/completions", openai_responses.WIRE: "/responses"},
    relays=openai_compatible.RELAYS,
)
WIRES = tuple(DIALECT.wires)
RELAYS = tuple(DIALECT.relays)

_GPT = Capabilities(images=True, reasoning=True)
_EMBEDDING = Capabilities(chat=False, tools=False, structured_output=False, embeddings=True)
MODELS = (
    ModelCard(name="gpt-5.5", capabilities=_GPT, context_tokens=1_050_000, output_tokens=128_000, owner="openai"),
    ModelCard(name="gpt-5.4-mini", capabilities=_GPT, context_tokens=400_000, output_tokens=128_000, owner="openai"),
    ModelCard(name="gpt-5", capabilities=_GPT, context_tokens=400_000, output_tokens=128_000, owner="openai"),
    ModelCard(name="text-embedding-3-small", capabilities=_EMBEDDING, context_tokens=8_191, owner="openai"),
    ModelCard(name="text-embedding-3-large", capabilities=_EMBEDDING, context_tokens=8_191, owner="openai"),
)


class Settings(ProviderSettings):
    name: ProviderName = "openai"
    base_url: WebAddress = "https://api.openai.com/v1"


enabled = has_key


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, DIALECT)
