"""The life of conversations, put together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from chimera.conversations.bus import EventBus
from chimera.conversations.lifecycle.resting import Resting
from chimera.conversations.lifecycle.retiring import Retiring
from chimera.conversations.lifecycle.service import Lives
from chimera.conversations.lifecycle.summing_up import SummingUp
from chimera.conversations.service import Conversations, Summaries
from chimera.jobs.service import Jobs
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.privacy.holding import StandingHolds
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.permissions import CHAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Conversations, what becomes of them by themselves, and what people see of that."""

    conversations: Conversations
    resting: Resting
    summing_up: SummingUp
    lives: Lives


def open_lifecycle(
    database: Database,
    bus: EventBus,
    jobs: Jobs,
    policy: Callable[[Scope], Awaitable[Policy]],
    recorder: Recorder,
    summaries: Summaries | None,
) -> Lifecycle:
    """Put it together; nothing is begun."""
    holds = StandingHolds()
    return Lifecycle(
        conversations=Conversations(database=database, bus=bus, holds=holds, clock=utc_now),
        resting=Resting(
            database=database,
            jobs=jobs,
            bus=bus,
            policy=policy,
            holds=holds,
            retiring=Retiring(holds=holds, recorder=recorder),
        ),
        summing_up=SummingUp(database=database, summaries=summaries, acting=partial(_acting, database)),
        lives=Lives(database=database, bus=bus, policy=policy, holds=holds, clock=utc_now),
    )


async def _acting(database: Database, scope: Scope) -> Scope | None:
    """What somebody may do now who is not there: no more than chat."""
    return await acting_for(database, replace(scope, permissions=frozenset({CHAT})))
