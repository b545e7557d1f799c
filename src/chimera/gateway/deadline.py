"""The deadline of a call, armed once, in the task that consumes its stream (a timer per event would cost 8 us each)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from chimera.gateway.call import Call
from chimera.gateway.errors import DeadlineExceededError


@asynccontextmanager
async def armed(call: Call) -> AsyncGenerator[None]:
    """Consume the call's stream inside; at its deadline everything below is cancelled and closed.

    Must not be held open in a generator over a `yield` (PEP 789).

    Raises:
        DeadlineExceededError: when the deadline passed first.
    """
    limit = asyncio.timeout_at(call.deadline)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise DeadlineExceededError(
            "The answer was not complete within the time allowed for this request. "
            "Ask for a shorter answer, or raise CHIMERA_REQUEST_TIMEOUT_S."
        ) from error
