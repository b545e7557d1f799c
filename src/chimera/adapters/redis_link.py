"""One connection pool to Redis for everything that replicas share but the event bus, and rest while it is away.

Commands fail fast: a frozen server must not hold a call up. What a failure means is for each user to say.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

if TYPE_CHECKING:  # loaded by `open_link`: 7 MB, of which a server without Redis has no need
    from redis.asyncio import Redis

log = structlog.get_logger()

T = TypeVar("T")
REST_S = 0.5
# Below the pool's own limit (100): a burst waits its turn, which is not the same as Redis being away.
_AT_ONCE = 64


class RedisAwayError(Exception):
    """Redis did not answer, or is being left alone after it did not. Never leaves `adapters`."""


class Settings(BaseModel):
    """Where Redis is.

    Attributes:
        url: `redis://[user:password@]host:port/db`, or `rediss://` or `unix://`.
        prefix: Begins the name of every key, so that installations can share a server.
        socket_timeout_s: No command takes longer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    prefix: str = "chimera:"
    socket_timeout_s: float = 0.25


@dataclass(slots=True, eq=False)
class RedisLink:
    """See the module.

    Attributes:
        failures: What the library raises where Redis does not answer.
    """

    client: "Redis"
    settings: Settings
    failures: tuple[type[Exception], ...]
    _resting_until: float = 0.0
    _is_away: bool = False
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def key(self, *parts: str) -> str:
        return self.settings.prefix + ":".join(parts)

    @property
    def is_resting(self) -> bool:
        return asyncio.get_running_loop().time() < self._resting_until

    async def ask(self, work: "Callable[[Redis], Awaitable[T]]") -> T:
        """Run commands.

        Raises:
            RedisAwayError: if they fail, and for half a second after that without trying.
        """
        async with self._room:
            if self.is_resting:
                raise RedisAwayError("resting")
            return await self._try(work)

    async def _try(self, work: "Callable[[Redis], Awaitable[T]]") -> T:
        try:
            answer = await work(self.client)
        except self.failures as error:
            self._resting_until = asyncio.get_running_loop().time() + REST_S
            if not self._is_away:
                log.warning("redis.away", error=type(error).__name__)
            self._is_away = True
            raise RedisAwayError(type(error).__name__) from error
        if self._is_away:
            log.info("redis.back")
            self._is_away = False
        return answer


@asynccontextmanager
async def open_link(settings: Settings) -> AsyncGenerator[RedisLink]:
    """Open the pool; nothing is sent before the first command."""
    library: Any = import_module("redis.asyncio")
    client = library.Redis.from_url(
        settings.url.get_secret_value(),
        socket_timeout=settings.socket_timeout_s,
        socket_connect_timeout=settings.socket_timeout_s,
        retry=library.retry.Retry(import_module("redis.backoff").NoBackoff(), 0),
    )
    try:
        yield RedisLink(client, settings, (import_module("redis.exceptions").RedisError, OSError))
    finally:
        await client.aclose()
