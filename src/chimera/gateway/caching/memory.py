"""The first tier: answers in the memory of this process, those asked for last, within a number of bytes."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from chimera.gateway.caching.entry import Entry

_Key: TypeAlias = tuple[UUID, bytes]


@dataclass(slots=True)
class _Held:
    entry: Entry
    weight: int
    confirmed_s: float


@dataclass(slots=True, kw_only=True)
class Memory:
    """At most `limit` bytes, about. What is over is forgotten, the longest unasked first."""

    limit: int
    weight: int = 0
    _held: OrderedDict[_Key, _Held] = field(default_factory=OrderedDict[_Key, _Held])
    _keys: dict[tuple[UUID, UUID], bytes] = field(default_factory=dict[tuple[UUID, UUID], bytes])

    def get(self, tenant_id: UUID, key: bytes) -> tuple[Entry, float] | None:
        """The answer to a question, and when it was last known to stand."""
        held = self._held.get((tenant_id, key))
        if held is None:
            return None
        self._held.move_to_end((tenant_id, key))
        return held.entry, held.confirmed_s

    def by_id(self, tenant_id: UUID, entry_id: UUID) -> Entry | None:
        key = self._keys.get((tenant_id, entry_id))
        return None if key is None else self._held[tenant_id, key].entry

    def put(self, entry: Entry, now_s: float) -> None:
        self.drop(entry.tenant_id, entry.key)
        weight = entry.weight
        if weight > self.limit:
            return
        self._held[entry.tenant_id, entry.key] = _Held(entry, weight, now_s)
        self._keys[entry.tenant_id, entry.id] = entry.key
        self.weight += weight
        while self.weight > self.limit:
            self.drop(*next(iter(self._held)))

    def drop(self, tenant_id: UUID, key: bytes) -> None:
        held = self._held.pop((tenant_id, key), None)
        if held is not None:
            self.weight -= held.weight
            del self._keys[tenant_id, held.entry.id]

    def clear(self, tenant_id: UUID) -> None:
        for tenant, key in [each for each in self._held if each[0] == tenant_id]:
            self.drop(tenant, key)
