"""Books in memory: one budget of money and one of tokens for everybody, or none. Holds, settles, and counts it all."""

from dataclasses import dataclass, field
from uuid import UUID

from chimera.spend.claims import Claim, Entry, Grant
from chimera.spend.errors import BudgetExhaustedError, UnpricedError
from chimera.store.errors import DatabaseUnavailableError


@dataclass
class MemoryBooks:
    """Keeps every claim and every entry; `is_down` refuses to hold and to settle at once."""

    left_nusd: int | None = None
    left_tokens: int | None = None
    is_down: bool = False
    claims: list[Claim] = field(default_factory=list)
    entries: dict[UUID, Entry] = field(default_factory=dict)
    settled: int = 0
    _open: dict[UUID, Grant] = field(default_factory=dict)

    async def hold(self, claim: Claim) -> Grant:
        if self.is_down:
            raise DatabaseUnavailableError("down")
        self.claims.append(claim)
        if claim.unpriced and self.left_nusd is not None:
            raise UnpricedError("no price")
        money = _granted(self.left_nusd, claim.worst_nusd, claim.least_nusd)
        least_tokens = claim.worst_tokens if claim.least_tokens is None else claim.least_tokens
        tokens = _granted(self.left_tokens, claim.worst_tokens, least_tokens)
        self.left_nusd = None if money is None else (self.left_nusd or 0) - money
        self.left_tokens = None if tokens is None else (self.left_tokens or 0) - tokens
        grant = self._open[claim.id] = Grant(claim=claim, amount_nusd=money, amount_tokens=tokens)
        return grant

    async def settle(self, grant: Grant, entry: Entry) -> None:
        self.settle_later(grant, entry)
        if self.is_down:
            raise DatabaseUnavailableError("down")

    def settle_later(self, grant: Grant, entry: Entry) -> None:
        self.settled += 1
        if self._open.pop(grant.claim.id, None) is None:
            return
        self.entries[grant.claim.id] = entry
        if self.left_nusd is not None:
            self.left_nusd += (grant.amount_nusd or 0) - (entry.cost_nusd or 0)
        if self.left_tokens is not None:
            used = entry.usage.input_tokens + entry.usage.output_tokens
            self.left_tokens += (grant.amount_tokens or 0) - used

    @property
    def held(self) -> int:
        """How many holds nobody settled."""
        return len(self._open)

    @property
    def only(self) -> Entry:
        [entry] = self.entries.values()
        return entry


def _granted(left: int | None, worst: int, least: int) -> int | None:
    if left is None:
        return None
    if left < least:
        raise BudgetExhaustedError("too little is left")
    return min(left, worst)
