"""Who may carry out what: decided by the database, on both engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from chimera.idempotency.errors import ResultNotKeptError
from chimera.idempotency.repository import KeptKeys, KeptResults
from chimera.idempotency.service import KEPT_FOR, LEASE, FirstResults
from chimera.idempotency.states import Elsewhere, Keyed, Mine, Result
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction
from chimera.web.refusals import IdempotencyKeyReusedError

ANSWER = Result(status=201, headers=((b"content-type", b"application/json"), (b"x-odd", b"\xe9")), body=b'{"a":1}\x00')


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def results(database: Database, clock: Clock) -> FirstResults:
    async def now(_tx: Transaction) -> datetime:
        return clock()

    return FirstResults(database=database, now=now)


def someone() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"chat"}))


def asked(scope: Scope, key: str = "k", request: str = "r") -> Keyed:
    hashed = sha256(key.encode()).hexdigest()
    return Keyed(scope=scope, key_hash=hashed, fingerprint=sha256(request.encode()).hexdigest())


async def claimed(results: FirstResults, keyed: Keyed) -> Mine:
    mine = await results.claim(keyed)
    assert isinstance(mine, Mine)
    return mine


async def test_of_many_rivals_exactly_one_may(results: FirstResults) -> None:
    keyed = asked(someone())
    found = await asyncio.gather(*(results.claim(keyed) for _ in range(20)))
    assert [type(one) for one in found].count(Mine) == 1
    assert [type(one) for one in found].count(Elsewhere) == 19
    assert await results.runs(keyed)


async def test_the_first_result_is_given_again_to_the_byte(results: FirstResults) -> None:
    keyed = asked(someone())
    assert await results.keep(keyed.scope, await claimed(results, keyed), ANSWER)
    assert await results.claim(keyed) == ANSWER
    assert not await results.runs(keyed)


async def test_another_request_may_not_use_the_key_while_it_runs_or_after(results: FirstResults) -> None:
    keyed = asked(someone())
    other = asked(keyed.scope, request="another")
    mine = await claimed(results, keyed)
    with pytest.raises(IdempotencyKeyReusedError):
        await results.claim(other)
    await results.keep(keyed.scope, mine, ANSWER)
    with pytest.raises(IdempotencyKeyReusedError):
        await results.claim(other)


async def test_keys_of_tenants_and_of_people_are_apart(results: FirstResults) -> None:
    me = someone()
    colleague = replace(me, actor_id=new_id())
    stranger = replace(someone(), actor_id=me.actor_id)
    for scope in (me, colleague, stranger):
        keyed = asked(scope, request=str(scope.actor_id))
        await results.keep(scope, await claimed(results, keyed), replace(ANSWER, body=scope.tenant_id.bytes))
    for scope in (me, colleague, stranger):
        found = await results.claim(asked(scope, request=str(scope.actor_id)))
        assert isinstance(found, Result)
        assert found.body == scope.tenant_id.bytes


async def test_a_freed_key_may_be_used_for_anything(results: FirstResults) -> None:
    keyed = asked(someone())
    assert await results.release(keyed.scope, await claimed(results, keyed))
    await claimed(results, asked(keyed.scope, request="another"))


async def test_what_was_not_kept_is_refused(results: FirstResults) -> None:
    keyed = asked(someone())
    assert await results.keep_only_that(keyed.scope, await claimed(results, keyed))
    with pytest.raises(ResultNotKeptError):
        await results.claim(keyed)


async def test_a_dead_process_loses_the_key_and_can_keep_nothing_any_more(results: FirstResults, clock: Clock) -> None:
    keyed = asked(someone())
    dead = await claimed(results, keyed)
    clock.pass_by(LEASE - timedelta(seconds=1))
    assert isinstance(await results.claim(keyed), Elsewhere)
    clock.pass_by(timedelta(seconds=1))
    assert not await results.runs(keyed)
    alive = await claimed(results, keyed)
    assert alive == Mine(id=dead.id, fence=dead.fence + 1)
    assert not await results.keep(keyed.scope, dead, replace(ANSWER, body=b"late"))
    assert not await results.release(keyed.scope, dead)
    await results.renew([dead])
    assert await results.keep(keyed.scope, alive, ANSWER)
    assert await results.claim(keyed) == ANSWER


async def test_a_sign_of_life_keeps_the_key(results: FirstResults, clock: Clock) -> None:
    keyed = asked(someone())
    mine = await claimed(results, keyed)
    for _ in range(5):
        clock.pass_by(LEASE / 2)
        await results.renew([mine])
    assert isinstance(await results.claim(keyed), Elsewhere)


async def test_a_dead_run_leaves_the_key_to_the_same_request_only(results: FirstResults, clock: Clock) -> None:
    keyed = asked(someone())
    await claimed(results, keyed)
    clock.pass_by(LEASE)
    with pytest.raises(IdempotencyKeyReusedError):
        await results.claim(asked(keyed.scope, request="another"))


async def test_leases_of_processes_that_are_known_to_be_dead_end_at_once(results: FirstResults, clock: Clock) -> None:
    before, after = asked(someone()), asked(someone())
    await claimed(results, before)
    clock.pass_by(timedelta(seconds=2))
    started = clock.now
    await claimed(results, after)
    await results.end_leases(started)
    assert not await results.runs(before)
    assert await results.runs(after)


async def test_after_a_day_the_key_is_free_even_before_the_broom_came(results: FirstResults, clock: Clock) -> None:
    keyed = asked(someone())
    await results.keep(keyed.scope, await claimed(results, keyed), ANSWER)
    clock.pass_by(KEPT_FOR - timedelta(seconds=1))
    assert await results.claim(keyed) == ANSWER
    clock.pass_by(timedelta(seconds=1))
    other = asked(keyed.scope, request="another")
    again = replace(ANSWER, body=b"new")
    await results.keep(keyed.scope, await claimed(results, other), again)
    assert await results.claim(other) == again


async def test_the_broom_takes_answers_along_and_leaves_what_is_still_good(
    results: FirstResults, clock: Clock, database: Database
) -> None:
    old, new = asked(someone()), asked(someone())
    await results.keep(old.scope, await claimed(results, old), ANSWER)
    clock.pass_by(KEPT_FOR)
    await results.keep(new.scope, await claimed(results, new), ANSWER)
    assert await results.sweep() == 1
    for keyed, kept in ((old, 0), (new, 1)):
        async with database.reading(keyed.scope) as tx:
            assert await KeptKeys(tx, keyed.scope).count() == kept
            assert await KeptResults(tx, keyed.scope).count() == kept


async def test_a_large_answer_is_kept_in_few_bytes(results: FirstResults, database: Database) -> None:
    keyed = asked(someone())
    answer = replace(ANSWER, body=b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n' * 20_000)
    await results.keep(keyed.scope, await claimed(results, keyed), answer)
    assert await results.claim(keyed) == answer
    async with database.reading(keyed.scope) as tx:
        (row,) = await tx.scalars(KeptResults(tx, keyed.scope).mine())
    assert len(row.body) < len(answer.body) / 20
