"""What experiments have shown so far: counted here, added up with what other replicas counted."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Never, Protocol
from uuid import UUID

import structlog

from chimera.gateway.experiments.statistics import verdict
from chimera.gateway.experiments.tally import Arm, Outcome, Tally
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.kit.scope import Scope

log = structlog.get_logger()

_PARTING_S = 2.0
_MOST_KEYS = 10_000
_PASSED_OVER = 5


class TrialKey(NamedTuple):
    """One experiment of one organisation, with the models that it had."""

    tenant_id: UUID
    name: str
    edition: str


class Trial(NamedTuple):
    """All that is known of one, by arm, and why it was ended, if it was."""

    arms: Mapping[Arm, Tally]
    ended: str | None = None


class TallyMemory(Protocol):
    """Keeps sums where all replicas add to them. Its methods raise `AppError` where it cannot be asked."""

    async def add(self, key: TrialKey, day: date, counted: Mapping[Arm, Tally]) -> Trial:
        """Add to the sums of a day; return those of all days."""
        ...

    async def spent_nusd(self, key: TrialKey, day: date) -> int:
        """What the challenger cost on a day."""
        ...

    async def end(self, key: TrialKey, why: str) -> None: ...

    async def ended(self) -> Mapping[TrialKey, str]:
        """Every experiment that was ended."""
        ...

    async def of(self, scope: Scope) -> Mapping[TrialKey, Trial]: ...


@dataclass(slots=True, kw_only=True)
class Tallies:
    """Notes outcomes at no cost; `run` brings them to the memory and ends canaries that are worse."""

    memory: TallyMemory | None
    pause_s: float = 5.0
    now: Callable[[], datetime] = utc_now
    _counted: dict[tuple[TrialKey, date], dict[Arm, Tally]] = field(
        default_factory=dict[tuple[TrialKey, date], dict[Arm, Tally]]
    )
    _canaries: set[TrialKey] = field(default_factory=set[TrialKey])
    _ended: dict[TrialKey, str] = field(default_factory=dict[TrialKey, str])
    _spent: dict[tuple[TrialKey, date], int] = field(default_factory=dict[tuple[TrialKey, date], int])
    _passed: int = _PASSED_OVER

    def note(self, key: TrialKey, arm: Arm, outcome: Outcome, *, canary: bool) -> None:
        day = self.now().date()
        counted = self._counted.setdefault((key, day), {})
        counted[arm] = counted.get(arm, Tally()).plus(outcome.tally())
        if canary:
            self._canaries.add(key)
        if arm == "challenger":
            self._spent[key, day] = self._spent.get((key, day), 0) + (outcome.cost_nusd or 0)
        if len(self._counted) > _MOST_KEYS:  # the memory is away: the oldest are lost
            del self._counted[next(iter(self._counted))]

    def is_ended(self, key: TrialKey) -> bool:
        return key in self._ended

    def spent_nusd(self, key: TrialKey) -> int:
        """What the challenger cost today, as far as it is known here."""
        return self._spent.get((key, self.now().date()), 0)

    async def results(self, scope: Scope) -> Mapping[TrialKey, Trial]:
        """Everything that is known of an organisation's experiments, with what was not brought to the memory yet."""
        await self.keep()
        return await self.memory.of(scope) if self.memory else {}

    async def run(self) -> Never:
        """Bring what was noted to the memory, again and again; cancel to stop."""
        try:
            await rounds(self._round, every_s=self.pause_s, named="experiments")
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PARTING_S):
                    await self.keep()

    async def _round(self) -> None:
        """Keep; where nothing was noted nobody asks soon what ended elsewhere, so that some rounds are passed over."""
        self._passed = 0 if self._counted or self._passed == _PASSED_OVER else self._passed + 1
        if self._passed == 0:
            await self.keep()

    async def keep(self) -> None:
        """Bring what was noted to the memory, and learn what ended. One that fails is asked again in the next round."""
        if self.memory is None:
            return
        try:
            for key, day in tuple(self._counted):
                taken = self._counted.pop((key, day), None)
                if taken:
                    await self._add(self.memory, key, day, taken)
            self._ended = dict(await self.memory.ended())
        except AppError as error:
            log.warning("experiments.not_kept", code=error.code)

    async def _add(self, memory: TallyMemory, key: TrialKey, day: date, counted: Mapping[Arm, Tally]) -> None:
        try:
            trial = await memory.add(key, day, counted)
        except BaseException:
            known = self._counted.setdefault((key, day), {})
            for arm, tally in counted.items():
                known[arm] = known.get(arm, Tally()).plus(tally)
            raise
        self._spent = {each: spent for each, spent in self._spent.items() if each[1] == day}
        self._spent[key, day] = await memory.spent_nusd(key, day)
        why = _worse(trial.arms) if key in self._canaries and trial.ended is None else None
        if why is not None:
            log.warning("experiments.rolled_back", tenant=str(key.tenant_id), experiment=key.name, why=why)
            await memory.end(key, why)


def _worse(arms: Mapping[Arm, Tally]) -> str | None:
    control, challenger = arms.get("control", Tally()), arms.get("challenger", Tally())
    found = verdict(control, challenger)
    if found.errors == "worse":
        rates = [tally.errors / tally.calls for tally in (challenger, control)]
        return f"The challenger failed in {rates[0]:.1%} of its calls, the other model in {rates[1]:.1%}."
    if found.latency == "worse":
        times = [tally.typical_first_s or 0.0 for tally in (challenger, control)]
        return f"The challenger's first token came after {times[0]:.2f} s, the other model's after {times[1]:.2f} s."
    return None
