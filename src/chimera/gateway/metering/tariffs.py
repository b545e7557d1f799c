"""Which price holds for a target, and what becomes of models without one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from chimera.gateway.call import Target
from chimera.gateway.knowledge import Knowledge, Price, Rates, flat
from chimera.gateway.metering.errors import ModelUnpricedError
from chimera.gateway.metering.tariff import Tariff
from chimera.kit.scope import Scope

Unpriced: TypeAlias = Literal["allow", "refuse", "ceiling"]


# Callers may send any string as a model.
_MOST_UNLISTED = 1024
# Of all organisations together: their own accounts list models, too.
_MOST_LISTED = 20_000


async def _allow(_scope: Scope) -> Unpriced:
    return "allow"


async def _nobody(_provider: str, _model: str) -> Knowledge:
    return Knowledge()


@dataclass(slots=True, kw_only=True)
class Tariffs:
    """The tariffs of the catalogue's models.

    Attributes:
        knowledge: What is known of a listed model.
        unlisted: What is known of a model of the house's that no list holds. Takes milliseconds, once a model.
        discounts: What the house's providers take off, in hundredths of a percent.
        unpriced: What an organisation does with models whose price nobody knows.
        ceiling_nusd: A million tokens of such a model are held and charged at this rate, where it says `ceiling`.
    """

    knowledge: Callable[[Scope, Target], Knowledge | None]
    unlisted: Callable[[str, str], Awaitable[Knowledge]] = _nobody
    discounts: Mapping[str, int] = field(default_factory=dict[str, int])
    unpriced: Callable[[Scope], Awaitable[Unpriced]] = _allow
    ceiling_nusd: int = 0
    _known: dict[str, Tariff] = field(default_factory=dict[str, Tariff])
    _beyond: dict[str, Tariff | None] = field(default_factory=dict[str, Tariff | None])
    _ceiling: Tariff = field(init=False)

    def __post_init__(self) -> None:
        rates = Rates(input=self.ceiling_nusd, output=self.ceiling_nusd)
        self._ceiling = Tariff(price=flat(rates), source="ceiling of the configuration")

    def known(self, scope: Scope, target: Target) -> Tariff | None:
        """The tariff of a listed model whose price somebody knows."""
        knowledge = self.knowledge(scope, target)
        price = knowledge.facts.price if knowledge else None
        if knowledge is None or price is None:
            return None
        kept = self._known.get(target.key)
        if kept is None or kept.price is not price:
            renewed = self._made(target, knowledge, price)
            renewed.usual_output = kept.usual_output if kept else renewed.usual_output
            kept = self._known[target.key] = renewed
            if len(self._known) > _MOST_LISTED:
                del self._known[next(iter(self._known))]
        return kept

    async def of(self, scope: Scope, target: Target) -> Tariff | None:
        """The tariff of any model; `None` where its cost stays unknown.

        Raises:
            ModelUnpricedError: where the organisation does not want that.
        """
        tariff = self.known(scope, target) or await self._found(scope, target)
        if tariff is not None:
            return tariff
        match await self.unpriced(scope):
            case "ceiling":
                return self._ceiling
            case "allow":
                return None
            case "refuse":
                raise ModelUnpricedError(
                    f"Nobody knows what {target.id} costs, and this organisation asks for known prices. Tell its price "
                    "in [[models]] of the configuration, or choose another model.",
                    provider=target.provider,
                )

    async def _found(self, scope: Scope, target: Target) -> Tariff | None:
        """The tariff of a model that is not listed, or not yet: the libraries may know it."""
        if target.account is not None or self.knowledge(scope, target) is not None:
            return None
        if target.id not in self._beyond:
            knowledge = await self.unlisted(target.provider, target.model)
            price = knowledge.facts.price
            self._beyond[target.id] = self._made(target, knowledge, price) if price else None
            if len(self._beyond) > _MOST_UNLISTED:
                del self._beyond[next(iter(self._beyond))]
        return self._beyond.get(target.id)

    def _made(self, target: Target, knowledge: Knowledge, price: Price) -> Tariff:
        discount = self.discounts.get(target.provider, 0) if target.account is None else 0
        return Tariff(price=price, source=knowledge.sources.get("price", ""), discount_bp=discount)
