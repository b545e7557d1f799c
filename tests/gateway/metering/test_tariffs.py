"""Which price holds for a model: also for one that its provider does not list, or that nobody was asked about yet."""

from collections.abc import Sequence
from uuid import uuid4

from chimera.gateway.call import Target
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.knowledge import Facts, Library, Rates, flat
from chimera.gateway.metering.tariffs import Tariffs
from chimera.kit.scope import Scope

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
PRICE = flat(Rates(input=1_000_000, output=2_000_000))


class PriceList:
    """Knows one model of one vendor, and counts how often it is asked."""

    name = "list 1"

    def __init__(self) -> None:
        self.asked = 0

    def about(self, vendor: str, model: str) -> Facts | None:
        self.asked += 1
        return Facts(price=PRICE) if (vendor, model) == ("v", "new") else None


def tariffs_with(source: PriceList) -> Tariffs:
    def opened() -> Sequence[PriceList]:
        return [source]

    keeper = CatalogueKeeper(providers={}, static={}, library=Library(open_sources=opened, vendors={"p": "v"}))
    return Tariffs(knowledge=lambda _scope, _target: None, unlisted=keeper.known_of)


async def test_a_model_that_no_list_holds_has_the_price_that_the_libraries_know() -> None:
    source = PriceList()
    tariffs = tariffs_with(source)
    for _ in range(3):
        tariff = await tariffs.of(SCOPE, Target(provider="p", model="new"))
        assert tariff is not None
        assert (tariff.price, tariff.source) == (PRICE, "list 1")
    assert source.asked == 1


async def test_a_name_that_nobody_knows_stays_without_a_price_and_is_looked_up_once() -> None:
    source = PriceList()
    tariffs = tariffs_with(source)
    for _ in range(3):
        assert await tariffs.of(SCOPE, Target(provider="p", model="made-up")) is None
    assert source.asked == 1
