"""The embedded model: llama.cpp in a child process. With the bundled weights it is a demonstration, no more."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs
from pydantic import Field, FilePath, field_validator

from chimera.adapters.http import HttpClient, Timeouts
from chimera.adapters.providers.local.model_file import bundled_weights, card_of, engine_installed
from chimera.adapters.providers.local.process import Running, Weights
from chimera.adapters.providers.local.server import LocalServer, open_server
from chimera.adapters.settings import ProviderSettings, WebAddress
from chimera.adapters.streaming import Upstream
from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import (
    Document,
    EmbeddingRequest,
    Embeddings,
    Health,
    HealthStatus,
    Image,
    ModelCard,
    ModelProvider,
    ProviderConnectionError,
    ProviderModelNotFoundError,
    ProviderRequestError,
    RelayRequest,
    Request,
    Stream,
    Text,
)
from chimera.wires import openai_chat
from chimera.wires.encoded import Encoded
from chimera.wires.openai_chat import Quirks
from chimera.wires.originals import told

ENVIRONMENT: Mapping[str, str] = {}
"""`CHIMERA_LOCAL_MODEL` is the house's own setting; `bootstrap` reads it."""

_CONTEXT_TOKENS = 4096
MODELS: tuple[ModelCard, ...] = (card_of(None, _CONTEXT_TOKENS),)

# A killed process drops its connections a moment before it is seen to be gone.
_DYING_S = 1.0
# Left out and reported as lost.
_UNSUPPORTED = frozenset({"tools", "tool_choice", "parallel_tool_calls", "reasoning_effort"})
_KNOWN_EXTRA = frozenset({"logit_bias"})
# The template of the bundled model has a prompt of its own, under which it answered 13 of 20 simple questions rightly;
# with this one 16, in half the words.
_DEMONSTRATION_PROMPT = (Text(text="You are a helpful assistant. Answer briefly and correctly."),)


class Settings(ProviderSettings):
    """The embedded model.

    Attributes:
        base_url: Not used: the address is found when the model starts.
        model_path: A GGUF file instead of the bundled weights.
        threads: One is best beside a web server; a larger model on its own machine wants its physical cores.
        context_tokens: Input and output of one request together; 23 KB of memory each with the bundled weights.
        idle_stop_s: How long the model stays in memory without a request.
        idle_timeout_s: Until the first token too: a thread reads 100 to 200 tokens a second.
    """

    name: str = Field(default="local", min_length=1, pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    base_url: WebAddress = "http://127.0.0.1"
    model_path: FilePath | None = None
    threads: int = Field(default=1, ge=1, le=256)
    context_tokens: int = Field(default=_CONTEXT_TOKENS, ge=512)
    idle_stop_s: float = Field(default=300.0, gt=0)
    start_timeout_s: float = Field(default=60.0, gt=0)

    @field_validator("model_path", mode="before")
    @classmethod
    def _at_home(cls, value: object) -> object:
        return Path(value).expanduser().resolve() if isinstance(value, str) else value


def enabled(settings: Settings) -> bool:
    """Whether llama.cpp and weights are there."""
    return engine_installed() and (settings.model_path or bundled_weights()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """One model in one child process, which starts with the first request."""

    name: str
    _card: ModelCard
    _http: HttpClient
    _timeouts: Timeouts
    _server: LocalServer

    async def stream(self, request: Request) -> Stream:
        """See `ModelProvider`. Requests take turns; closing the stream frees the model for the next."""
        encoded = told(self._encoded(request), request, provider=self.name)
        async with self._server.turn():
            running, heard = await self._server.ready(), False
            try:
                async with aclosing(self._asked(running, encoded)) as events:
                    async for event in events:
                        heard = True
                        yield event
            except ProviderConnectionError:
                # It died while nobody looked, or before it said a word: that need not be the caller's trouble.
                if heard or not await asyncio.to_thread(running.wait, _DYING_S):
                    raise
            else:
                return
            async with aclosing(self._asked(await self._server.ready(), encoded)) as events:
                async for event in events:
                    yield event

    async def models(self) -> Sequence[ModelCard]:
        return (self._card,)

    async def check(self) -> Health:
        """Tell whether the model could be started; it is not started for that."""
        weights = self._server.weights
        if not engine_installed():
            detail = "llama.cpp is not installed. Run `make install`, or set CHIMERA_LOCAL_MODEL=off."
            return Health(status=HealthStatus.UNAVAILABLE, detail=detail)
        if not weights.path.is_file():
            detail = f"There is no file {weights.path}. Set CHIMERA_LOCAL_MODEL to a GGUF file, or to off."
            return Health(status=HealthStatus.MISADDRESSED, detail=detail)
        state = "is loaded" if self._server.loaded else "will be loaded by the first question"
        return Health(status=HealthStatus.OK, detail=f"{weights.path.name} {state}.")

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        raise UnsupportedParameterError(f"{self.name} has no embeddings; choose another provider's model.")

    def relay(self, request: RelayRequest) -> Stream:
        raise UnsupportedParameterError(f"{self.name} has no {request.operation}.", field="model")

    def _asked(self, running: Running, encoded: Encoded) -> Stream:
        upstream = Upstream(
            http=self._http,
            provider=self.name,
            # llama.cpp's server closes idle connections so soon that a kept one is a gamble.
            headers={"Authorization": f"Bearer {running.api_key}", "Connection": "close"},
            timeouts=self._timeouts,
            decode_failure=openai_chat.decode_failure,
        )
        decoder = openai_chat.StreamDecoder(encoded.lost)
        return upstream.stream(f"{running.address}/v1/chat/completions", encoded.to_json(), decoder)

    def _encoded(self, request: Request) -> Encoded:
        """Return the body for llama.cpp, whose server takes far more parameters than callers should reach."""
        if request.model != self._card.name:
            raise ProviderModelNotFoundError(f"{self.name} serves {self._card.name} only.", provider=self.name)
        if _shows_pictures(request):
            raise ProviderRequestError(f"{self._card.name} reads text only, no images or files.", provider=self.name)
        if request.tools and request.tool_choice not in {"auto", "none"}:
            raise ProviderRequestError(f"{self._card.name} cannot call tools.", provider=self.name)
        if self._card.demonstration and not request.system:
            request = structs.replace(request, system=_DEMONSTRATION_PROMPT)
        unknown = request.extra.keys() - _KNOWN_EXTRA
        return openai_chat.encode_request(request, Quirks(unsupported=_UNSUPPORTED | unknown))


def _shows_pictures(request: Request) -> bool:
    return any(isinstance(part, Image | Document) for message in request.messages for part in message.parts)


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider; leaving ends the child. Nothing is started before the first request."""
    path = settings.model_path or bundled_weights()
    card = card_of(settings.model_path, settings.context_tokens)
    weights = Weights(
        model=card.name,
        path=path or Path("SmolLM2-135M-Instruct.gguf"),
        context_tokens=settings.context_tokens,
        threads=settings.threads,
    )
    async with open_server(
        settings.name, weights, idle_stop_s=settings.idle_stop_s, start_timeout_s=settings.start_timeout_s
    ) as server:
        yield LocalModel(name=settings.name, _card=card, _http=http, _timeouts=settings.timeouts, _server=server)
