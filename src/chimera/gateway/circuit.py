"""When to leave a failing target alone: one circuit a target, closed, open or half-open. No I/O, no clock of its own.

Own code because the libraries let every concurrent call through when half-open; here exactly one probe is let through.
"""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

_MOST_CIRCUITS = 1024


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRules:
    """When a circuit opens, and for how long. Times in seconds.

    Attributes:
        failures_in_a_row: So many consecutive failures open it.
        failure_rate: So does this share of failures among at least `calls_at_least` calls within `window_s`.
        rest_s: How long it stays open; doubled with every failed probe, up to `longest_rest_s`. A target that is well
            again waits so long at most for somebody to notice; until then a probe in so many seconds may fail.
        probe_s: A probe that is not heard of for so long keeps nobody from trying once more.
    """

    failures_in_a_row: int = 5
    failure_rate: float = 0.5
    calls_at_least: int = 20
    window_s: float = 30.0
    rest_s: float = 10.0
    longest_rest_s: float = 20.0
    probe_s: float = 15.0


@dataclass(slots=True)
class Circuit:
    """One target's.

    Attributes:
        rests: How often it opened since it was last closed.
    """

    rules: CircuitRules
    state: CircuitState = CircuitState.CLOSED
    open_until: float = 0.0
    rests: int = 0
    _in_a_row: int = 0
    _probed_at: float = 0.0
    _recent: deque[tuple[float, bool]] = field(default_factory=deque[tuple[float, bool]])

    def permit(self, now: float) -> bool:
        """Whether a call may pass. A true answer from a circuit that is not closed is its probe: report its outcome."""
        if self.state is CircuitState.CLOSED:
            return True
        may_try_at = self.open_until if self.state is CircuitState.OPEN else self._probed_at + self.rules.probe_s
        if now < may_try_at:
            return False
        self.state, self._probed_at = CircuitState.HALF_OPEN, now
        return True

    def succeeded(self, now: float) -> None:
        if self.state is CircuitState.CLOSED:
            self._in_a_row = 0
            self._remember(now, failed=False)
        else:
            self._close()

    def failed(self, now: float) -> None:
        if self.state is CircuitState.OPEN:
            return  # a call from before it opened
        self._in_a_row += 1
        self._remember(now, failed=True)
        if self.state is CircuitState.HALF_OPEN or self._too_many():
            rest_s = min(self.rules.longest_rest_s, self.rules.rest_s * 2.0**self.rests)
            self.state, self.open_until, self.rests = CircuitState.OPEN, now + rest_s, self.rests + 1

    def abandoned(self, now: float) -> None:
        """The caller left before the outcome was known; a probe's place becomes free again."""
        if self.state is CircuitState.HALF_OPEN:
            self.state, self.open_until = CircuitState.OPEN, now

    def rest(self, until: float, rests: int) -> None:
        """Be open as another replica found it. A probe of our own that is under way has the last word."""
        if self.state is not CircuitState.HALF_OPEN:
            self.state, self.open_until, self.rests = CircuitState.OPEN, until, rests

    def resume(self) -> None:
        """Be closed as another replica found it."""
        if self.state is CircuitState.OPEN:
            self._close()

    def _close(self) -> None:
        self.state, self._in_a_row, self.rests = CircuitState.CLOSED, 0, 0
        self._recent.clear()

    def _remember(self, now: float, *, failed: bool) -> None:
        self._recent.append((now, failed))
        while self._recent and self._recent[0][0] < now - self.rules.window_s:
            self._recent.popleft()

    def _too_many(self) -> bool:
        if self._in_a_row >= self.rules.failures_in_a_row:
            return True
        failures = sum(failed for _, failed in self._recent)
        return (
            len(self._recent) >= self.rules.calls_at_least and failures / len(self._recent) >= self.rules.failure_rate
        )


async def _at_once(_target_id: str) -> float:
    return 0.0


def _nobody(_target_id: str) -> None:
    return


@dataclass(slots=True)
class Breakers:
    """The circuits of this process, made on first use.

    Attributes:
        may_probe: Asked before a probe: seconds to wait before asking again, or 0 for the only one there may be.
        on_change: Told when a circuit was opened, was closed, or gave a probe back.
    """

    rules: CircuitRules
    clock: Callable[[], float] = monotonic
    may_probe: Callable[[str], Awaitable[float]] = _at_once
    on_change: Callable[[str], None] = _nobody
    _circuits: OrderedDict[str, Circuit] = field(default_factory=OrderedDict[str, Circuit])

    def of(self, target_id: str) -> Circuit:
        circuit = self._circuits.get(target_id)
        if circuit is None:
            if len(self._circuits) >= _MOST_CIRCUITS:  # callers may send any string as a model
                self._make_room()
            circuit = self._circuits[target_id] = Circuit(self.rules)
        else:
            self._circuits.move_to_end(target_id)
        return circuit

    def _make_room(self) -> None:
        """Forget who was not asked for longest, of those of which there is nothing to remember if there are any."""
        closed = (name for name, circuit in self._circuits.items() if circuit.state is CircuitState.CLOSED)
        del self._circuits[next(closed, None) or next(iter(self._circuits))]

    def seen(self, target_id: str) -> CircuitState:
        """How a target is treated now. One whose rest is over counts as half-open: the next call tries it."""
        circuit = self._circuits.get(target_id)
        if circuit is None:
            return CircuitState.CLOSED
        is_over = circuit.state is CircuitState.OPEN and circuit.open_until <= self.clock()
        return CircuitState.HALF_OPEN if is_over else circuit.state

    def states(self) -> dict[str, CircuitState]:
        """State by target id, of every target that was ever called."""
        return {target_id: circuit.state for target_id, circuit in self._circuits.items()}
