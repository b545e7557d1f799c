"""Learning beside the calls: a few of them are looked at a moment later, and what they told is kept once a minute."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog
from msgspec import Struct

from chimera.gateway.calibration.calibration import Calibration, Sample, sample_of
from chimera.gateway.calibration.factors import FactorKey, LearnedFactor
from chimera.gateway.call import Call, Target
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.llm import Request, Usage

log = structlog.get_logger()

_PAUSE_S = 2.0
_PARTING_S = 2.0
_KEEP_EVERY = 30  # pauses
# Of the calls of a pause, so many of the latest are looked at; a long text takes longer and tells no more.
_MOST_WAITING = 32
_LONGEST_TOKENS = 50_000


class FactorMemory(Protocol):
    """Where factors outlive the process. The one of the server is its database."""

    async def recall(self) -> Mapping[FactorKey, LearnedFactor]:
        """Everything that is kept."""
        ...

    async def merge(self, learned: Mapping[FactorKey, LearnedFactor]) -> Mapping[FactorKey, LearnedFactor]:
        """Add what was learned to what is kept, whoever else does so at the same time; return all that is kept."""
        ...


class _Heard(Struct, frozen=True, kw_only=True):
    who: UUID
    target: Target
    request: Request
    usage: Usage

    def sample(self) -> Sample | None:
        return sample_of(self.request, self.usage, provider=self.target.provider, model=self.target.model)


@dataclass(slots=True)
class Learning:
    """Teaches a calibration. `run` works for ever and keeps what is left when it is cancelled."""

    calibration: Calibration
    memory: FactorMemory | None = None
    pause_s: float = _PAUSE_S
    _waiting: deque[_Heard] = field(default_factory=lambda: deque[_Heard](maxlen=_MOST_WAITING))

    def answered(self, call: Call, usage: Usage) -> None:
        """Note an answer. Costs next to nothing: nothing is looked at here, and in a rush older notes are dropped."""
        request, target = call.request, call.trail.answered_by
        if not isinstance(request, Request) or target is None or target.card is None or target.account is not None:
            return  # names of models that nobody lists are not bounded, nor what organisations call by a known name
        if not 0 < usage.input_tokens <= _LONGEST_TOKENS or (request.original and request.original.beyond):
            return
        self._waiting.append(_Heard(who=call.scope.tenant_id, target=target, request=request, usage=usage))

    async def run(self) -> None:
        """Look at what was noted, again and again; cancel to stop."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(rounds(self.look, every_s=self.pause_s, named="calibration"))
                group.create_task(rounds(self.keep, every_s=self.pause_s * _KEEP_EVERY, named="calibration memory"))
        finally:
            await self.look()
            with suppress(TimeoutError):  # what a last minute taught is not worth holding up the end
                async with asyncio.timeout(_PARTING_S):
                    await self._keep(self.calibration.learned())

    async def look(self) -> None:
        """Learn from what was noted."""
        if not self._waiting:
            return
        heard = tuple(self._waiting)
        self._waiting.clear()
        try:
            samples = await asyncio.to_thread(lambda: [(one.who, one.sample()) for one in heard])
        except asyncio.CancelledError:
            self._waiting.extendleft(reversed(heard))  # whoever ends `run` looks once more
            raise
        for who, sample in samples:
            if sample is not None:
                self.calibration.learn(who, sample)

    async def keep(self) -> None:
        """Give what was learned to the memory, and take what others learned. A memory that fails is asked again."""
        learned = self.calibration.learned()
        if learned:
            await self._keep(learned)
        else:
            await self._recall()

    async def _keep(self, learned: Mapping[FactorKey, LearnedFactor]) -> None:
        if self.memory is None or not learned:
            return
        try:
            self.calibration.remember(await self.memory.merge(learned))
        except AppError as error:
            log.warning("calibration.not_kept", code=error.code, factors=len(learned))

    async def _recall(self) -> None:
        if self.memory is None:
            return
        try:
            self.calibration.remember(await self.memory.recall())
        except AppError as error:
            log.warning("calibration.not_recalled", code=error.code)
