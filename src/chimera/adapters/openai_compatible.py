"""The engine of every provider that imitates OpenAI: a file in `providers/` gives it a `Dialect`, which is data."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from chimera.adapters import health
from chimera.adapters.batches import in_batches
from chimera.adapters.http import HttpClient
from chimera.adapters.settings import ProviderSettings, bearer, credential
from chimera.adapters.streaming import StreamDecoder, Upstream
from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    EmbeddingRequest,
    Embeddings,
    Health,
    ModelCard,
    ModelProvider,
    Original,
    ProviderModelNotFoundError,
    ProviderRequestError,
    RelayRequest,
    Request,
    Stream,
)
from chimera.wires import openai_chat, openai_responses
from chimera.wires.openai_chat import Quirks
from chimera.wires.originals import told

RELAYS: Mapping[str, str] = {
    # https://platform.openai.com/docs/api-reference/moderations, …/audio, …/images
    "moderations": "/moderations",
    "audio/speech": "/audio/speech",
    "audio/transcriptions": "/audio/transcriptions",
    "audio/translations": "/audio/translations",
    "images/generations": "/images/generations",
}
"""What OpenAI has besides chat and embeddings, each with its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one provider differs from the usual. Paths follow the base URL; `{model}` stands for the model's name.

    Attributes:
        environment: Environment variables by the setting that each fills, to name the right one in advice.
        models: Paths of the list of models, tried in turn while the provider does not know them.
        check: Path of a cheap question that needs the key; the first list of models where it is empty.
        embeddings: Path for embeddings; `None` where the provider has none.
        relays: Operations that are passed on unread, each with its path; `RelayRequest.operation` names it.
        wires: Wires whose requests it takes as they are, each with its path.
        responses: How its Responses API differs, where it has one.
        served: Models that are served although no list tells, e.g. Azure's deployments; no list is asked for then.
    """

    environment: Mapping[str, str]
    quirks: Quirks = field(default_factory=Quirks)
    chat: str = "/chat/completions"
    models: tuple[str, ...] = ("/models",)
    check: str = ""
    embeddings: str | None = "/embeddings"
    relays: Mapping[str, str] = field(default_factory=dict[str, str])
    wires: Mapping[str, str] = field(default_factory=dict[str, str])
    responses: openai_responses.Quirks = openai_responses.OPENAI
    served: tuple[ModelCard, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAICompatible:
    """One connection to a provider that speaks OpenAI's wire."""

    name: str
    base_url: str
    dialect: Dialect
    upstream: Upstream = field(repr=False)

    def stream(self, request: Request) -> Stream:
        if openai_responses.WIRE in self.dialect.wires and openai_responses.remembers(request):
            return self._reminded(request)
        return self._asked(request)

    def _asked(self, request: Request) -> Stream:
        return self._forwarded(request) or self._translated(request)

    async def _reminded(self, request: Request) -> Stream:
        """Ask with reasoning that may be another account's, and without it where the provider cannot read it."""
        begun = False
        try:
            async with aclosing(self._asked(request)) as events:
                async for event in events:
                    begun = True
                    yield event
        except ProviderRequestError as error:
            if begun or not openai_responses.is_unreadable(error):
                raise
        else:
            return
        async with aclosing(self._asked(openai_responses.disowned(request))) as events:
            async for event in events:
                yield event

    def _forwarded(self, request: Request) -> Stream | None:
        """Ask in the caller's own words, if the provider takes them."""
        wire = request.original.wire if request.original else ""
        path = self.dialect.wires.get(wire)
        if path is None:
            return None
        quirks, model = self.dialect.quirks, request.model
        original: Original | None = None
        decoder: StreamDecoder
        if wire == openai_responses.WIRE:
            if original := openai_responses.original_of(request, self.dialect.responses):
                body = openai_responses.forwarded_body(original, model=model)
                decoder = openai_responses.forwarding_decoder(original)
        elif not self._speaks_responses(request) and (original := openai_chat.original_of(request, quirks)):
            encoded = openai_chat.forwarded_request(original, quirks, model=model)
            if encoded.lost and request.strict:
                return None
            body, decoder = encoded.to_json(), openai_chat.forwarding_decoder(original, encoded.lost)
        if original is None:
            return None
        timeouts = self.upstream.patience(request, original)
        return self.upstream.stream(self._url(path, model), body, decoder, timeouts=timeouts)

    def _translated(self, request: Request) -> Stream:
        decoder: StreamDecoder
        if self._speaks_responses(request):
            path = self.dialect.wires[openai_responses.WIRE]
            encoded = told(openai_responses.encode_request(request), request, provider=self.name)
            decoder = openai_responses.stream_decoder(encoded.lost, openai_chat.own_names(request.tools))
        else:
            path = self.dialect.chat
            encoded = told(openai_chat.encode_request(request, self.dialect.quirks), request, provider=self.name)
            decoder = openai_chat.StreamDecoder(encoded.lost, openai_chat.own_names(request.tools))
        url, timeouts = self._url(path, request.model), self.upstream.patience(request)
        return self.upstream.stream(url, encoded.to_json(), decoder, timeouts=timeouts)

    def _speaks_responses(self, request: Request) -> bool:
        """Whether chat completions do not answer this."""
        return openai_responses.WIRE in self.dialect.wires and self.dialect.responses.answers_alone(request)

    async def models(self) -> Sequence[ModelCard]:
        if self.dialect.served is not None:
            return self.dialect.served
        *first, last = (self._url(path) for path in self.dialect.models)
        for url in first:
            try:
                return await self.upstream.ask("GET", url, decode=openai_chat.decode_models)
            except ProviderModelNotFoundError:
                continue
        return await self.upstream.ask("GET", last, decode=openai_chat.decode_models)

    async def check(self) -> Health:
        url = self._url(self.dialect.check or self.dialect.models[0])
        return await health.check(self.upstream, url, environment=self.dialect.environment)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        if self.dialect.embeddings is None:
            raise UnsupportedParameterError(f"{self.name} has no embeddings; choose another provider's model.")
        url = self._url(self.dialect.embeddings, request.model)
        return await in_batches(openai_chat.batches(request), partial(self._embed, url))

    async def _embed(self, url: str, batch: EmbeddingRequest) -> Embeddings:
        body = openai_chat.encode_embedding_request(batch, self.dialect.quirks).to_json()
        decode = partial(openai_chat.decode_embeddings, inputs=len(batch.texts))
        return await self.upstream.ask("POST", url, decode=decode, body=body)

    def relay(self, request: RelayRequest) -> Stream:
        path = self.dialect.relays.get(request.operation)
        if path is None:
            raise UnsupportedParameterError(f"{self.name} has no {request.operation}.", field="model")
        return self.upstream.relay(self._url(path, request.model), request)

    def _url(self, path: str, model: str = "") -> str:
        if "{model}" in path:
            path = path.replace("{model}", quote(model, safe=""))
        return self.base_url + path


@asynccontextmanager
async def open_provider(
    settings: ProviderSettings,
    http: HttpClient,
    dialect: Dialect,
    *,
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider; nothing is sent before it is used.

    Args:
        settings: Name, address, key and patience.
        http: The house's HTTP client.
        dialect: How the provider differs.
        headers: Sent with every call; the key as a bearer token by default.
    """
    upstream = Upstream(
        http=http,
        provider=settings.name,
        headers=bearer(settings) if headers is None else headers,
        timeouts=settings.timeouts,
        decode_failure=openai_chat.decode_failure,
        credential=credential(settings, http),
    )
    yield OpenAICompatible(name=settings.name, base_url=settings.base_url, dialect=dialect, upstream=upstream)
