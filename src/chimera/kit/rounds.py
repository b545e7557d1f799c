"""What is done again and again in the background, whatever becomes of the database or anything else meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Never

import structlog

from chimera.kit.errors import AppError, Kind

log = structlog.get_logger()


async def rounds(work: Callable[[], Awaitable[object]], *, every_s: float, named: str) -> Never:
    """Do the work at once and then again and again, until cancelled. What fails is logged, and tried in the next round.

    Args:
        work: One round.
        every_s: Seconds between the end of a round and the next one.
        named: Whose rounds these are, in the log.
    """
    while True:
        try:
            await work()
        except Exception as error:  # the outermost edge of this task
            if isinstance(error, AppError) and error.kind is Kind.UNAVAILABLE:
                log.warning("rounds.unavailable", rounds=named, code=error.code)
            else:
                log.exception("rounds.failed", rounds=named)
        await asyncio.sleep(every_s)
