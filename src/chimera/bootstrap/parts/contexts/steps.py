"""Steps around turns, put together."""

import asyncio
from collections.abc import Callable, Coroutine

from chimera.bootstrap.parts.contexts.memories import Memory
from chimera.bootstrap.settings import Settings
from chimera.conversations.service import Desk
from chimera.conversations.steps.afterwards import Afterwards
from chimera.conversations.steps.recaps import Recaps
from chimera.conversations.steps.small_calls import SmallCalls
from chimera.conversations.steps.taking import Steps
from chimera.conversations.steps.titles import Titles


def open_steps(
    settings: Settings,
    desk: Desk,
    memory: Memory,
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"],
) -> Afterwards:
    """Nothing is loaded or begun."""
    meanings = memory.composer.meanings
    assert meanings is not None, "contexts are opened with them"
    steps = Steps(
        calls=SmallCalls(gateway=desk.gateway),
        policy=memory.notes.policy,
        model=settings.step_model,
        alike=meanings.alike,
    )
    titles = Titles(database=desk.database, bus=desk.bus, steps=steps)
    return Afterwards(titles=titles, recaps=Recaps(database=desk.database, bus=desk.bus, steps=steps), spawn=spawn)
