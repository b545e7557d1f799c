"""What people see of money put together: the endpoints' services, and the rounds that watch, add up and meter."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass

from chimera.bootstrap.access.audit import Audit
from chimera.gateway.keeper import CatalogueKeeper
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.llm import Usage as Tokens
from chimera.spend.agreement import Agreeing
from chimera.spend.alerts.watching import Happening, Warnings, Watch
from chimera.spend.analytics.folding import Folding
from chimera.spend.analytics.metering import Metering
from chimera.spend.analytics.reading import Ledger
from chimera.spend.analytics.recommending import Recommending
from chimera.spend.analytics.usage import Usage
from chimera.spend.budgets import Kind
from chimera.spend.endpoints import Money
from chimera.spend.planning.budgets import Standings
from chimera.spend.planning.keeping import KeptBudgets, Knows
from chimera.store import Transaction
from chimera.webhooks.events import Event
from chimera.webhooks.service import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuotes:
    """Present prices, as the catalogue knows them; none of a model that is only there for a demonstration."""

    keeper: CatalogueKeeper

    def cost_nusd(self, model: str, tokens: Tokens, *, input_tokens: int) -> int | None:
        target, known = self.keeper.current.resolve(model), self.keeper.current.knowledge.get(model)
        if target and target.card and target.card.demonstration:
            return None  # free, and nobody should be advised to take it instead of another
        price = known.facts.price if known else None
        cost = price.rates(utc_now(), input_tokens).cost_nusd(tokens) if price else None
        return None if cost is None else round(cost)


def open_money(
    audit: Audit,
    outbox: Outbox,
    keeper: CatalogueKeeper,
    knows: Mapping[Kind, Knows],
    spawn: Callable[[Coroutine[None, None, None]], object],
) -> Money:
    """Put it together and begin the rounds, as tasks. Of `knows` see `KeptBudgets`."""
    database = audit.trail.database

    async def announce(tx: Transaction, scope: Scope, happening: Happening) -> None:
        event = Event(type=happening.type, id=happening.id, at=happening.at, data=happening.data)
        await outbox.write(tx, scope, event)

    usage = Usage(database=database, clock=utc_now)
    metering = Metering(database=database, clock=utc_now, announce=announce)
    watch = Watch(database=database, clock=utc_now, announce=announce)
    for run in (metering.run, watch.run, Folding(database=database, clock=utc_now).run):
        spawn(run())
    return Money(
        budgets=KeptBudgets(database=database, knows=knows, recorder=audit.recorder),
        standings=Standings(database=database, clock=utc_now),
        warnings=Warnings(database=database),
        usage=usage,
        ledger=Ledger(database=database, trail=audit.notes),
        agreeing=Agreeing(database=database, clock=utc_now),
        recommending=Recommending(usage=usage, quotes=CatalogueQuotes(keeper=keeper), clock=utc_now),
        metering=metering,
    )
