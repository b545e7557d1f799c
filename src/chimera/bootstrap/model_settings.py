"""Settings about models: facts that the operator knows better, and names of the operator's own."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Protocol, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chimera.gateway.knowledge import Facts, Rates, flat
from chimera.gateway.names import Names, Share, Strategy
from chimera.kit.money import NUSD

_LONGEST_NAME = 200


def _a_name(name: str) -> str:
    if not name.isprintable() or name != name.strip():
        raise ValueError("must be printable, without blanks at its ends")
    return name


def _in_nusd(price: Decimal) -> Decimal:
    """Prices are kept in whole nano-USD for a million tokens."""
    if (price * NUSD) % 1:
        raise ValueError("must not have more than nine digits after the point")
    return price


Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME), AfterValidator(_a_name)]
UsdPerMtok: TypeAlias = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False), AfterValidator(_in_nusd)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShareEntry(_Entry):
    """One model of a deployment: `weight` is its part of the calls; with 0 it only stands in."""

    model: Name
    weight: int = Field(default=1, ge=0, le=1_000_000)


def _some(targets: tuple[ShareEntry, ...]) -> tuple[ShareEntry, ...]:
    if not targets:
        raise ValueError("must name at least one model")
    return targets


class DeploymentEntry(_Entry):
    """One `[[deployments]]` table: a name for several models that share its calls."""

    name: Name
    strategy: Strategy = "weighted"
    targets: Annotated[tuple[ShareEntry, ...], AfterValidator(_some)]


class ModelEntry(_Entry):
    """One `[[models]]` table: what is known better here than by provider and libraries."""

    id: Name
    context_tokens: int | None = Field(default=None, ge=1)
    output_tokens: int | None = Field(default=None, ge=1)
    price_input_usd_per_mtok: UsdPerMtok | None = None
    price_cached_input_usd_per_mtok: UsdPerMtok | None = None
    price_cache_write_usd_per_mtok: UsdPerMtok | None = None
    price_cache_write_1h_usd_per_mtok: UsdPerMtok | None = None
    price_output_usd_per_mtok: UsdPerMtok | None = None
    quality: float | None = Field(default=None, ge=0, le=1)
    knowledge_cutoff: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}(-\d{2})?$")
    retires_on: date | None = None

    @model_validator(mode="after")
    def _a_whole_price(self) -> "ModelEntry":
        rates = self.rates
        if rates != Rates() and rates.input is None:
            raise ValueError("a price needs price_input_usd_per_mtok; 0 says that it is free")
        return self

    @property
    def rates(self) -> Rates:
        return Rates(
            input=_nusd(self.price_input_usd_per_mtok),
            cached_input=_nusd(self.price_cached_input_usd_per_mtok),
            cache_write=_nusd(self.price_cache_write_usd_per_mtok),
            cache_write_1h=_nusd(self.price_cache_write_1h_usd_per_mtok),
            output=_nusd(self.price_output_usd_per_mtok),
        )

    def facts(self) -> Facts:
        return Facts(
            context_tokens=self.context_tokens,
            output_tokens=self.output_tokens,
            price=flat(self.rates) if self.rates != Rates() else None,
            knowledge_cutoff=self.knowledge_cutoff,
            retires_on=self.retires_on,
        )


class ModelSettings(Protocol):
    """What of all settings is about models."""

    @property
    def aliases(self) -> Mapping[str, str]: ...
    @property
    def deployments(self) -> Sequence[DeploymentEntry]: ...
    @property
    def models(self) -> Sequence[ModelEntry]: ...


def names_of(settings: ModelSettings) -> Names:
    shares = {
        entry.name: tuple(Share(model=share.model, weight=share.weight) for share in entry.targets)
        for entry in settings.deployments
    }
    strategies = {entry.name: entry.strategy for entry in settings.deployments}
    return Names(aliases=settings.aliases, deployments=shares, strategies=strategies)


def quality_of(settings: ModelSettings) -> Mapping[str, float]:
    """What the operator expects of models: shares of good answers, by id."""
    return {entry.id: entry.quality for entry in settings.models if entry.quality is not None}


def faults_of_names(settings: ModelSettings, providers: set[str]) -> list[str]:
    """What keeps these settings from being used with these providers; empty when all is well."""
    found = names_of(settings).faults(providers)
    deployments = [entry.name for entry in settings.deployments]
    found += [f"two deployments are named {name!r}. Rename one." for name in _twice(deployments)]
    models = [entry.id for entry in settings.models]
    known = ", ".join(sorted(providers)) or "none"
    for model in models:
        provider, _, name = model.partition("/")
        if not name or provider not in providers:
            why = f"is of no configured provider. Write `provider/model`; there are: {known}."
            found.append(f"[[models]] {model!r} {why}")
    found += [f"[[models]] {model!r} is described twice. Put it into one table." for model in _twice(models)]
    return [fault[0].upper() + fault[1:] for fault in found]


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _nusd(price: Decimal | None) -> int | None:
    return None if price is None else int(price * NUSD)
