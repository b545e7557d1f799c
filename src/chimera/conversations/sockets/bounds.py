"""How much of this process sockets may take, and who holds how many."""

from collections import Counter
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from chimera.conversations.sockets.errors import TooManyFramesError, TooManySocketsError
from chimera.kit.scope import Scope

FRAME_BYTES: Final = 1_048_576
# Of clients' frames: so many a second, and so many at once.
FRAMES_PER_S: Final = 20.0
BURST: Final = 60
# For the first frame, of who showed no credential before.
INTRODUCTION_S: Final = 5.0
_MOST_STRANGERS: Final = 256
_MOST_STRANGERS_OF_ONE_ADDRESS: Final = 16
_RETRY_AFTER_S: Final = 5.0


@dataclass(slots=True, kw_only=True, eq=False)
class Bounds:
    """Counts sockets, and refuses those that are too many.

    Attributes:
        per_process: Most open at once here.
        per_person: Most of one person at once here.
        stall_s: How long a reader may take none of what waits for it.
    """

    per_process: int
    per_person: int
    stall_s: float
    _open: int = 0
    _by_person: Counter[Hashable] = field(default_factory=Counter[Hashable])
    _strangers: Counter[Hashable] = field(default_factory=Counter[Hashable])

    @property
    def open(self) -> int:
        return self._open

    @contextmanager
    def socket(self) -> Generator[None]:
        """Count one while the block lasts. Raises TooManySocketsError."""
        if self._open >= self.per_process:
            raise TooManySocketsError("This server holds as many sockets as it may.", retry_after_s=_RETRY_AFTER_S)
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @contextmanager
    def stranger(self, address: str) -> Generator[None]:
        """Count one that nobody knows yet. Raises TooManySocketsError."""
        if self._strangers.total() >= _MOST_STRANGERS or self._strangers[address] >= _MOST_STRANGERS_OF_ONE_ADDRESS:
            raise TooManySocketsError("Too many sockets wait to be introduced.", retry_after_s=_RETRY_AFTER_S)
        with _counted(self._strangers, address):
            yield

    @contextmanager
    def person(self, scope: Scope) -> Generator[None]:
        """Count one of a person. Raises TooManySocketsError."""
        who = (scope.tenant_id, scope.actor_id)
        if self._by_person[who] >= self.per_person:
            raise TooManySocketsError(f"You have {self.per_person} sockets open here, as many as you may. Close one.")
        with _counted(self._by_person, who):
            yield


@contextmanager
def _counted(counts: Counter[Hashable], who: Hashable) -> Generator[None]:
    counts[who] += 1
    try:
        yield
    finally:
        counts[who] -= 1
        if not counts[who]:
            del counts[who]


@dataclass(slots=True, kw_only=True, eq=False)
class Pacer:
    """How fast one client may speak."""

    now: Callable[[], float]
    _left: float = BURST
    _at: float = 0.0

    def take(self) -> None:
        """Count a frame. Raises TooManyFramesError."""
        now = self.now()
        self._left = min(BURST, self._left + (now - self._at) * FRAMES_PER_S)
        self._at = now
        if self._left < 1:
            raise TooManyFramesError(
                f"A socket takes {FRAMES_PER_S:g} frames a second, {BURST} at once.", retry_after_s=1 / FRAMES_PER_S
            )
        self._left -= 1
