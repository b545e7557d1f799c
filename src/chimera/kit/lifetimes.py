"""How long work goes on: while its lease lives, or to its end although whoever waits for it is gone."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Never, ParamSpec, TypeVar

from chimera.kit.errors import AppError, Kind

T = TypeVar("T")
P = ParamSpec("P")


async def beat(show: Callable[[], Awaitable[None]], *, every_s: float, lasts_s: float, lost: AppError) -> Never:
    """Show that the holder lives, for ever.

    Args:
        show: Prolongs the lease; raises if it is another's by now.
        every_s: Seconds between two signs of life.
        lasts_s: Seconds without one after which the lease may be another's.
        lost: Raised where the database was away for so long.
    """
    loop = asyncio.get_running_loop()
    seen_at = loop.time()
    while True:
        await asyncio.sleep(every_s)
        try:
            await show()
            seen_at = loop.time()
        except AppError as error:
            if error.kind is not Kind.UNAVAILABLE:
                raise
            if loop.time() - seen_at > lasts_s:
                raise lost from error


async def while_it_lives(work: Awaitable[T], beating: Awaitable[Never]) -> T:
    """Do the work while its lease is shown to be held. Whichever fails first ends the other, and is raised here."""
    doing, living = asyncio.ensure_future(work), asyncio.ensure_future(beating)
    try:
        await asyncio.wait({doing, living}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (doing, living):
            task.cancel()
        await asyncio.wait({doing, living})
    if doing.cancelled():  # by us, because the lease cannot be held
        living.result()
    return doing.result()


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`; a cancellation waits until it is done."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise


def uninterrupted(act: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Have all of `act` happen or nothing, for what is kept first and then begun: its calls go on to their end."""

    @wraps(act)
    async def acting(*args: P.args, **kwargs: P.kwargs) -> T:
        return await to_its_end(act(*args, **kwargs))

    return acting
