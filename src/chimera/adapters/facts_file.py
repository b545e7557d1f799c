"""A file of facts about models that `tools/build_model_facts.py` made."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from chimera.gateway.knowledge import Facts, Period, Price, Rates, Tier

_DATED = re.compile(r"([-@](\d{4}-?\d{2}-?\d{2}|latest))$")


class _Tier(msgspec.Struct, frozen=True):
    above_tokens: int = 0
    input: int | None = None
    output: int | None = None
    cached_input: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None

    def tier(self) -> Tier:
        rates = Rates(
            input=self.input,
            output=self.output,
            cached_input=self.cached_input,
            cache_write=self.cache_write,
            cache_write_1h=self.cache_write_1h,
        )
        return Tier(above_tokens=self.above_tokens, rates=rates)


class _Row(msgspec.Struct, frozen=True):
    """One model.

    Attributes:
        input_tokens: What a source tells that counts the answer apart; the whole window only for embeddings.
    """

    context_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    embedding: bool = False
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    tools: bool | None = None
    reasoning: bool | None = None
    tiers: tuple[_Tier, ...] = ()
    batch: tuple[_Tier, ...] = ()
    further: tuple[str, ...] = ()
    knowledge_cutoff: str | None = None
    deprecated: bool | None = None
    retires_on: date | None = None

    def facts(self, name: str) -> Facts:
        price = Price(periods=_always(self.tiers), batch=_always(self.batch), further=self.further)
        return Facts(
            matched=name,
            context_tokens=self.context_tokens or (self.input_tokens if self.embedding else None),
            output_tokens=self.output_tokens,
            input_modalities=("text",) if self.embedding and not self.input_modalities else self.input_modalities,
            output_modalities=("embedding",) if self.embedding else self.output_modalities,
            tools=self.tools,
            reasoning=self.reasoning,
            price=price if self.tiers else None,
            knowledge_cutoff=self.knowledge_cutoff,
            deprecated=self.deprecated,
            retires_on=self.retires_on,
        )


def _always(tiers: tuple[_Tier, ...]) -> tuple[Period, ...]:
    return (Period(tiers=tuple(one.tier() for one in tiers)),) if tiers else ()


class FactsFile(msgspec.Struct, frozen=True):
    """What one source said of every model on the day it was copied.

    Attributes:
        source: Its name with its version.
        models: By vendor, then by name; read one by one, when somebody asks.
    """

    source: str
    licence: str
    models: Mapping[str, Mapping[str, msgspec.Raw]]

    @property
    def name(self) -> str:
        return self.source

    def about(self, vendor: str, model: str) -> Facts | None:
        """Look the model up by its name, then by the name without its date."""
        rows = self.models.get(vendor, {})
        name = model.lower()
        for known in (name, _DATED.sub("", name)):
            row = rows.get(known)
            if row is not None:
                return msgspec.json.decode(row, type=_Row).facts(known)
        return None


def read_facts(file: Path) -> FactsFile:
    return msgspec.json.decode(file.read_bytes(), type=FactsFile)
