"""The bottom of the pipeline: hand the request to the provider of its target."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call
from chimera.llm import (
    Embedded,
    EmbeddingRequest,
    Finished,
    FinishReason,
    ModelProvider,
    RelayRequest,
    Request,
    Started,
    Stream,
    Usage,
    UsageReported,
    sane,
)


@dataclass(frozen=True, slots=True)
class Dispatch:
    providers: Mapping[str, ModelProvider]

    def __call__(self, call: Call) -> Stream:
        target = call.aim
        provider = self.providers[target.provider]
        match call.request:
            case Request() as request:
                return provider.stream(replace(request, model=target.model))
            case EmbeddingRequest() as request:
                return _embedding(provider, replace(request, model=target.model))
            case RelayRequest() as request:
                return provider.relay(replace(request, model=target.model))


async def _embedding(provider: ModelProvider, request: EmbeddingRequest) -> Stream:
    answer = await provider.embed(request)
    yield Started(id="", model=answer.model)
    yield Embedded(vectors=answer.vectors)
    yield UsageReported(usage=sane(Usage(input_tokens=answer.input_tokens)))
    yield Finished(reason=FinishReason.STOP)
