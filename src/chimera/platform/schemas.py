"""Shapes of this package's HTTP API."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, Field

from chimera.gateway.catalogue import Listed
from chimera.gateway.circuit import CircuitState
from chimera.gateway.keeper import ProviderStatus
from chimera.gateway.knowledge import Facts, Knowledge, Price, Rates
from chimera.kit.money import usd
from chimera.llm import ModelCard

HOUSE: Final = "chimera"
"""Who provides `auto`, which is no provider's."""


class CapabilitiesRead(BaseModel):
    """What the model can do beyond plain text."""

    tools: bool
    images: bool
    structured_output: bool
    reasoning: bool


class RatesRead(BaseModel):
    """USD for a million tokens, as decimal numbers in text: no digit is lost. Null is unknown, not free."""

    above_tokens: int = Field(description="These rates hold for prompts longer than this", examples=[0])
    input: str | None = Field(examples=["1.25"])
    cached_input: str | None = Field(description="Null: as other input", examples=["0.125"])
    cache_write: str | None = Field(description="Null: as other input", examples=[None])
    cache_write_1h: str | None = Field(description="Null: as other cache writing", examples=[None])
    output: str | None = Field(examples=["10"])


class PriceRead(BaseModel):
    """What tokens cost at this moment."""

    free: bool = Field(description="Nothing is charged for its tokens, now or later")
    varies: bool = Field(description="The price differs by date or by hour of the day")
    tiers: list[RatesRead] = Field(
        description="By length of the prompt; the last one that is reached holds for all of it"
    )
    batch: list[RatesRead] | None = Field(description="The same in batches; null where unknown")
    further: list[str] = Field(description="What else may be charged", examples=[["web_searches_kcount"]])


class ModalitiesRead(BaseModel):
    input: list[str] = Field(examples=[["text", "image"]])
    output: list[str] = Field(examples=[["text"]])


class ShareRead(BaseModel):
    """A model of a deployment, and its part of the calls compared with the others."""

    model: str = Field(examples=["openai/gpt-5"])
    weight: int = Field(examples=[3])


class ModelRead(BaseModel):
    """A model, alias or deployment that can be asked now."""

    id: str = Field(description="Its name on every surface", examples=["openai/gpt-5"])
    name: str = Field(description="The provider's own name; of an alias or a deployment, its id", examples=["gpt-5"])
    alias_of: str | None = Field(description="The model that an alias stands for", examples=[None])
    targets: list[ShareRead] = Field(description="The models that share the calls of a deployment; else empty")
    provider: str = Field(examples=["openai"])
    kind: Literal["chat", "embedding"]
    context_tokens: int | None = Field(description="Input and output together; null where unknown", examples=[400000])
    output_tokens: int | None = Field(description="The longest answer; null where unknown", examples=[128000])
    capabilities: CapabilitiesRead
    modalities: ModalitiesRead = Field(description="What it takes and gives; empty where unknown")
    price: PriceRead | None = Field(description="Null where unknown, and for deployments")
    knowledge_cutoff: str | None = Field(description="Until when it was trained, where known", examples=["2025-08"])
    deprecated: bool = Field(description="Whether its provider advises against it, or has retired it")
    retires_on: date | None = Field(description="First day on which it is not served any more, where known")
    sources: dict[str, str] = Field(
        description="Who said each of these facts",
        examples=[{"context_tokens": "Chimera", "price": "genai-prices 0.2.3", "output_tokens": "configuration"}],
    )
    demonstration: bool = Field(description="The tiny embedded model that is there so that a first start answers")
    circuit: CircuitState | None = Field(
        description="`open`: it failed repeatedly and is left alone for a while; `half_open`: the next call, or one "
        "under way, tries it again; else `closed`, as the replica that answers knows. Null for deployments and `auto`, "
        "which ask another model then, and where nobody keeps count (`chimera models`)",
        examples=["closed"],
    )


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
    resting: int = Field(
        description="How many of them failed repeatedly and have not answered since: their `circuit` is not `closed`",
        examples=[0],
    )


class ProviderList(BaseModel):
    data: list[ProviderRead]


def model_read(listed: Listed, now: datetime, circuit: Callable[[str], CircuitState] | None = None) -> ModelRead:
    """An entry as callers read it; `circuit` knows how a target is treated, by its key."""
    card, target = listed.card, listed.target
    known = listed.knowledge or Knowledge()
    facts = known.facts
    capabilities = card.capabilities
    has_others = bool(listed.shares) or listed.is_automatic
    return ModelRead(
        id=listed.id,
        name=card.name if listed.id == target.id else listed.id,
        alias_of=target.id if not (has_others or listed.id == target.id) else None,
        targets=[ShareRead(model=share.model, weight=share.weight) for share in listed.shares],
        provider=target.provider or HOUSE,
        kind="embedding" if capabilities.embeddings and not capabilities.chat else "chat",
        context_tokens=card.context_tokens,
        output_tokens=card.output_tokens,
        capabilities=_capabilities(card),
        modalities=ModalitiesRead(input=list(facts.input_modalities), output=list(facts.output_modalities)),
        price=_price(facts.price, now) if facts.price else None,
        knowledge_cutoff=facts.knowledge_cutoff,
        deprecated=_is_deprecated(facts, now),
        retires_on=facts.retires_on,
        sources=dict(known.sources),
        demonstration=card.demonstration,
        circuit=circuit(target.key) if circuit and not has_others else None,
    )


def _capabilities(card: ModelCard) -> CapabilitiesRead:
    able = card.capabilities
    return CapabilitiesRead(
        tools=able.tools, images=able.images, structured_output=able.structured_output, reasoning=able.reasoning
    )


def _is_deprecated(facts: Facts, now: datetime) -> bool:
    return bool(facts.deprecated) or (facts.retires_on is not None and facts.retires_on <= now.date())


def _price(price: Price, now: datetime) -> PriceRead:
    batch = price.batch_tiers(now)
    return PriceRead(
        free=price.free,
        varies=len(price.periods) > 1,
        tiers=[_rates(tier.rates, tier.above_tokens) for tier in price.tiers(now)],
        batch=[_rates(tier.rates, tier.above_tokens) for tier in batch] if batch else None,
        further=list(price.further),
    )


def _rates(rates: Rates, above_tokens: int) -> RatesRead:
    return RatesRead(
        above_tokens=above_tokens,
        input=rate_usd(rates.input),
        cached_input=rate_usd(rates.cached_input),
        cache_write=rate_usd(rates.cache_write),
        cache_write_1h=rate_usd(rates.cache_write_1h),
        output=rate_usd(rates.output),
    )


def rate_usd(rate_nusd: int | None) -> str | None:
    return None if rate_nusd is None else usd(rate_nusd)


def provider_read(status: ProviderStatus, resting: int) -> ProviderRead:
    health = status.health
    return ProviderRead(
        name=status.name,
        status=health.status.value if health else "unknown",
        detail=health.detail if health else "It is being asked for the first time.",
        models=status.models,
        resting=resting,
    )
