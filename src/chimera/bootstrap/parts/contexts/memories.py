"""Memory of people, put together."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial

from chimera.bootstrap.settings import Settings
from chimera.conversations.remembering.learning import Learner
from chimera.conversations.remembering.noting import Notes
from chimera.conversations.remembering.recalling import Recalling
from chimera.conversations.remembering.service import Memories
from chimera.conversations.remembering.settings import PolicyOf
from chimera.conversations.service import Composer, Desk
from chimera.jobs.service import Jobs, WorkKind
from chimera.tenancy.lookups import acting_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What turns work with, and what people have in hand.

    Attributes:
        composer: Shows models what is remembered.
        learning: Looks at what people said, as jobs.
    """

    composer: Composer
    notes: Notes
    memories: Memories
    learning: WorkKind


def open_memory(
    settings: Settings,
    desk: Desk,
    composer: Composer,
    policy: PolicyOf,
    jobs: Jobs,
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"],
) -> Memory:
    """Put it together."""
    meanings, model = composer.meanings, settings.memory_model
    assert meanings is not None, "contexts are opened with them"
    recalling = Recalling(
        database=desk.database,
        policy=policy,
        clock=desk.clock,
        of_question=meanings.of_question,
        of_facts=meanings.of_facts,
        spawn=spawn,
    )
    learner = Learner(
        database=desk.database,
        gateway=desk.gateway,
        model=model,
        policy=policy,
        acting=partial(acting_for, desk.database),
    )
    return Memory(
        composer=replace(composer, recall=recalling.recall),
        notes=Notes(policy=policy, jobs=jobs, clock=desk.clock),
        memories=Memories(
            database=desk.database,
            policy=policy,
            recalling=recalling,
            jobs=jobs,
            clock=desk.clock,
            has_model=model is not None,
        ),
        learning=learner.kind,
    )
