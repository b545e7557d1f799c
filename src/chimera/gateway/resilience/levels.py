"""How much is offered while not all is well: full, degraded, minimal, offline. By hand, or by the targets' health."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

from chimera.gateway.resilience.load import Loads
from chimera.kit.clock import utc_now

Level: TypeAlias = Literal["full", "degraded", "minimal", "offline"]
Chosen: TypeAlias = Literal["auto", "full", "degraded", "minimal", "offline"]
"""A level by hand, or `auto` for what health says."""
_RANK: Final = {level: rank for rank, level in enumerate(get_args(Level))}

_LOOKED_BACK_S = 60.0
_MOST_TENANTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The level that holds.

    Attributes:
        since: When it was first seen to hold, on this replica.
        why: In a sentence; empty while all is well.
        by_hand: Whether somebody chose it; else health or a budget did.
    """

    level: Level
    since: datetime
    why: str = ""
    by_hand: bool = False


@dataclass(slots=True, kw_only=True)
class Barometer:
    """Health as a level, by the share of targets in use whose circuit is open. All open is minimal.

    It falls only after `falls_after_s` of bad readings and rises only after `rises_after_s` of good ones, where
    good is further from bad than one target: so it does not flap.
    """

    loads: Loads
    now: Callable[[], datetime] = utc_now
    bad_share: float = 0.5
    good_share: float = 0.25
    falls_after_s: float = 3.0
    rises_after_s: float = 30.0
    _standing: Standing = field(init=False)
    _differs: tuple[Level, float] | None = None
    _read_at: float = -1.0

    def __post_init__(self) -> None:
        self._standing = Standing(level="full", since=self.now())

    def read(self) -> Standing:
        moment = self.loads.clock()
        if moment - self._read_at < 1.0 and self._read_at >= 0:
            return self._standing
        self._read_at = moment
        reading, why = self._reading()
        current = self._standing.level
        if reading == current:
            self._differs = None
            return self._standing
        worse = _RANK[reading] > _RANK[current]
        if self._differs is None or (_RANK[self._differs[0]] > _RANK[current]) != worse:
            self._differs = (reading, moment)
        if moment - self._differs[1] >= (self.falls_after_s if worse else self.rises_after_s):
            self._standing, self._differs = Standing(level=reading, since=self.now(), why=why), None
        return self._standing

    def _reading(self) -> tuple[Level, str]:
        loads = self.loads
        used = loads.used_within(_LOOKED_BACK_S)
        ill = [name for name in used if loads.is_open(name)]
        share = len(ill) / len(used) if used else 0.0
        why = f"{len(ill)} of {len(used)} models in use do not answer."
        if share >= 1.0:
            return "minimal", why
        if share >= self.bad_share:
            return "degraded", why
        if share > self.good_share and self._standing.level != "full":
            return "degraded", why
        return "full", ""


@dataclass(slots=True, kw_only=True)
class Levels:
    """The level of each organisation.

    Attributes:
        installation: The operator's word: nobody is offered more.
    """

    barometer: Barometer
    installation: Chosen = "auto"
    budget_rest_s: float = 60.0
    _broke_until: OrderedDict[UUID, float] = field(default_factory=OrderedDict[UUID, float])
    _seen: OrderedDict[UUID, Standing] = field(default_factory=OrderedDict[UUID, Standing])

    def of(self, tenant_id: UUID, chosen: Chosen) -> Standing:
        """The level that holds for an organisation which chose `chosen`."""
        found = self._found(tenant_id, chosen)
        if found.level == "full":
            self._seen.pop(tenant_id, None)
            return found
        seen = self._seen.get(tenant_id)
        if seen is not None and (seen.level, seen.by_hand) == (found.level, found.by_hand):
            return seen
        self._seen[tenant_id] = found
        _bound(self._seen)
        return found

    def out_of_budget(self, tenant_id: UUID) -> None:
        """An organisation's budget was just found used up: it stays degraded for a minute."""
        self._broke_until[tenant_id] = self.barometer.loads.clock() + self.budget_rest_s
        self._broke_until.move_to_end(tenant_id)
        _bound(self._broke_until)

    def _found(self, tenant_id: UUID, chosen: Chosen) -> Standing:
        barometer, now = self.barometer, self.barometer.now
        if self.installation == "auto" == chosen and tenant_id not in self._broke_until:
            return barometer.read()
        found: list[Standing] = []
        for level, who in (
            (self.installation, "The operator of this server"),
            (chosen, "An owner of your organisation"),
        ):
            if level != "auto":
                found.append(Standing(level=level, since=now(), why=f"{who} set it.", by_hand=True))
        if not found:
            found.append(barometer.read())
        if self._broke_until.get(tenant_id, 0.0) > barometer.loads.clock():
            found.append(Standing(level="degraded", since=now(), why="A budget of your organisation is used up."))
        return max(found, key=lambda standing: _RANK[standing.level])


def _bound(kept: OrderedDict[UUID, float] | OrderedDict[UUID, Standing]) -> None:
    while len(kept) > _MOST_TENANTS:
        kept.popitem(last=False)
