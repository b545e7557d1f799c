"""Ollama, over its own API."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import msgspec

from chimera.adapters import health
from chimera.adapters.http import HttpClient
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, bearer, credential
from chimera.adapters.streaming import Upstream
from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    EmbeddingRequest,
    Embeddings,
    Health,
    ModelCard,
    ModelProvider,
    ProviderError,
    RelayRequest,
    Request,
    Stream,
)
from chimera.wires import ollama
from chimera.wires.originals import told

_SHOWN_AT_ONCE = 4


class Settings(ProviderSettings):
    """See `ProviderSettings`; a local server needs no key, Ollama's cloud does."""

    name: ProviderName = "ollama"
    base_url: WebAddress = "http://localhost:11434"


ENVIRONMENT: Mapping[str, str] = {"OLLAMA_BASE_URL": "base_url", "OLLAMA_API_KEY": "api_key"}
WIRES = (ollama.WIRE,)
MODELS: tuple[ModelCard, ...] = ()
"""Nothing: only the server knows what is installed."""


def enabled(settings: ProviderSettings) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ollama:
    """One connection to an Ollama server."""

    name: str
    _root: str
    _upstream: Upstream

    def stream(self, request: Request) -> Stream:
        if original := ollama.original_of(request):
            return self._upstream.stream(
                f"{self._root}/{original.operation}",
                ollama.forwarded_body(original, model=request.model),
                ollama.forwarding_decoder(original),
                timeouts=self._upstream.patience(request, original),
            )
        encoded = told(ollama.encode_request(request), request, provider=self.name)
        url, timeouts = f"{self._root}/chat", self._upstream.patience(request)
        return self._upstream.stream(url, encoded.to_json(), ollama.stream_decoder(encoded.lost), timeouts=timeouts)

    async def models(self) -> Sequence[ModelCard]:
        """Ask what is installed, then what each model can do, a few at a time."""
        cards = await self._upstream.ask("GET", f"{self._root}/tags", decode=ollama.decode_models)
        few = asyncio.Semaphore(_SHOWN_AT_ONCE)
        return await asyncio.gather(*(self._described(card, few) for card in cards))

    async def check(self) -> Health:
        return await health.check(self._upstream, f"{self._root}/tags", environment=ENVIRONMENT)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        body = ollama.encode_embeddings(request).to_json()
        decode = partial(ollama.decode_embeddings, model=request.model)
        return await self._upstream.ask("POST", f"{self._root}/embed", decode=decode, body=body)

    async def _described(self, card: ModelCard, few: asyncio.Semaphore) -> ModelCard:
        body = msgspec.json.encode({"model": card.name})
        try:
            async with few:
                decode = partial(ollama.decode_details, card)
                return await self._upstream.ask("POST", f"{self._root}/show", decode=decode, body=body)
        except ProviderError:
            return card  # removed since it was listed, or served by an imitator that describes nothing

    def relay(self, request: RelayRequest) -> Stream:
        raise UnsupportedParameterError(f"{self.name} has no {request.operation}.", field="model")


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider; nothing is sent before it is used."""
    upstream = Upstream(
        http=http,
        provider=settings.name,
        headers=bearer(settings),
        timeouts=settings.timeouts,
        decode_failure=ollama.decode_failure,
        credential=credential(settings, http),
    )
    yield Ollama(settings.name, f"{settings.base_url.removesuffix('/api')}/api", upstream)
