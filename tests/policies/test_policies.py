"""What an organisation decided holds from its next call on, for itself alone, and while the database is away."""

import asyncio
from dataclasses import replace

import pytest

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.policies.policy import DEFAULT
from chimera.policies.sections.cache import CachePolicy
from chimera.policies.service import Policies
from chimera.store import Database, DatabaseUnavailableError
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow


async def tenant(database: Database) -> Scope:
    async with database.system_transaction() as tx:
        row = await AllTenants(tx).add(TenantRow(name="one"))
    return Scope(tenant_id=row.id, actor_id=new_id(), permissions=frozenset())


async def test_a_change_holds_at_once_and_for_its_own_organisation_only(database: Database) -> None:
    policies = Policies(database=database)
    mine, theirs = await tenant(database), await tenant(database)
    assert await policies.of(mine) == DEFAULT
    await policies.change(mine, "cache", CachePolicy(mode="exact", ttl_s=60))
    assert (await policies.of(mine)).cache == CachePolicy(mode="exact", ttl_s=60)
    assert await policies.of(theirs) == DEFAULT
    await policies.change(mine, "cache", CachePolicy(mode="semantic"))
    assert (await policies.of(mine)).cache.ttl_s == CachePolicy().ttl_s
    await policies.reset(mine, "cache")
    assert await policies.of(mine) == DEFAULT


async def test_of_two_who_set_a_section_for_the_first_time_at_once_one_comes_after_the_other(
    database: Database,
) -> None:
    one, other, scope = Policies(database=database), Policies(database=database), await tenant(database)
    for mode in ("exact", "semantic"):
        await asyncio.gather(*(each.change(scope, "cache", CachePolicy(mode=mode)) for each in (one, other) * 4))
        assert (await Policies(database=database).of(scope)).cache.mode == mode
        await one.reset(scope, "cache")


async def test_a_change_made_elsewhere_holds_after_a_recheck(database: Database) -> None:
    now = [0.0]
    here, elsewhere = Policies(database=database, monotonic=lambda: now[0]), Policies(database=database)
    scope = await tenant(database)
    await here.of(scope)
    await elsewhere.change(scope, "cache", CachePolicy(mode="exact"))
    assert (await here.of(scope)).cache.mode == "off"
    now[0] += here.recheck_s
    assert (await here.of(scope)).cache.mode == "exact"


async def test_what_was_known_last_holds_while_the_database_is_away(database: Database) -> None:
    now = [0.0]
    policies = Policies(database=database, monotonic=lambda: now[0])
    scope = await tenant(database)
    await policies.change(scope, "cache", CachePolicy(mode="exact"))
    policies.database = replace(database, reader=_Away())  # type: ignore[arg-type]  # a database that is gone
    now[0] += policies.recheck_s
    assert (await policies.of(scope)).cache.mode == "exact"
    with pytest.raises(DatabaseUnavailableError):
        await policies.of(replace(scope, tenant_id=new_id()))


class _Away:
    """An engine whose server cannot be reached."""

    def __getattr__(self, name: str) -> object:
        raise OSError
