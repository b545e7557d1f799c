"""Anthropic, over its Messages API."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from msgspec.structs import replace as changed

from chimera.adapters import health
from chimera.adapters.http import HttpClient
from chimera.adapters.model_pages import all_pages
from chimera.adapters.settings import (
    ProviderName,
    ProviderSettings,
    WebAddress,
    credential,
    has_key,
    usual_headers,
)
from chimera.adapters.streaming import Upstream
from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    Capabilities,
    EmbeddingRequest,
    Embeddings,
    Health,
    ModelCard,
    ModelProvider,
    Original,
    RelayRequest,
    Request,
    Stream,
)
from chimera.wires import anthropic_messages
from chimera.wires.encoded import Encoded
from chimera.wires.originals import told

# The last version that takes sampling parameters, which models before Claude 4.7 still obey:
# https://platform.claude.com/docs/en/api/versioning
VERSION = "2023-06-01"
WIRES = (anthropic_messages.WIRE,)
COUNT_TOKENS = "messages/count_tokens"


class Settings(ProviderSettings):
    """See `ProviderSettings`; the address is that without `/v1`."""

    name: ProviderName = "anthropic"
    base_url: WebAddress = "https://api.anthropic.com"


ENVIRONMENT: Mapping[str, str] = {"ANTHROPIC_API_KEY": "api_key", "ANTHROPIC_BASE_URL": "base_url"}
enabled = has_key

_CAPABILITIES = Capabilities(images=True, reasoning=True)
MODELS: tuple[ModelCard, ...] = tuple(
    ModelCard(name=name, capabilities=_CAPABILITIES, context_tokens=context, output_tokens=output, owner="anthropic")
    for name, context, output in (
        ("claude-opus-5-5", 1_000_000, 128_000),
        ("claude-sonnet-5-5", 1_000_000, 128_000),
        ("claude-haiku-5-5", 1_000_000, 128_000),
        ("claude-haiku-4-5", 200_000, 64_000),
    )
)


@dataclass(frozen=True, slots=True)
class Anthropic:
    """One connection to Anthropic, or to whoever speaks its API."""

    name: str
    _root: str
    _upstream: Upstream

    def stream(self, request: Request) -> Stream:
        if original := anthropic_messages.original_of(request):
            return self._forwarded(request, original)
        encoded = told(anthropic_messages.encode_request(request), request, provider=self.name)
        decoder = anthropic_messages.stream_decoder(encoded.lost)
        url, timeouts = f"{self._root}/messages", self._upstream.patience(request)
        return self._upstream.stream(url, encoded.to_json(), decoder, timeouts=timeouts)

    def _forwarded(self, request: Request, original: Original) -> Stream:
        body, lost = anthropic_messages.forwarded_body(original, request)
        told(Encoded(body={}, lost=lost), changed(request, original=None), provider=self.name)
        return self._speaking(original.headers).stream(
            f"{self._root}/messages",
            body,
            anthropic_messages.forwarding_decoder(original, lost),
            headers=original.headers,
            timeouts=self._upstream.patience(request, original),
        )

    def _speaking(self, headers: Collection[tuple[str, str]]) -> Upstream:
        """Return the upstream in the version of the API in which the caller speaks."""
        version = dict(headers).get("anthropic-version", VERSION)
        if version == VERSION:
            return self._upstream
        return replace(self._upstream, headers={**self._upstream.headers, "anthropic-version": version})

    async def models(self) -> Sequence[ModelCard]:
        url = f"{self._root}/models?limit=1000"
        return await all_pages(self._upstream, url, cursor="after_id", decode=anthropic_messages.decode_model_page)

    async def check(self) -> Health:
        return await health.check(self._upstream, f"{self._root}/models?limit=1", environment=ENVIRONMENT)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        raise UnsupportedParameterError("Anthropic has no embeddings; choose another provider's model.", field="model")

    def relay(self, request: RelayRequest) -> Stream:
        if request.operation != COUNT_TOKENS:
            raise UnsupportedParameterError(f"{self.name} has no {request.operation}.", field="model")
        return self._speaking(request.headers).relay(f"{self._root}/{COUNT_TOKENS}", request)


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider; nothing is sent before it is used."""
    key = usual_headers(settings, "x-api-key")
    upstream = Upstream(
        http=http,
        provider=settings.name,
        headers={"anthropic-version": VERSION, **key},
        timeouts=settings.timeouts,
        decode_failure=anthropic_messages.decode_failure,
        credential=credential(settings, http),
    )
    yield Anthropic(settings.name, f"{settings.base_url.removesuffix('/v1')}/v1", upstream)
