"""Every provider as data: where its base URL points, how it takes a key, what it serves where, how it fails."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.fakes.wires import anthropic, errors, gemini, ollama, openai_lookups, openai_media
from tests.fakes.wires.anthropic import AnthropicMessages
from tests.fakes.wires.gemini import GeminiContent
from tests.fakes.wires.ollama import OllamaChat, OllamaGenerate
from tests.fakes.wires.openai_chat import ChatDialect, OpenAIChat
from tests.fakes.wires.openai_responses import OpenAIResponses
from tests.fakes.wires.wire import Lookup, Refuse, Wire


class Operation(StrEnum):
    """What a request wants; scripts choose by it."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    MEDIA = "media"
    MODELS = "models"
    COUNT_TOKENS = "count_tokens"
    ACCOUNT = "account"
    VERSION = "version"


class KeyPlace(StrEnum):
    """Where a provider looks for the key."""

    BEARER = "bearer"
    AZURE = "api-key"
    ANTHROPIC = "x-api-key"
    GOOGLE = "x-goog-api-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: `path` is what follows the flavour's segment; without `needs_query` in the query it is a 404."""

    method: str
    path: re.Pattern[str]
    operation: Operation
    serve: Wire | Lookup
    needs_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """One provider.

    Args:
        base: Path of the provider's base URL, after the flavour's own segment.
        keyless: Takes requests without a key, refuses a wrong one.
    """

    name: str
    base: str
    routes: Sequence[Route]
    refuse: Refuse
    models: Sequence[str]
    key_place: KeyPlace = KeyPlace.BEARER
    keyless: bool = False

    def key(self, headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
        """Return the key that a request carries."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ") or None
        match self.key_place:
            case KeyPlace.BEARER:
                return bearer
            case KeyPlace.GOOGLE:
                return headers.get("x-goog-api-key") or query.get("key")
            case place:
                return headers.get(place.value) or bearer


def _route(method: str, path: str, operation: Operation, serve: Wire | Lookup, *, needs_query: str = "") -> Route:
    return Route(method=method, path=re.compile(path), operation=operation, serve=serve, needs_query=needs_query)


def _openai_like(prefix: str, chat: OpenAIChat, models: Lookup) -> list[Route]:
    return [
        _route("POST", f"{prefix}/chat/completions", Operation.CHAT, chat),
        _route("POST", f"{prefix}/responses", Operation.CHAT, OpenAIResponses()),
        _route("POST", f"{prefix}/embeddings", Operation.EMBEDDINGS, openai_lookups.embeddings),
        _route("GET", f"{prefix}/models", Operation.MODELS, models),
        _route("GET", f"{prefix}/models/(?P<model>.+)", Operation.MODELS, openai_lookups.openai_model),
    ]


def _media(prefix: str, *, needs_query: str = "") -> list[Route]:
    endpoints = {
        "moderations": openai_media.moderations,
        "audio/speech": openai_media.speech,
        "audio/transcriptions": openai_media.transcriptions,
        "audio/translations": openai_media.transcriptions,
        "images/generations": openai_media.images,
    }
    return [
        _route("POST", f"{prefix}/{path}", Operation.MEDIA, serve, needs_query=needs_query)
        for path, serve in endpoints.items()
    ]


def _azure_routes() -> list[Route]:
    chat = OpenAIChat(ChatDialect(filters=True))
    deployment = "/openai/deployments/(?P<deployment>[^/]+)"
    embed, models = openai_lookups.embeddings, openai_lookups.azure_models
    return [
        _route("POST", f"{deployment}/chat/completions", Operation.CHAT, chat, needs_query="api-version"),
        _route("POST", f"{deployment}/embeddings", Operation.EMBEDDINGS, embed, needs_query="api-version"),
        _route("GET", "/openai/models", Operation.MODELS, models, needs_query="api-version"),
        *_openai_like("/openai/v1", chat, openai_lookups.openai_models),
        *_media(deployment, needs_query="api-version"),
        *_media("/openai/v1"),
    ]


def _ollama_routes() -> list[Route]:
    return [
        _route("POST", "/api/chat", Operation.CHAT, OllamaChat()),
        _route("POST", "/api/generate", Operation.CHAT, OllamaGenerate()),
        _route("POST", "/api/embed", Operation.EMBEDDINGS, ollama.embed),
        _route("GET", "/api/tags", Operation.MODELS, ollama.tags),
        _route("POST", "/api/show", Operation.MODELS, ollama.show),
        _route("GET", "/api/version", Operation.VERSION, ollama.version),
        *_openai_like("/v1", OpenAIChat(ChatDialect(reasoning_field="reasoning")), openai_lookups.openai_models),
    ]


def _gemini_routes() -> list[Route]:
    # Google's SDK moved from v1beta to v1 with its third major version; the wire is the same.
    models = "/(?:v1|v1beta)/models"
    model = f"{models}/(?P<model>[^:]+)"
    return [
        _route("POST", f"{model}:(?P<method>generateContent|streamGenerateContent)", Operation.CHAT, GeminiContent()),
        _route("POST", f"{model}:embedContent", Operation.EMBEDDINGS, gemini.embed_content),
        _route("POST", f"{model}:batchEmbedContents", Operation.EMBEDDINGS, gemini.batch_embed_contents),
        _route("POST", f"{model}:countTokens", Operation.COUNT_TOKENS, gemini.count_tokens),
        _route("GET", models, Operation.MODELS, gemini.list_models),
    ]


_OPENAI = Flavour(
    name="openai",
    base="/v1",
    routes=[*_openai_like("/v1", OpenAIChat(ChatDialect()), openai_lookups.openai_models), *_media("/v1")],
    refuse=errors.openai,
    models=("gpt-5", "gpt-4o-mini", "text-embedding-3-small"),
)
_AZURE = Flavour(
    name="azure",
    base="",
    routes=_azure_routes(),
    refuse=errors.azure,
    models=("gpt-5", "text-embedding-3-small"),
    key_place=KeyPlace.AZURE,
)
_DEEPSEEK = Flavour(
    name="deepseek",
    base="",
    routes=_openai_like(
        "(?:/v1)?",
        OpenAIChat(ChatDialect(reasoning_field="reasoning_content", cache_counts=True)),
        openai_lookups.openai_models,
    ),
    refuse=errors.deepseek,
    models=("deepseek-chat", "deepseek-reasoner"),
)
_OPENROUTER = Flavour(
    name="openrouter",
    base="/api/v1",
    routes=[
        *_openai_like(
            "/api/v1",
            OpenAIChat(ChatDialect(reasoning_field="reasoning", comments=True, cost=True)),
            openai_lookups.openrouter_models,
        ),
        _route("GET", "/api/v1/key", Operation.ACCOUNT, openai_lookups.openrouter_key),
    ],
    refuse=errors.openrouter,
    models=("openai/gpt-5", "anthropic/claude-sonnet-5.5"),
)
_LMSTUDIO = Flavour(
    name="lmstudio",
    base="",
    routes=[
        *_openai_like(
            "/v1", OpenAIChat(ChatDialect(reasoning_field="reasoning_content")), openai_lookups.openai_models
        ),
        _route("GET", "/api/v0/models", Operation.MODELS, openai_lookups.lmstudio_models),
    ],
    refuse=errors.lmstudio,
    models=("qwen2.5-7b-instruct", "qwen2-vl-7b-instruct", "text-embedding-nomic-embed-text-v1.5"),
    keyless=True,
)
_COMPATIBLE = Flavour(
    name="openai_compatible",
    base="/v1",
    routes=[
        *_openai_like("/v1", OpenAIChat(ChatDialect(reasoning_field="reasoning_content")), openai_lookups.vllm_models),
        *_media("/v1"),
    ],
    refuse=errors.vllm,
    models=("meta-llama/Llama-3.1-8B-Instruct", "BAAI/bge-m3-embedding"),
)
_ANTHROPIC = Flavour(
    name="anthropic",
    base="",
    routes=[
        _route("POST", "/v1/messages", Operation.CHAT, AnthropicMessages()),
        _route("POST", "/v1/messages/count_tokens", Operation.COUNT_TOKENS, anthropic.count_tokens),
        _route("GET", "/v1/models", Operation.MODELS, anthropic.list_models),
    ],
    refuse=errors.anthropic,
    models=("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"),
    key_place=KeyPlace.ANTHROPIC,
)
_GEMINI = Flavour(
    name="gemini",
    base="",
    routes=_gemini_routes(),
    refuse=errors.gemini,
    models=("gemini-2.5-flash", "gemini-2.5-pro", "gemini-embedding-001"),
    key_place=KeyPlace.GOOGLE,
)
_OLLAMA = Flavour(
    name="ollama",
    base="",
    routes=_ollama_routes(),
    refuse=errors.ollama,
    models=("llama3.2:latest", "nomic-embed-text:latest"),
    keyless=True,
)

FLAVOURS: Mapping[str, Flavour] = {
    flavour.name: flavour
    for flavour in (
        _OPENAI,
        _AZURE,
        _DEEPSEEK,
        _OPENROUTER,
        _LMSTUDIO,
        _COMPATIBLE,
        _ANTHROPIC,
        _GEMINI,
        _OLLAMA,
    )
}
"""Every provider that the fake plays, by the name that stands first in its paths."""
