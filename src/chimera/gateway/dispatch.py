"""The bottom of the pipeline: hand the request to the provider of its target."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from chimera.gateway.accounts.account import Accounts, NoAccounts
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
    """To the organisation's own account, if the target is one of its, else to the house's provider of that name."""

    providers: Mapping[str, ModelProvider]
    accounts: Accounts = field(default_factory=NoAccounts)

    def __call__(self, call: Call) -> Stream:
        target = call.aim
        account = target.account
        provider = self.providers[target.provider] if account is None else self.accounts.provider(account)
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
