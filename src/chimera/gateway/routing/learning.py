"""Learning beside the calls: what became of each is noted at once, and kept a moment later."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.gateway.routing.experience import BLAME, PRAISE, Experience, Known, RouteKey, Tally
from chimera.gateway.routing.samples import Sample
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope

log = structlog.get_logger()

_READ_EVERY: Final = timedelta(seconds=60)
# Beyond, older ones are dropped: what many of a moment say, few say as well.
_MOST_WAITING: Final = 2_000


class CallNotFoundError(AppError):
    """No call of this organisation that `auto` chose for bears the id, or it is long ago."""

    code = "call_not_found"
    kind = Kind.NOT_FOUND


class RouteMemory(Protocol):
    """Where an organisation's experience outlives the process. The one of the server is its database."""

    async def recall(self, scope: Scope) -> Mapping[RouteKey, Tally]:
        """All that is kept of the organisation, as far as it still counts."""
        ...

    async def keep(self, scope: Scope, heard: Mapping[RouteKey, Tally], samples: Sequence[Sample]) -> None:
        """Add to what is kept, whoever else does so at the same time. Of samples, only the latest are kept."""
        ...

    async def judge(self, scope: Scope, call_id: UUID, *, good: bool) -> Sample | None:
        """Note what somebody said of a call; return it as it was before, or `None` if it is not kept."""
        ...

    async def recent(self, scope: Scope, limit: int) -> Sequence[Sample]:
        """The latest samples, newest first."""
        ...


@dataclass(slots=True, kw_only=True)
class RouteLearning:
    """Notes, and keeps in rounds. Without a memory, everything lasts as long as the process."""

    experience: Experience
    clock: Callable[[], datetime]
    memory: RouteMemory | None = None
    _waiting: OrderedDict[UUID, tuple[Scope, Sample]] = field(default_factory=OrderedDict[UUID, tuple[Scope, Sample]])
    _scopes: dict[UUID, Scope] = field(default_factory=dict[UUID, Scope])

    async def known(self, scope: Scope) -> Known:
        """What the caller's organisation has learned, read again once a minute. A memory that fails is done without."""
        known, now = self.experience.of(scope.tenant_id), self.clock()
        if self.memory is None or (known.read_at is not None and now - known.read_at < _READ_EVERY):
            return known
        known.read_at = now
        try:
            known.kept = await self.memory.recall(scope)
        except AppError as error:
            log.warning("routing.not_recalled", code=error.code)
        return known

    def hear(self, scope: Scope, key: RouteKey, heard: Tally) -> None:
        """Note something of a model."""
        self.experience.of(scope.tenant_id).hear(key, heard)
        self._scopes[scope.tenant_id] = scope

    def note(self, scope: Scope, sample: Sample) -> None:
        """Note a decision and what became of it."""
        self._waiting[sample.call_id] = scope, sample
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)

    async def judge(self, scope: Scope, call_id: UUID, *, good: bool) -> None:
        """Take in what somebody says of an answer; said again, it counts once, and the last word holds.

        Raises:
            CallNotFoundError: if the organisation has no such call.
        """
        before = self._judged_here(scope, call_id, good=good)
        if before is None and self.memory is not None:
            before = await self.memory.judge(scope, call_id, good=good)
        if before is None:
            raise CallNotFoundError(f"No call {call_id} for which `auto` chose a model is kept.")
        if before.good is good:
            return
        key = RouteKey(before.task, before.chosen)
        self.hear(scope, key, PRAISE if good else BLAME)
        if before.good is not None:
            self.hear(scope, key, _taken_back(PRAISE if before.good else BLAME))

    async def recent(self, scope: Scope, limit: int) -> Sequence[Sample]:
        """The latest decisions of the caller's organisation."""
        await self.keep()
        if self.memory is not None:
            return await self.memory.recent(scope, limit)
        mine = [sample for whose, sample in self._waiting.values() if whose.tenant_id == scope.tenant_id]
        return mine[::-1][:limit]

    async def keep(self) -> None:
        """Give to the memory what was noted; what cannot be kept now is kept later."""
        if self.memory is None:
            return
        tenants = {scope.tenant_id: scope for scope, _ in self._waiting.values()} | self._scopes
        self._scopes.clear()
        for tenant_id, scope in tenants.items():
            await self._keep(self.memory, tenant_id, scope)

    async def _keep(self, memory: RouteMemory, tenant_id: UUID, scope: Scope) -> None:
        known = self.experience.of(tenant_id)
        heard, known.fresh = known.fresh, {}
        samples = [sample for whose, sample in self._waiting.values() if whose.tenant_id == tenant_id]
        for sample in samples:
            del self._waiting[sample.call_id]
        try:
            await memory.keep(scope, heard, samples)
            known.kept = await memory.recall(scope)
        except AppError as error:
            log.warning("routing.not_kept", code=error.code, samples=len(samples))
            for key, tally in heard.items():
                known.hear(key, tally)
            for sample in samples:
                self.note(scope, sample)
            self._scopes[tenant_id] = scope

    def _judged_here(self, scope: Scope, call_id: UUID, *, good: bool) -> Sample | None:
        whose, sample = self._waiting.get(call_id, (None, None))
        if whose is None or sample is None or whose.tenant_id != scope.tenant_id:
            return None
        self._waiting[call_id] = whose, replace(sample, good=good)
        return sample


def _taken_back(tally: Tally) -> Tally:
    return Tally(good=-tally.good, bad=-tally.bad)
