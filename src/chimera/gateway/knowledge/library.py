"""The libraries of facts, asked once a model and never while a call waits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chimera.gateway.knowledge.facts import Facts, Knowledge, Said, facts_of, weigh
from chimera.gateway.knowledge.prices import FREE
from chimera.llm import ModelCard

HOUSE = "Chimera"
_MOST_REMEMBERED = 20_000
SELF_HOSTED = "self-hosted"
"""The vendor of models that run on the operator's own machines: nobody charges for their tokens."""


class FactSource(Protocol):
    """A library of facts about models, read from files."""

    @property
    def name(self) -> str:
        """With its version, for people."""
        ...

    def about(self, vendor: str, model: str) -> Facts | None:
        """What it says of a vendor's model; `None` where it does not know it. May take milliseconds."""
        ...


@dataclass(slots=True, kw_only=True)
class Library:
    """Puts together what provider, configuration and libraries say.

    Attributes:
        open_sources: Opens the libraries, the best one first. Takes some milliseconds, and memory: call `open` off
            the event loop.
        vendors: Whose models a provider serves, by the provider's name; nothing is looked up for the others.
        configured: What the operator says, by the model's id.
    """

    open_sources: Callable[[], Sequence[FactSource]] = tuple
    vendors: Mapping[str, str] = field(default_factory=dict[str, str])
    configured: Mapping[str, Facts] = field(default_factory=dict[str, Facts])
    _sources: Sequence[FactSource] | None = None
    _said: dict[tuple[str, str], Sequence[Said]] = field(default_factory=dict[tuple[str, str], Sequence[Said]])

    def open(self) -> None:
        """Read the libraries. Until then only the provider, our lists and the configuration are heard."""
        if self._sources is None:
            self._sources = tuple(self.open_sources())

    def configured_of(self, provider: str) -> Sequence[str]:
        """Names of a provider's models of which the operator said something."""
        return [model for whose, _, model in (known.partition("/") for known in self.configured) if whose == provider]

    def knowledge(self, provider: str, *, found: ModelCard | None, listed: ModelCard | None) -> Knowledge:
        """What stands of a model that the provider told of, or that we list, or both.

        Raises:
            ValueError: if neither is given.
        """
        card = found or listed
        if card is None:
            raise ValueError("a model is told of by somebody")
        known = weigh(
            configured=self.configured.get(f"{provider}/{card.name}"),
            card=(provider, facts_of(found)) if found else None,
            listed=(HOUSE, facts_of(listed)) if listed else None,
            libraries=self.said(provider, card.name),
        )
        writes = card.capabilities.chat or not card.capabilities.embeddings
        return known if writes else known.without("output_tokens")  # some libraries give the length of its vectors

    def everything(
        self, provider: str, model: str, *, found: ModelCard | None, listed: ModelCard | None
    ) -> Sequence[Said]:
        """What provider, our own list and the libraries say, side by side."""
        told = [(provider, facts_of(found))] if found else []
        ours = [(HOUSE, facts_of(listed))] if listed else []
        return (*told, *ours, *self.said(provider, model))

    def said(self, provider: str, model: str) -> Sequence[Said]:
        """What each library says of a model, the best one first."""
        vendor = self.vendors.get(provider)
        if vendor is None:
            return ()
        if vendor == SELF_HOSTED:
            return ((SELF_HOSTED, Facts(price=FREE)),)
        if self._sources is None:
            return ()
        key = (vendor, model)
        said = self._said.get(key)
        if said is None:
            asked = ((source.name, source.about(vendor, model)) for source in self._sources)
            said = tuple((_named(name, facts, model), facts) for name, facts in asked if facts is not None)
            self._said[key] = said
            if len(self._said) > _MOST_REMEMBERED:  # callers may send any string as a model
                del self._said[next(iter(self._said))]
        return said


def _named(source: str, facts: Facts, model: str) -> str:
    return source if facts.matched in {"", model} else f"{source} ({facts.matched})"
