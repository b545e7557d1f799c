"""Circuit breakers shared between replicas, where there is Redis."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from prometheus_client import CollectorRegistry

from chimera.adapters.breaker_memories import memory, redis
from chimera.bootstrap.parts.backing import Backing
from chimera.gateway.circuit import Breakers
from chimera.gateway.resilience.circuit_metrics import CircuitCollector
from chimera.gateway.resilience.sharing import BreakerMemory, SharedBreakers


@asynccontextmanager
async def shared(breakers: Breakers, backing: Backing, registry: CollectorRegistry) -> AsyncGenerator[None]:
    """Tell other replicas of these circuits, and them of others', until the block is left."""
    CircuitCollector(breakers, registry)
    async with AsyncExitStack() as stack:
        remembered: BreakerMemory
        if backing.redis is None:
            remembered = await stack.enter_async_context(memory.connect(memory.Settings()))
        else:
            remembered = await stack.enter_async_context(redis.connect(backing.redis, redis.Settings()))
        sharing = asyncio.create_task(SharedBreakers(breakers, remembered).run(), name="breakers")
        try:
            yield
        finally:
            sharing.cancel()
            await asyncio.gather(sharing, return_exceptions=True)
