"""How much may run in the background: nobody waits for it, so nothing else would bound what one organisation begins."""

from asyncio import Semaphore
from dataclasses import dataclass, field
from uuid import UUID

from chimera.gateway.errors import TenantBusyError

_MEBIBYTE = 1_048_576


@dataclass(slots=True, kw_only=True)
class BackgroundRoom:
    """Room for the responses that one process writes, an organisation each.

    Attributes:
        most: Responses of one organisation, those that wait for a place included.
        most_bytes: Of their questions together; a single one always fits.
        at_once: Of them that ask their model at the same time; the others wait for their turn, which asks nothing of
            anybody, while each try at the gateway would count as a request.
    """

    most: int = 1_000
    most_bytes: int = 128 * _MEBIBYTE
    at_once: int = 100
    _held: dict[UUID, list[int]] = field(default_factory=dict[UUID, list[int]])
    _turns: dict[UUID, Semaphore] = field(default_factory=dict[UUID, Semaphore])

    def take(self, tenant: UUID, size: int) -> None:
        """Take room for a question of so many bytes; give it back with `leave`.

        Raises:
            TenantBusyError: if there is none.
        """
        held = self._held.get(tenant, [])
        if held and (len(held) >= self.most or sum(held) + size > self.most_bytes):
            raise TenantBusyError(
                f"Your organisation has as much in the background as it may: {self.most} responses, or "
                f"{self.most_bytes // _MEBIBYTE} MiB of questions. Try again when some are over.",
                retry_after_s=5.0,
            )
        self._held.setdefault(tenant, []).append(size)
        self._turns.setdefault(tenant, Semaphore(self.at_once))

    def turn(self, tenant: UUID) -> Semaphore:
        """Entered by whoever has taken room, while it asks its model."""
        return self._turns[tenant]

    def leave(self, tenant: UUID, size: int) -> None:
        held = self._held[tenant]
        held.remove(size)
        if not held:
            del self._held[tenant], self._turns[tenant]
