"""How many deliveries are in flight on this replica: not too many in all, and of one webhook only some of these."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True, kw_only=True)
class Places:
    """A receiver that is slow keeps its own places busy, and nobody else's."""

    most: int = 16
    most_of_one: int = 4
    _taken: Counter[UUID] = field(default_factory=Counter[UUID])

    @property
    def free(self) -> int:
        return self.most - self._taken.total()

    @property
    def full(self) -> Collection[UUID]:
        """Webhooks that may have no more."""
        return [webhook for webhook, taken in self._taken.items() if taken >= self.most_of_one]

    def take(self, webhook_id: UUID) -> bool:
        """Take a place, if there is one for this webhook."""
        if self.free <= 0 or self._taken[webhook_id] >= self.most_of_one:
            return False
        self._taken[webhook_id] += 1
        return True

    def give_back(self, webhook_id: UUID) -> None:
        self._taken[webhook_id] -= 1
        if not self._taken[webhook_id]:
            del self._taken[webhook_id]
