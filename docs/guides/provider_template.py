"""Example AI. Reference: https://docs.example.com"""

from contextlib import AbstractAsyncContextManager

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, has_key
from chimera.llm import ModelProvider
from chimera.wires.openai_chat import guess_card

ENVIRONMENT = {"EXAMPLE_API_KEY": "api_key", "EXAMPLE_BASE_URL": "base_url"}
MODELS = (guess_card("example-large"), guess_card("example-embedding"))
enabled = has_key


class Settings(ProviderSettings):
    name: ProviderName = "example"
    base_url: WebAddress = "https://api.example.com/v1"


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    return open_provider(settings, http, Dialect(environment=ENVIRONMENT))
