"""What `auto` learned outlives the process: added up over replicas, kept apart by organisation, bounded."""

from datetime import timedelta

import pytest

from chimera.adapters.route_memories.database import DatabaseRouteMemory
from chimera.gateway.routing.experience import Experience, RouteKey, Tally
from chimera.gateway.routing.learning import CallNotFoundError, RouteLearning
from chimera.gateway.routing.samples import Sample
from chimera.gateway.routing.weighing import Option
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

KEY = RouteKey("chat", "openai/gpt-5")


async def organisation(database: Database) -> Scope:
    tenant = new_id()
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Somebody"))
    return Scope(tenant_id=tenant, actor_id=new_id(), permissions=frozenset())


def sample() -> Sample:
    dear = Option(model="openai/gpt-5", quality=0.9, cost_nusd=70)
    options = (dear, Option(model="a/b", quality=0.5, cost_nusd=None))
    return Sample(call_id=new_id(), at=utc_now(), task="chat", dial=0.5, chosen="openai/gpt-5", options=options)


async def test_two_replicas_add_up(database: Database) -> None:
    scope = await organisation(database)
    for _ in range(2):
        await DatabaseRouteMemory(database=database).keep(scope, {KEY: Tally(good=1.0, failed=2.0)}, ())
    known = (await DatabaseRouteMemory(database=database).recall(scope))[KEY]
    assert (known.good, known.failed, known.bad) == (pytest.approx(2), pytest.approx(4), 0)


async def test_another_organisation_learns_nothing_of_it(database: Database) -> None:
    mine, yours = await organisation(database), await organisation(database)
    memory, kept = DatabaseRouteMemory(database=database), sample()
    await memory.keep(mine, {KEY: Tally(bad=1.0)}, [kept])
    assert await memory.recall(yours) == {}
    assert await memory.recent(yours, 10) == []
    assert await memory.judge(yours, kept.call_id, good=True) is None


async def test_what_is_old_counts_less_and_is_forgotten_in_the_end(database: Database) -> None:
    scope, now = await organisation(database), utc_now()
    await DatabaseRouteMemory(database=database).keep(scope, {KEY: Tally(good=8.0)}, ())
    later = DatabaseRouteMemory(database=database, clock=lambda: now + timedelta(days=90))
    assert 0.9 < (await later.recall(scope))[KEY].good < 1.4
    much_later = DatabaseRouteMemory(database=database, clock=lambda: now + timedelta(days=400))
    await much_later.keep(scope, {RouteKey("chat", "a/b"): Tally(ok=1.0)}, ())
    assert set(await much_later.recall(scope)) == {RouteKey("chat", "a/b")}


async def test_a_decision_comes_back_as_it_was_and_a_verdict_with_it(database: Database) -> None:
    scope, memory, kept = await organisation(database), DatabaseRouteMemory(database=database), sample()
    await memory.keep(scope, {}, [kept])
    await memory.keep(scope, {}, [kept])  # whoever does not know whether it was kept tries again
    assert await memory.recent(scope, 10) == [kept]
    before = await memory.judge(scope, kept.call_id, good=False)
    assert before == kept
    assert [one.good for one in await memory.recent(scope, 10)] == [False]


async def test_feedback_counts_once_whoever_kept_the_decision(database: Database) -> None:
    scope, kept = await organisation(database), sample()
    replicas = [
        RouteLearning(experience=Experience(), clock=utc_now, memory=DatabaseRouteMemory(database=database))
        for _ in range(2)
    ]
    replicas[0].note(scope, kept)
    await replicas[0].keep()
    for learning in (*replicas, *replicas):
        await learning.judge(scope, kept.call_id, good=False)
        await learning.keep()
    assert (await DatabaseRouteMemory(database=database).recall(scope))[KEY].bad == pytest.approx(1.0)
    with pytest.raises(CallNotFoundError):
        await replicas[0].judge(scope, new_id(), good=True)
