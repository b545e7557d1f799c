"""Search over conversations, put together."""

import asyncio
from collections.abc import Callable, Coroutine

from chimera.conversations.search.indexing import Indexing
from chimera.conversations.search.service import Searching
from chimera.kit.clock import utc_now
from chimera.store import Database


def open_searching(
    database: Database, spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
) -> Searching:
    """Begin to index what waits."""
    indexing = Indexing(database=database, spawn=spawn)
    spawn(indexing.run())
    return Searching(database=database, indexing=indexing, clock=utc_now)
