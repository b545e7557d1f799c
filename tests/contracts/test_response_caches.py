"""The contract of the port `ResponseCache`, for every implementation there is; and what its loss means."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from tests.gateway.caching.staged import call, stages
from tests.sealing import FixedKeys

from chimera.adapters.redis_link import Settings, open_link
from chimera.adapters.response_caches.database import DatabaseCache
from chimera.adapters.response_caches.redis import RedisCache
from chimera.gateway.caching.answers import CacheAwayError, ResponseCache
from chimera.gateway.caching.entry import Entry
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.loading import available
from chimera.kit.scope import Scope
from chimera.llm import Citation, Cited, Embedded, Finished, FinishReason, TextDelta, ThinkingDelta, Usage, fold
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

EVENTS = (
    ThinkingDelta(text="Hm.", signature="s", origin="anthropic_messages"),
    TextDelta(text="Yes. 😀\x00\n"),
    Cited(citation=Citation(url="https://example.com", quote="so")),
    Embedded(vectors=((0.1, -2.5e-8), (1.0, 0.0))),
    Finished(reason=FinishReason.STOP, stop_sequence="END"),
)


@pytest.fixture
def keys() -> FixedKeys:
    return FixedKeys()


@pytest.fixture(params=["database", "redis"])
async def cache(
    request: pytest.FixtureRequest, database: Database, redis_url: str, keys: FixedKeys
) -> AsyncGenerator[ResponseCache]:
    if request.param == "database":
        yield DatabaseCache(database=database.sealed_by(keys))
    else:
        async with open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")) as link:
            yield RedisCache(link, keys)


@pytest.fixture
async def scope(database: Database) -> Scope:
    return await tenant(database)


async def tenant(database: Database) -> Scope:
    async with database.system_transaction() as tx:
        row = await AllTenants(tx).add(TenantRow(name="one"))
    return Scope(tenant_id=row.id, actor_id=new_id(), permissions=frozenset())


def entry(scope: Scope, key: bytes = b"key", *, lasts_s: float = 60, tenant_id: UUID | None = None) -> Entry:
    now = utc_now()
    return Entry(
        id=new_id(),
        tenant_id=tenant_id or scope.tenant_id,
        owner_id=scope.actor_id,
        partition=b"partition",
        key=key,
        provider="p",
        model="m",
        named="m-1",
        lost=("seed",),
        events=EVENTS,
        usage=Usage(input_tokens=3, output_tokens=2**31 - 1),
        cost_nusd=2**40,
        created_at=now,
        expires_at=now + timedelta(seconds=lasts_s),
    )


def test_every_implementation_stands_this_test() -> None:
    assert available("response_caches") == ["database", "redis"]


async def test_what_is_kept_is_found_whole_by_question_and_by_id(cache: ResponseCache, scope: Scope) -> None:
    kept = entry(scope)
    await cache.put(scope, [kept])
    assert await cache.get(scope, b"key") == kept
    assert await cache.by_id(scope, kept.id) == kept
    assert await cache.get(scope, b"another") is None
    assert await cache.by_id(scope, uuid4()) is None


async def test_a_newer_answer_takes_the_place_of_the_older(cache: ResponseCache, scope: Scope) -> None:
    older, newer = entry(scope), entry(scope)
    await cache.put(scope, [older])
    await cache.put(scope, [newer])
    assert await cache.get(scope, b"key") == newer
    await cache.drop(scope, older)
    assert await cache.get(scope, b"key") == newer


async def test_what_is_dropped_is_gone(cache: ResponseCache, scope: Scope) -> None:
    kept, other = entry(scope), entry(scope, b"other")
    await cache.put(scope, [kept])
    await cache.put(scope, [other])
    await cache.drop(scope, kept)
    await cache.drop(scope, kept)
    assert await cache.get(scope, b"key") is None
    assert await cache.by_id(scope, kept.id) is None
    assert await cache.get(scope, b"other") == other


async def test_what_was_lost_with_its_key_is_not_found_and_replaced(
    cache: ResponseCache, scope: Scope, keys: FixedKeys
) -> None:
    lost, anew = entry(scope), entry(scope)
    await cache.put(scope, [lost])
    keys.destroy()
    assert await cache.get(scope, b"key") is None
    assert await cache.by_id(scope, lost.id) is None
    await cache.put(scope, [anew])
    assert await cache.get(scope, b"key") == anew


async def test_what_expired_is_not_found(cache: ResponseCache, scope: Scope) -> None:
    gone = entry(scope, lasts_s=-1)
    await cache.put(scope, [gone])
    assert await cache.get(scope, b"key") is None
    assert await cache.by_id(scope, gone.id) is None


async def test_no_tenant_finds_or_clears_another_s(cache: ResponseCache, scope: Scope, database: Database) -> None:
    others = await tenant(database)
    mine, theirs = entry(scope), entry(others)
    await cache.put(scope, [mine])
    await cache.put(others, [theirs])
    assert await cache.get(others, b"key") == theirs
    assert await cache.by_id(others, mine.id) is None
    await cache.drop(others, mine)
    await cache.clear(others)
    assert await cache.get(others, b"key") is None
    assert await cache.get(scope, b"key") == mine


async def test_expired_answers_are_swept_from_the_database(database: Database, scope: Scope) -> None:
    now = utc_now()
    cache = DatabaseCache(database=database, clock=lambda: now)
    for number in range(3):
        await cache.put(scope, [entry(scope, b"%d" % number, lasts_s=10 * (number + 1))])
    later = replace(cache, clock=lambda: now + timedelta(seconds=25))
    assert await later.sweep() == 2
    assert await later.sweep() == 0
    assert await cache.get(scope, b"2") is not None


async def test_replicas_give_each_other_s_answers_and_stop_when_one_evicts(cache: ResponseCache, scope: Scope) -> None:
    asked = [call(scope=scope) for _ in range(4)]
    async with stages(tier=cache, recheck_s=0) as here, stages(tier=cache, recheck_s=0) as there:
        await here.ask(asked[0])
        await here.answers.settled()
        assert fold(await there.ask(asked[1])).text == "It is so."
        assert asked[1].trail.told.cache == "exact"
        found = await there.answers.by_id(scope, UUID(asked[1].trail.told.headers["cache-id"]))
        assert found is not None
        await here.answers.drop(scope, found)
        await there.ask(asked[2])
        assert asked[2].trail.told.cache is None
        await there.answers.clear(scope)
        await here.ask(asked[3])
        assert asked[3].trail.told.cache is None


async def test_a_shared_tier_that_is_away_is_a_miss_and_an_eviction_that_cannot_hold_fails(scope: Scope) -> None:
    async with open_link(Settings(url=SecretStr("unix:///nowhere/redis.sock"))) as link:
        async with stages(tier=RedisCache(link, FixedKeys()), recheck_s=0) as staged:
            first, again = call(scope=scope), call(scope=scope)
            await staged.ask(first)
            await staged.ask(again)
            assert (first.trail.told.cache, again.trail.told.cache) == (None, None)
            with pytest.raises(CacheAwayError):
                await staged.answers.drop(scope, entry(scope))
        async with stages(tier=RedisCache(link, FixedKeys()), recheck_s=60) as staged:
            await staged.ask(call(scope=scope))
            again = call(scope=scope)
            await staged.ask(again)
            assert again.trail.told.cache == "exact"  # what was confirmed a moment ago needs nobody


async def test_an_entry_that_another_version_wrote_is_a_miss(redis_url: str, scope: Scope) -> None:
    async with open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")) as link:
        cache, kept = RedisCache(link, FixedKeys()), entry(scope)
        await cache.put(scope, [kept])
        await link.client.set(link.key("answers", str(scope.tenant_id), f"a:{kept.id}"), b"\x81\xa1x\x01")
        assert await cache.get(scope, b"key") is None
        foreign = entry(scope, tenant_id=uuid4())
        await cache.put(scope, [foreign])
        assert await cache.get(scope, b"key") is None
