"""The port to whoever serves models."""

from collections.abc import Sequence
from typing import Protocol

from chimera.llm.events import Stream
from chimera.llm.models import Embeddings, Health, ModelCard
from chimera.llm.request import EmbeddingRequest, Request


class ModelProvider(Protocol):
    """One connection to a provider: an address and a credential. The embedded one is `local`; `scripted` is for tests.

    Every failure is a `ProviderError`, from every method.
    """

    @property
    def name(self) -> str:
        """Name in the configuration and in model ids: `openai` in `openai/gpt-5`."""
        ...

    def stream(self, request: Request) -> Stream:
        """Answer the request; closing the stream closes the connection to the provider.

        Ends with exactly one `Finished`; a stream that the provider cut raises `ProviderAnswerError` instead.
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
