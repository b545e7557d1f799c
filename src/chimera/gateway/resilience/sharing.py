"""Circuits shared between replicas: what one found ill, all leave alone.

The circuit in the process decides each call; what changes is told and heard beside the calls.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, Never, Protocol

import structlog

from chimera.gateway.circuit import Breakers, Circuit, CircuitState
from chimera.kit.rounds import rounds

log = structlog.get_logger()

LOOK_S = 0.5


class Rest(NamedTuple):
    """An open circuit.

    Attributes:
        left_s: Before the next probe; 0 when one is due.
        rests: How often it opened since it was last closed.
    """

    left_s: float
    rests: int


class BreakerMemoryAwayError(Exception):
    """The memory cannot be asked now. Never leaves `gateway.resilience`."""


class BreakerMemory(Protocol):
    """What replicas know of circuits that are not closed. Every method may raise `BreakerMemoryAwayError`."""

    async def open(self, target_id: str, rest: Rest) -> None:
        """Remember that a target rests; a probe of it ends."""
        ...

    async def close(self, target_id: str) -> None:
        """Forget the target; a probe of it ends."""
        ...

    async def resting(self) -> Mapping[str, Rest]:
        """Every target that rests or waits for its probe."""
        ...

    async def probe(self, target_id: str) -> float:
        """Take the one probe there may be: 0 if it was given, else seconds before asking again makes sense.

        It is given to somebody else when nobody heard of it for a while: its replica may have died.
        """
        ...


@dataclass(slots=True)
class SharedBreakers:
    """Ties the circuits of this process to those of others. While the memory is away each process is by itself."""

    breakers: Breakers
    memory: BreakerMemory
    look_s: float = LOOK_S
    _untold: set[str] = field(default_factory=set[str])
    _known: set[str] = field(default_factory=set[str])
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _is_away: bool = False

    def __post_init__(self) -> None:
        self.breakers.may_probe = self.probe
        self.breakers.on_change = self.note

    def note(self, target_id: str) -> None:
        """Tell others of this circuit, soon."""
        self._untold.add(target_id)
        self._wake.set()

    async def probe(self, target_id: str) -> float:
        """As `BreakerMemory.probe`; without a memory it is given."""
        if self._is_away:
            return 0.0
        try:
            return await self.memory.probe(target_id)
        except BreakerMemoryAwayError:
            return 0.0

    async def run(self) -> Never:
        """Tell changes at once and look for those of others, until cancelled."""
        await rounds(self._next, every_s=0.0, named="breakers")

    async def _next(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.look_s):
                await self._wake.wait()
        self._wake.clear()
        await self.exchange()
        if self._is_away:
            await asyncio.sleep(self.look_s)

    async def exchange(self) -> None:
        """Tell and hear once."""
        try:
            await self._tell()
            self._hear(await self.memory.resting())
        except BreakerMemoryAwayError:
            # It may come back empty: what is open here is told again then.
            self._untold |= self._known
            self._known.clear()
            if not self._is_away:
                log.warning("breakers.not_shared")
            self._is_away = True
        else:
            if self._is_away:
                log.info("breakers.shared_again")
            self._is_away = False

    async def _tell(self) -> None:
        for target_id in tuple(self._untold):
            self._untold.discard(target_id)  # before it is told: what changes meanwhile is told after it
            try:
                await self._tell_of(target_id, self.breakers.of(target_id))
            except BreakerMemoryAwayError:
                self._untold.add(target_id)
                raise

    async def _tell_of(self, target_id: str, circuit: Circuit) -> None:
        if circuit.state is CircuitState.OPEN:
            await self.memory.open(target_id, Rest(self._left_s(circuit), circuit.rests))
            self._known.add(target_id)
        elif circuit.state is CircuitState.CLOSED:
            await self.memory.close(target_id)
            self._known.discard(target_id)

    def _hear(self, resting: Mapping[str, Rest]) -> None:
        now = self.breakers.clock()
        for target_id, rest in resting.items():
            if target_id not in self._untold:
                self.breakers.of(target_id).rest(now + rest.left_s, rest.rests)
                self._known.add(target_id)
        for target_id in self._known - resting.keys() - self._untold:
            self.breakers.of(target_id).resume()
            self._known.discard(target_id)

    def _left_s(self, circuit: Circuit) -> float:
        return max(0.0, circuit.open_until - self.breakers.clock())
