"""A provider that says what it was told to say, and remembers what it was asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from chimera.llm import (
    EmbeddingRequest,
    Embeddings,
    Event,
    Finished,
    FinishReason,
    Health,
    HealthStatus,
    ModelCard,
    ProviderError,
    RelayRequest,
    Request,
    Started,
    Stream,
    TextDelta,
    Usage,
    UsageReported,
)

HANG = "hang"


def saying(text: str) -> list[Event]:
    return [
        Started(id="r1", model="m"),
        TextDelta(text=text),
        UsageReported(usage=Usage(input_tokens=1, output_tokens=len(text.split()))),
        Finished(reason=FinishReason.STOP),
    ]


@dataclass
class ScriptedProvider:
    """Plays its scripts one per request, then repeats the last; an error in it is raised, `HANG` waits for ever."""

    name: str
    scripts: Sequence[Sequence[Event | ProviderError | str]]
    cards: Sequence[ModelCard] = (ModelCard(name="m"),)
    requests: list[Request] = field(default_factory=list)
    closed: int = 0
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, request: Request) -> Stream:
        self.requests.append(request)
        script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
        try:
            for event in script:
                if isinstance(event, ProviderError):
                    raise event
                if isinstance(event, str):
                    self.hanging.set()
                    await asyncio.Event().wait()
                else:
                    yield event
        finally:
            self.closed += 1

    async def models(self) -> Sequence[ModelCard]:
        return self.cards

    async def check(self) -> Health:
        return Health(status=HealthStatus.OK)

    def relay(self, request: RelayRequest) -> Stream:
        return self.stream(request)  # type: ignore[arg-type]  # it is played, not read

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        return Embeddings(model=request.model, vectors=tuple((1.0, 0.5) for _ in request.texts), input_tokens=3)
