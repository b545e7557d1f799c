"""Shapes of this package's HTTP API."""

from typing import Literal

from pydantic import BaseModel, Field

from chimera.gateway.call import Target
from chimera.gateway.catalogue import ProviderStatus
from chimera.llm import ModelCard


class CapabilitiesRead(BaseModel):
    """What the model can do beyond plain text."""

    tools: bool
    images: bool
    structured_output: bool
    reasoning: bool


class ModelRead(BaseModel):
    """A model that can be asked now."""

    id: str = Field(description="Its name on every surface", examples=["openai/gpt-5"])
    name: str = Field(description="The provider's own name", examples=["gpt-5"])
    provider: str = Field(examples=["openai"])
    kind: Literal["chat", "embedding"]
    context_tokens: int | None = Field(description="Input and output together; null where unknown", examples=[400000])
    output_tokens: int | None = Field(description="The longest answer; null where unknown", examples=[128000])
    capabilities: CapabilitiesRead
    demonstration: bool = Field(description="The tiny embedded model that is there so that a first start answers")


class ModelList(BaseModel):
    data: list[ModelRead]
    default_model: str | None = Field(description="The model of new chats", examples=["openai/gpt-5"])


class ProviderRead(BaseModel):
    """Last known state of a provider."""

    name: str = Field(examples=["openai"])
    status: str = Field(
        description="ok, unauthenticated, forbidden, rate_limited, unreachable, unavailable, misaddressed or unknown",
        examples=["ok"],
    )
    detail: str = Field(description="What happened and what to do", examples=[""])
    models: int = Field(description="How many models it offers", examples=[42])


class ProviderList(BaseModel):
    data: list[ProviderRead]


def model_read(target: Target, card: ModelCard) -> ModelRead:
    capabilities = card.capabilities
    return ModelRead(
        id=target.id,
        name=target.model,
        provider=target.provider,
        kind="embedding" if capabilities.embeddings and not capabilities.chat else "chat",
        context_tokens=card.context_tokens,
        output_tokens=card.output_tokens,
        capabilities=CapabilitiesRead(
            tools=capabilities.tools,
            images=capabilities.images,
            structured_output=capabilities.structured_output,
            reasoning=capabilities.reasoning,
        ),
        demonstration=card.demonstration,
    )


def provider_read(status: ProviderStatus) -> ProviderRead:
    health = status.health
    return ProviderRead(
        name=status.name,
        status=health.status.value if health else "unknown",
        detail=health.detail if health else "It is being asked for the first time.",
        models=status.models,
    )
