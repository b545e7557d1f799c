"""Google's Gemini, over its own API."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from urllib.parse import quote

import msgspec

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
    RelayRequest,
    Request,
    Stream,
)
from chimera.wires import gemini
from chimera.wires.gemini.embeddings import LARGEST_BATCH
from chimera.wires.originals import told


class Settings(ProviderSettings):
    """See `ProviderSettings`; the address may end in a version, `/v1` or `/v1beta`."""

    name: ProviderName = "gemini"
    base_url: WebAddress = "https://generativelanguage.googleapis.com"


ENVIRONMENT: Mapping[str, str] = {
    "GOOGLE_API_KEY": "api_key",
    "GEMINI_API_KEY": "api_key",
    "GEMINI_BASE_URL": "base_url",
    "GOOGLE_BASE_URL": "base_url",
}
enabled = has_key
WIRES = (gemini.WIRE,)
_RELAYED = frozenset({gemini.COUNT, gemini.ONE, gemini.BATCH})

_CAPABILITIES = Capabilities(images=True, reasoning=True)
_EMBEDDINGS = Capabilities(chat=False, tools=False, structured_output=False, embeddings=True)
MODELS: tuple[ModelCard, ...] = (
    *(
        ModelCard(name=name, capabilities=_CAPABILITIES, context_tokens=1_114_112, output_tokens=65_536, owner="google")
        for name in ("gemini-3.1-pro-preview", "gemini-3.5-flash", "gemini-3.5-flash-lite", "gemini-2.5-flash")
    ),
    ModelCard(name="gemini-embedding-001", capabilities=_EMBEDDINGS, context_tokens=2048, owner="google"),
)


@dataclass(frozen=True, slots=True)
class Gemini:
    """One connection to the Gemini API."""

    name: str
    _root: str
    _upstream: Upstream

    def stream(self, request: Request) -> Stream:
        if original := gemini.original_of(request):
            return self._upstream.stream(
                f"{self._model(request.model)}:{gemini.operation_of(original)}",
                gemini.forwarded_body(original),
                gemini.forwarding_decoder(original, model=request.model),
                timeouts=self._upstream.patience(request, original),
            )
        encoded = told(gemini.encode_request(request), gemini.without_kept(request), provider=self.name)
        decoder = gemini.stream_decoder(encoded.lost, model=request.model)
        url = f"{self._model(request.model)}:streamGenerateContent?alt=sse"
        return self._upstream.stream(url, encoded.to_json(), decoder, timeouts=self._upstream.patience(request))

    async def models(self) -> Sequence[ModelCard]:
        url = f"{self._root}/models?pageSize=1000"
        return await all_pages(self._upstream, url, cursor="pageToken", decode=gemini.decode_model_page)

    async def check(self) -> Health:
        return await health.check(self._upstream, f"{self._root}/models?pageSize=1", environment=ENVIRONMENT)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        url = f"{self._model(request.model)}:batchEmbedContents"
        decode = partial(gemini.decode_embeddings, model=request.model)
        answers: list[Embeddings] = []
        for start in range(0, len(request.texts), LARGEST_BATCH):
            batch = msgspec.structs.replace(request, texts=request.texts[start : start + LARGEST_BATCH])
            body = gemini.encode_embeddings(batch).to_json()
            answers.append(await self._upstream.ask("POST", url, decode=decode, body=body))
        return Embeddings(
            model=request.model,
            vectors=tuple(chain.from_iterable(answer.vectors for answer in answers)),
            input_tokens=sum(answer.input_tokens for answer in answers),
        )

    def _model(self, name: str) -> str:
        return f"{self._root}/models/{quote(name.removeprefix('models/'), safe='')}"

    def relay(self, request: RelayRequest) -> Stream:
        if request.operation not in _RELAYED:
            raise UnsupportedParameterError(f"{self.name} has no {request.operation}.", field="model")
        return self._upstream.relay(f"{self._model(request.model)}:{request.operation}", request)


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider; nothing is sent before it is used."""
    key = usual_headers(settings, "x-goog-api-key")
    upstream = Upstream(
        http=http,
        provider=settings.name,
        headers=key,
        timeouts=settings.timeouts,
        decode_failure=gemini.decode_failure,
        credential=credential(settings, http),
    )
    versioned = settings.base_url.endswith(("/v1", "/v1beta"))
    yield Gemini(settings.name, settings.base_url if versioned else f"{settings.base_url}/v1beta", upstream)
