"""The port to whoever serves models."""

from collections.abc import Sequence
from typing import Protocol

from chimera.llm.events import Stream
from chimera.llm.models import Embeddings, Health, ModelCard
from chimera.llm.request import EmbeddingRequest, RelayRequest, Request


class ModelProvider(Protocol):
    """One connection to a provider: an address and a credential. The embedded one is `local`; `scripted` is for tests.

    Every failure is a `ProviderError`, from every method.
    """

    def stream(self, request: Request) -> Stream:
        """Answer the request, in its caller's own words where the provider speaks their wire (`Request.original`).

        Closing the stream closes the connection to the provider. It ends with exactly one `Finished`; a stream that
        the provider cut raises `ProviderAnswerError` instead.
        """
        ...

    async def models(self) -> Sequence[ModelCard]:
        """Ask the provider what it serves, chat and embedding models only."""
        ...

    async def check(self) -> Health:
        """Ask the cheapest authenticated question there is. Never raises `ProviderError`."""
        ...

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Turn texts into vectors.

        Raises:
            UnsupportedParameterError: where the provider has no embeddings.
        """
        ...

    def relay(self, request: RelayRequest) -> Stream:
        """Pass a request on unread; answers `Started Forwarded* UsageReported? Finished`.

        Raises:
            UnsupportedParameterError: where the provider does not have the endpoint.
        """
        ...
