"""Orders of jobs, a job as its worker sees it, and on which terms jobs of a kind are done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chimera.jobs.states import JobState
from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Something that is to be done.

    Attributes:
        payload: Ids and numbers: never anybody's words.
        key: Only one of a kind and key is alive; `None` for any number.
        lane: Those of a kind and lane are done one after the other, in the order in which they were put: the next one
            when the one before is done or dead, however long that rests between attempts. `None` for no order.
        due_at: Not before; `None` for at once.
        priority: Higher ones go first among those of an organisation.
    """

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    lane: str | None = None
    due_at: datetime | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker took.

    Attributes:
        attempts: With this one.
        fence: Proves, in the transaction of an effect, that nobody else has taken it.
    """

    id: UUID
    tenant_id: UUID
    owner_id: UUID
    kind: str
    key: str | None
    payload: Mapping[str, Any]
    attempts: int
    fence: int

    @property
    def scope(self) -> Scope:
        """On whose behalf, for the database; it may do nothing else."""
        return Scope(tenant_id=self.tenant_id, actor_id=self.owner_id, permissions=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """It is done for now, and to be done once more."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much of a kind of work is done at once, and how often it is tried.

    Attributes:
        most_attempts: After so many it is dead.
        at_once: So many are led on at once, on each replica.
        of_tenant: So many of these for one organisation.
        first_rest: Before the second attempt; before each further one twice as long.
        longest_rest: Between two attempts.
    """

    most_attempts: int = 8
    at_once: int = 4
    of_tenant: int = 2
    first_rest: timedelta = timedelta(seconds=5)
    longest_rest: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs should be listed; `None` does not matter."""

    state: JobState | None = None
    kind: str | None = None
