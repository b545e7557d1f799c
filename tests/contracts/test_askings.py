"""The contracts of the ports `Announcements` and `Passages`, for every implementation there is."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from pydantic import SecretStr
from tests.sealing import FixedKeys

from chimera.adapters.askings.redis import RedisAskings
from chimera.adapters.redis_link import Settings, open_link
from chimera.gateway.caching.answers import CacheAwayError
from chimera.gateway.caching.passage import Asking, Heard, Passage, Source
from chimera.gateway.telling import Alternative, Decision
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason, Started, TextDelta

MINE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
OTHERS = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
HERE, THERE = b"h" * 16, b"t" * 16
BEGINS = Passage(
    begins_at=0,
    events=(Started(id="1", model="m"), TextDelta(text="It ")),
    source=Source(
        provider="p",
        model="m",
        headers={"budget": "short"},
        decision=Decision(
            chosen="p/m",
            confidence=0.5,
            reasons=("cheap",),
            alternatives=(Alternative(model="p/n", quality=0.5, cost_nusd=None, why="dear"),),
        ),
    ),
)
ENDS = Passage(begins_at=2, events=(Finished(reason=FinishReason.STOP),), is_over=True, worth_nusd=7)


def asked(replica: bytes = HERE, *, scope: Scope = MINE, key: bytes = b"key", nth: bytes = b"1") -> Asking:
    return Asking(scope, key, replica + nth)


@pytest.fixture
def keys() -> FixedKeys:
    return FixedKeys()


@pytest.fixture
async def askings(redis_url: str, keys: FixedKeys) -> AsyncGenerator[RedisAskings]:
    async with open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")) as link:
        yield RedisAskings(link, keys)


async def test_a_question_is_announced_by_one_replica_until_it_is_withdrawn(askings: RedisAskings) -> None:
    mine, theirs = asked(), asked(THERE)
    assert await askings.announce(mine, 60) == mine.token
    assert await askings.wanted([mine]) == [False]
    assert await askings.announce(theirs, 60) == mine.token
    assert await askings.wanted([mine]) == [True]
    for other in (asked(THERE, key=b"another"), asked(THERE, scope=OTHERS)):
        assert await askings.announce(other, 60) == other.token
    await askings.withdraw(asked(THERE, scope=OTHERS))
    await askings.withdraw(theirs)
    assert await askings.announce(theirs, 60) == mine.token
    await askings.withdraw(mine)
    assert await askings.announce(theirs, 60) == theirs.token


async def test_it_is_withdrawn_unless_somebody_listens(askings: RedisAskings) -> None:
    heard, unheard = asked(key=b"heard"), asked(key=b"unheard")
    for one in (heard, unheard):
        await askings.announce(one, 60)
    theirs = asked(THERE, key=b"heard")
    assert await askings.announce(theirs, 60) == heard.token
    assert not await askings.withdraw_unwanted(heard)
    assert await askings.withdraw_unwanted(unheard)
    assert await askings.announce(theirs, 60) == heard.token
    other = asked(THERE, key=b"unheard")
    assert await askings.announce(other, 60) == other.token


async def test_a_replica_announces_anew_in_place_of_itself_alone(askings: RedisAskings) -> None:
    before, now, theirs = asked(), asked(nth=b"2"), asked(THERE)
    await askings.announce(before, 60)
    assert await askings.announce(now, 60) == now.token
    await askings.withdraw(before)
    await askings.renew([theirs], 60)
    assert await askings.announce(theirs, 60) == now.token


async def test_what_nobody_renews_is_forgotten(askings: RedisAskings) -> None:
    renewed, left = asked(key=b"renewed"), asked(key=b"left")
    await askings.announce(renewed, 0.2)
    await askings.announce(left, 0.2)
    await askings.renew([renewed], 60)
    async with asyncio.timeout(15):
        while await askings.announce(asked(THERE, key=b"left"), 60) == left.token:  # noqa: ASYNC110 (Redis tells nobody)
            await asyncio.sleep(0.05)
    assert await askings.announce(asked(THERE, key=b"renewed"), 60) == renewed.token


async def test_of_an_answer_whose_key_was_destroyed_no_more_is_heard_and_of_others_all(
    askings: RedisAskings, keys: FixedKeys
) -> None:
    lost, other = asked(), asked(scope=OTHERS)
    for one in (lost, other):
        await askings.announce(one, 60)
    await askings.tell([(lost, BEGINS)], 60)
    keys.destroy()
    await askings.tell([(lost, ENDS), (other, BEGINS)], 60)
    assert await askings.heard([(lost, 0), (other, 0)], 60) == [
        Heard(passages=(), taken=0, is_asked=False),
        Heard(passages=(BEGINS,), taken=1, is_asked=True),
    ]


async def test_what_is_told_is_heard_from_where_one_was(askings: RedisAskings) -> None:
    mine = asked()
    await askings.announce(mine, 60)
    assert await askings.wanted([mine, asked(key=b"another")]) == [False, False]
    assert await askings.heard([(mine, 0)], 60) == [Heard(passages=(), taken=0, is_asked=True)]
    assert await askings.wanted([mine, asked(key=b"another")]) == [True, False]
    await askings.tell([(mine, BEGINS)], 60)
    assert await askings.heard([(mine, 0)], 60) == [Heard(passages=(BEGINS,), taken=1, is_asked=True)]
    await askings.tell([(mine, ENDS)], 60)
    await askings.withdraw(mine)
    assert await askings.heard([(mine, 1), (mine, 0)], 60) == [
        Heard(passages=(ENDS,), taken=2, is_asked=False),
        Heard(passages=(BEGINS, ENDS), taken=2, is_asked=False),
    ]
    (lost,) = await askings.heard([(mine, 5)], 60)
    assert lost.taken == 0


async def test_neither_another_tenant_nor_another_asking_hears_it(askings: RedisAskings) -> None:
    mine = asked()
    await askings.announce(mine, 60)
    await askings.tell([(mine, BEGINS)], 60)
    for other in (Asking(OTHERS, mine.key, mine.token), asked(nth=b"2"), asked(key=b"another")):
        assert await askings.heard([(other, 0)], 60) == [Heard(passages=(), taken=0, is_asked=False)]


async def test_another_tenant_does_not_want_to_hear_it(askings: RedisAskings) -> None:
    mine = asked()
    await askings.heard([(Asking(OTHERS, mine.key, mine.token), 0), (asked(key=b"another"), 0)], 60)
    assert await askings.wanted([mine]) == [False]


async def test_who_stops_to_listen_is_forgotten(askings: RedisAskings) -> None:
    await askings.heard([(asked(), 0)], 0.1)
    async with asyncio.timeout(15):
        while await askings.wanted([asked()]) == [True]:  # noqa: ASYNC110 (Redis tells nobody)
            await asyncio.sleep(0.05)


async def test_where_nobody_answers_it_says_so() -> None:
    async with open_link(Settings(url=SecretStr("unix:///nowhere/redis.sock"))) as link:
        away = RedisAskings(link, FixedKeys())
        for attempt in (
            away.announce(asked(), 60),
            away.renew([asked()], 60),
            away.withdraw(asked()),
            away.withdraw_unwanted(asked()),
            away.wanted([asked()]),
            away.tell([(asked(), BEGINS)], 60),
            away.heard([(asked(), 0)], 60),
        ):
            with pytest.raises(CacheAwayError):
                await attempt
