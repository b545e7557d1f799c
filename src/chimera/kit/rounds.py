"""What is done again and again in the background, whatever becomes of the database or anything else meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Never, TypeVar

import structlog

from chimera.kit.errors import AppError, Kind

log = structlog.get_logger()
T = TypeVar("T")


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
            if _is_away(error):
                log.warning("rounds.unavailable", rounds=named, code=getattr(error, "code", ""))
            else:
                log.exception("rounds.failed", rounds=named)
        await asyncio.sleep(every_s)


async def each(ones: Iterable[T], work: Callable[[T], Awaitable[int]], *, named: str) -> int:
    """Do it for one after the other, and add up what came of it. What fails for one is logged, and keeps no other.

    Raises:
        AppError: of kind `unavailable`, at once.
    """
    came = 0
    for one in ones:
        try:
            came += await work(one)
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("rounds.one_failed", rounds=named)
    return came


def _is_away(error: Exception) -> bool:
    return isinstance(error, AppError) and error.kind is Kind.UNAVAILABLE
