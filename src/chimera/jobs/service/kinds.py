"""Kinds of work: who does them, and on which terms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from chimera.jobs.job import Again, Terms
from chimera.jobs.service.lease import Lease

Handle: TypeAlias = Callable[[Lease], Awaitable[Again | None]]
"""Do the work of one job, as a whole or from the step on that was not kept. It may be begun again at any point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKind(Terms):
    """A kind of work."""

    name: str
    handle: Handle
