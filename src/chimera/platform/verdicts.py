"""What members say against answers that they share: one alone takes nothing from the others."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from chimera.gateway.caching.entry import Entry
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import POLICIES_MANAGE

ENOUGH: Final = 2
"""So many people must say of a shared answer that it is wrong."""
_MOST_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Verdicts:
    """Counts people, on this replica and as long as it lives."""

    _against: OrderedDict[tuple[UUID, UUID], set[UUID]] = field(
        default_factory=OrderedDict[tuple[UUID, UUID], set[UUID]]
    )

    def evicts(self, scope: Scope, entry: Entry) -> bool:
        """Note that the caller finds an answer wrong; tell whether that is enough to forget it."""
        if entry.owner_id is not None or POLICIES_MANAGE in scope.permissions:
            return True
        key = (scope.tenant_id, entry.id)
        people = self._against.setdefault(key, set())
        people.add(scope.actor_id)
        self._against.move_to_end(key)
        if len(self._against) > _MOST_REMEMBERED:
            self._against.popitem(last=False)
        return len(people) >= ENOUGH
