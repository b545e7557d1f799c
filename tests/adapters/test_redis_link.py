"""The link to Redis that replicas share."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from structlog.testing import capture_logs
from tests.redis_server import own_redis

from chimera.adapters import redis_link
from chimera.adapters.redis_link import RedisAwayError, Settings, open_link


async def _asked(client: Redis) -> object:
    return await client.get("anything")


async def test_that_redis_is_away_is_told_once_and_once_that_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_link, "REST_S", 0.0)
    path = tmp_path / "redis.sock"
    with capture_logs() as told:
        async with open_link(Settings(url=SecretStr(f"unix://{path}"))) as link:
            for _ in range(3):
                with pytest.raises(RedisAwayError):
                    await link.ask(_asked)
            async with own_redis(path):
                assert [await link.ask(_asked) for _ in range(2)] == [None, None]
    assert [line["event"] for line in told] == ["redis.away", "redis.back"]
