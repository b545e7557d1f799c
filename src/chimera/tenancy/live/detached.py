"""Work that goes on in nobody's presence: turns, responses in the background, requests with an Idempotency-Key."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import structlog

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import CHAT

log = structlog.get_logger()

_LOT: Final = 64

Running: TypeAlias = Iterable[tuple[Scope, Callable[[], object]]]
"""For whom something runs here, and how it is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """Ends what runs for somebody who may not use the server any more.

    Attributes:
        acting: What each who is not there may do now of what they might do when they were; `None`: nothing.
        running: By its name, what runs here.
    """

    acting: Callable[[Sequence[Scope]], Awaitable[Sequence[Scope | None]]]
    running: Mapping[str, Callable[[], Running]]

    async def look(self) -> None:
        """Ask once about each user and key for whom something runs. Raises DatabaseUnavailableError."""
        found: dict[object, list[tuple[str, Scope, Callable[[], object]]]] = {}
        for name, running in self.running.items():
            for scope, end in running():
                found.setdefault((scope.tenant_id, scope.actor_id, scope.key_id), []).append((name, scope, end))
        groups = list(found.values())
        for start in range(0, len(groups), _LOT):
            lot = groups[start : start + _LOT]
            for works, now in zip(lot, await self.acting([works[0][1] for works in lot]), strict=True):
                _judge(works, now)


def _judge(works: Sequence[tuple[str, Scope, Callable[[], object]]], now: Scope | None) -> None:
    for name, scope, end in works:
        if now is None or (CHAT in scope.permissions and CHAT not in now.permissions):
            end()
            log.info("tenancy.ended", work=name)
