"""How many deliveries are in flight on this replica: not too many in all, and of one webhook only some of these."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True, kw_only=True)
class Places:
    """A receiver that is slow keeps its own places busy, and nobody else's; so does an organisation with many."""

    most: int = 16
    most_of_tenant: int = 8
    most_of_one: int = 4
    _taken: Counter[tuple[UUID, UUID]] = field(default_factory=Counter[tuple[UUID, UUID]])

    @property
    def free(self) -> int:
        return self.most - self._taken.total()

    @property
    def full(self) -> Collection[UUID]:
        """Webhooks that may have no more."""
        return [webhook for (_, webhook), taken in self._taken.items() if taken >= self.most_of_one]

    @property
    def full_tenants(self) -> Collection[UUID]:
        """Organisations whose webhooks may have no more together."""
        return [tenant for tenant in {tenant for tenant, _ in self._taken} if self._of(tenant) >= self.most_of_tenant]

    def take(self, tenant_id: UUID, webhook_id: UUID) -> bool:
        """Take a place, if there is one for this webhook."""
        one = tenant_id, webhook_id
        if self.free <= 0 or self._taken[one] >= self.most_of_one or self._of(tenant_id) >= self.most_of_tenant:
            return False
        self._taken[one] += 1
        return True

    def give_back(self, tenant_id: UUID, webhook_id: UUID) -> None:
        one = tenant_id, webhook_id
        self._taken[one] -= 1
        if not self._taken[one]:
            del self._taken[one]

    def _of(self, tenant_id: UUID) -> int:
        return sum(taken for (tenant, _), taken in self._taken.items() if tenant == tenant_id)
