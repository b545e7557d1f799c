"""How many jobs are led on here: of each kind so many, and of one organisation only some of these."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from chimera.jobs.job import Terms

_REMEMBERED: Final = 64


@dataclass(slots=True, kw_only=True)
class Places:
    """An organisation with many jobs keeps its own places busy, and nobody else's."""

    kinds: Mapping[str, Terms]
    _taken: Counter[tuple[str, UUID]] = field(default_factory=Counter[tuple[str, UUID]])
    _served: dict[UUID, int] = field(default_factory=dict[UUID, int])
    _turn: int = 0

    @property
    def taken(self) -> int:
        return self._taken.total()

    @property
    def free(self) -> int:
        return sum(max(0, kind.at_once - self._of_kind(name)) for name, kind in self.kinds.items())

    @property
    def open_kinds(self) -> Collection[str]:
        """Kinds of which more may be taken."""
        return [name for name, kind in self.kinds.items() if self._of_kind(name) < kind.at_once]

    @property
    def full(self) -> Collection[tuple[str, UUID]]:
        """Of which organisation no more may be taken of a kind."""
        return [one for one, taken in self._taken.items() if taken >= self.kinds[one[0]].of_tenant]

    @property
    def running(self) -> Mapping[UUID, int]:
        """How many there are of each organisation that has some."""
        counts = Counter[UUID]()
        for (_, tenant_id), taken in self._taken.items():
            counts[tenant_id] += taken
        return counts

    @property
    def served(self) -> Mapping[UUID, int]:
        """Organisations that had a place lately: the greater the number, the later."""
        return self._served

    def take(self, kind: str, tenant_id: UUID) -> bool:
        """Take a place, if there is one."""
        known = self.kinds[kind]
        if self._of_kind(kind) >= known.at_once or self._taken[kind, tenant_id] >= known.of_tenant:
            return False
        self._taken[kind, tenant_id] += 1
        self._turn += 1
        self._served.pop(tenant_id, None)
        self._served[tenant_id] = self._turn
        if len(self._served) > _REMEMBERED:
            del self._served[next(iter(self._served))]
        return True

    def give_back(self, kind: str, tenant_id: UUID) -> None:
        self._taken[kind, tenant_id] -= 1
        if not self._taken[kind, tenant_id]:
            del self._taken[kind, tenant_id]

    def _of_kind(self, kind: str) -> int:
        return sum(taken for (name, _), taken in self._taken.items() if name == kind)
