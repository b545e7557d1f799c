"""What keeps callers and targets within bounds put together: rate limits, and breakers that replicas share."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from prometheus_client import CollectorRegistry

from chimera.adapters.rate_limiters import memory, redis
from chimera.adapters.redis_link import RedisLink
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.breakers import shared
from chimera.bootstrap.settings import Settings
from chimera.gateway.limits.buckets import RateLimiter
from chimera.gateway.limits.limits import Limits
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.limits.standing_in import StandingIn
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.stages.admit import Admit, AdmitModel


@asynccontextmanager
async def open_limits(settings: Settings, backing: Backing, registry: CollectorRegistry) -> AsyncGenerator[Limits]:
    """Count in Redis where there is one, else in the process."""
    async with AsyncExitStack() as stack:
        counting: RateLimiter = await stack.enter_async_context(memory.connect(memory.Settings()))
        if backing.redis is not None:
            local = counting if settings.limits_without_redis == "local" else None
            counting = await stack.enter_async_context(_shared(backing.redis, local))
        yield Limits(
            policy=backing.policy,
            limiter=counting,
            metrics=LimitMetrics(registry),
            default_tier=settings.default_tier,
        )


@asynccontextmanager
async def guarded(
    parts: PipelineParts, settings: Settings, backing: Backing, registry: CollectorRegistry
) -> AsyncGenerator[tuple[PipelineParts, Limits]]:
    """The parts with rate limits, and with circuit breakers that other replicas know of."""
    async with shared(parts.breakers, backing, registry), open_limits(settings, backing, registry) as limits:
        yield replace(parts, admit=Admit(limits), admit_model=AdmitModel(limits)), limits


@asynccontextmanager
async def _shared(link: RedisLink, local: RateLimiter | None) -> AsyncGenerator[StandingIn]:
    async with redis.connect(link, redis.Settings()) as shared:
        standing_in = StandingIn(shared=shared, local=local)
        looking = asyncio.create_task(standing_in.run(), name="limits")
        try:
            yield standing_in
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
