"""How many calls may be asked a second time: a share of each organisation's own. No I/O."""

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

_MOST_TENANTS = 10_000


@dataclass(slots=True, kw_only=True)
class HedgeBudgets:
    """One is there at first. Every call earns `share` of a hedge, up to `reserve`; every hedge costs one."""

    reserve: float = 5.0
    _left: OrderedDict[UUID, float] = field(default_factory=OrderedDict[UUID, float])

    def earn(self, tenant_id: UUID, share: float) -> None:
        self._left[tenant_id] = min(self.reserve, self._left.get(tenant_id, 1.0) + share)
        if len(self._left) > _MOST_TENANTS:
            self._left.popitem(last=False)

    def spend(self, tenant_id: UUID) -> bool:
        """Take one hedge, if there is one left."""
        left = self._left.get(tenant_id, 0.0)
        if left < 1.0:
            return False
        self._left[tenant_id] = left - 1.0
        return True
