"""The contract of the port `Announcements`, for every implementation there is."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from pydantic import SecretStr

from chimera.adapters.redis_link import Settings, open_link
from chimera.adapters.response_caches.redis import RedisCache
from chimera.gateway.caching.answers import CacheAwayError
from chimera.gateway.caching.elsewhere import Announcements
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope

MINE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
OTHERS = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())


@pytest.fixture
async def announcements(redis_url: str) -> AsyncGenerator[Announcements]:
    async with open_link(Settings(url=SecretStr(redis_url), prefix=f"test:{new_id()}:")) as link:
        yield RedisCache(link)


async def test_a_question_is_announced_once_until_it_is_withdrawn(announcements: Announcements) -> None:
    assert await announcements.announce(MINE, b"key", 60)
    assert not await announcements.announce(MINE, b"key", 60)
    assert await announcements.announce(MINE, b"another", 60)
    assert await announcements.announce(OTHERS, b"key", 60)
    await announcements.withdraw(OTHERS, b"key")
    assert not await announcements.announce(MINE, b"key", 60)
    await announcements.withdraw(MINE, b"key")
    assert await announcements.announce(MINE, b"key", 60)


async def test_what_nobody_renews_is_forgotten(announcements: Announcements) -> None:
    assert await announcements.announce(MINE, b"renewed", 0.2)
    assert await announcements.announce(MINE, b"left", 0.2)
    await announcements.renew([(MINE, b"renewed")], 60)
    async with asyncio.timeout(5):
        while not await announcements.announce(MINE, b"left", 60):  # noqa: ASYNC110 (Redis tells nobody)
            await asyncio.sleep(0.05)
    assert not await announcements.announce(MINE, b"renewed", 60)


async def test_where_nobody_answers_it_says_so() -> None:
    async with open_link(Settings(url=SecretStr("unix:///nowhere/redis.sock"))) as link:
        away = RedisCache(link)
        with pytest.raises(CacheAwayError):
            await away.announce(MINE, b"key", 60)
        with pytest.raises(CacheAwayError):
            await away.renew([(MINE, b"key")], 60)
        with pytest.raises(CacheAwayError):
            await away.withdraw(MINE, b"key")
