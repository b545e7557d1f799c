"""Names that an operator gives: aliases of models, and deployments that share their calls out to several."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

Strategy: TypeAlias = Literal["weighted", "least_busy", "latency"]
"""How a deployment chooses: by weight alone, by who has the fewest calls in flight, or by who answers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A model of a deployment.

    Attributes:
        weight: Its part of the calls, compared with the others; with 0 it only stands in.
    """

    model: str
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the names mean. They win over the names that providers use.

    Attributes:
        aliases: Name -> id of a model, another alias or a deployment.
        deployments: Name -> its models.
        strategies: Deployment -> how it chooses, where not by weight alone.
    """

    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    deployments: Mapping[str, Sequence[Share]] = field(default_factory=dict[str, Sequence[Share]])
    strategies: Mapping[str, Strategy] = field(default_factory=dict[str, Strategy])

    def __iter__(self) -> Iterator[str]:
        yield from self.aliases
        yield from self.deployments

    def __contains__(self, name: object) -> bool:
        return name in self.aliases or name in self.deployments

    def meant(self, name: str) -> str:
        """What stands at the end of a chain of aliases: a deployment, or a model's id."""
        for _ in range(len(self.aliases)):
            if name not in self.aliases:
                break
            name = self.aliases[name]
        return name

    def shares(self, name: str) -> Sequence[Share]:
        """The models that a name stands for, with their weights; itself for a name that nobody gave."""
        meant = self.meant(name)
        shared = self.deployments.get(meant, (Share(model=meant),))
        return tuple(Share(model=self.meant(share.model), weight=share.weight) for share in shared)

    def strategy(self, name: str) -> Strategy:
        """How whoever the name stands for chooses among its models."""
        return self.strategies.get(self.meant(name), "weighted")

    def faults(self, providers: Collection[str]) -> list[str]:
        """What keeps the names from being used, a sentence each; empty when all is well."""
        found = [f"{name!r} is both an alias and a deployment. Rename one." for name in self._twice()]
        circles = [alias for alias in self.aliases if self.meant(alias) in self.aliases]
        found += [f"the alias {alias!r} leads back to itself. Let one of the circle name a model." for alias in circles]
        for alias, model in self.aliases.items():
            if model not in self and alias not in circles:
                found += _unknown(f"the alias {alias!r}", model, providers)
        for name, shares in self.deployments.items():
            found += self._faults_of(name, shares, providers)
        return found

    def _twice(self) -> list[str]:
        return [name for name in self.aliases if name in self.deployments]

    def _faults_of(self, name: str, shares: Sequence[Share], providers: Collection[str]) -> Iterator[str]:
        told = f"the deployment {name!r}"
        if not any(share.weight for share in shares):
            yield f"{told} has no model with a weight. Give one a weight of at least 1."
        meant = [self.meant(share.model) for share in shares]
        for model in dict.fromkeys(meant):
            if meant.count(model) > 1:
                yield f"{told} names {model} twice. Add the weights up."
            if model in self.deployments:
                yield f"{told} holds the deployment {model!r}. Name its models instead."
            elif model not in self.aliases:
                yield from _unknown(told, model, providers)


def drawn(shares: Sequence[Share], random: Random) -> list[str]:
    """The models in an order drawn by their weights.

    The first is each one as often as its share says, so is the next of those that are left, and so on. Those without a
    weight come last, as they were named. Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006: the
    largest of u^(1/w) comes first.
    """
    heavy = sorted(
        (share for share in shares if share.weight), key=lambda share: -(random.random() ** (1 / share.weight))
    )
    return [share.model for share in (*heavy, *(share for share in shares if not share.weight))]


def _unknown(told: str, model: str, providers: Collection[str]) -> list[str]:
    provider, slash, name = model.partition("/")
    if slash and name and provider in providers:
        return []
    known = ", ".join(sorted(providers)) or "none"
    if not slash or not name:
        return [f"{told} means {model!r}, which is no model's id. Write `provider/model`; there are: {known}."]
    return [f"{told} means {model!r}, but no provider {provider!r} is configured. There are: {known}."]
