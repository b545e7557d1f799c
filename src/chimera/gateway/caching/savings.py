"""What was saved: told to the caller, to the ledger, to the metrics, and counted by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter

from chimera.gateway.call import Call, Target
from chimera.gateway.telling import Charge
from chimera.kit.ids import new_id
from chimera.kit.money import NUSD
from chimera.kit.scope import Scope
from chimera.llm import Usage
from chimera.spend.claims import Books, Claim, Entry, Grant

Kind: TypeAlias = Literal["exact", "semantic", "joined", "miss"]


class Counted(NamedTuple):
    """So many calls, and what they saved."""

    calls: int
    saved_nusd: int


class TallyKey(NamedTuple):
    tenant_id: UUID
    kind: str


class TallyMemory(Protocol):
    """Keeps the tallies of all replicas."""

    async def add(self, counted: Mapping[TallyKey, Counted]) -> None: ...

    async def of(self, scope: Scope, *, days: int) -> Sequence[tuple[str, str, Counted]]:
        """Day (`2026-11-21`), kind and tally, oldest first."""
        ...


class CacheMetrics:
    """Instruments of the cache, registered with `registry` once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "chimera_cache_calls", "Calls by what the cache made of them.", ("outcome",), registry=registry
        )
        self.saved = Counter(
            "chimera_cache_saved_usd", "What calls would have cost that nobody was paid for.", registry=registry
        )


@dataclass(slots=True, kw_only=True)
class Savings:
    """Notes every call that the cache had a word in."""

    metrics: CacheMetrics
    books: Books | None = None
    _counted: dict[TallyKey, Counted] = field(default_factory=dict[TallyKey, Counted])

    def skipped(self, reason: str) -> None:
        self.metrics.calls.labels(f"skip_{reason}").inc()

    def missed(self, call: Call) -> None:
        self._count(call, "miss", 0)

    def saved(self, call: Call, target: Target, kind: Kind, *, worth_nusd: int, begun: float) -> None:
        """An answer was given that nobody is paid for.

        Args:
            call: It was the answer to.
            target: Answered, then.
            kind: How.
            worth_nusd: What it cost, then.
            begun: `perf_counter()` when the call came.
        """
        call.trail.told.charges.append(Charge(cost_nusd=0, saved_nusd=worth_nusd))
        self._count(call, kind, worth_nusd)
        if self.books is None:
            return
        claim = Claim(
            id=new_id(),
            call_id=call.id,
            attempt=1,
            scope=call.scope,
            provider=target.provider,
            model=target.model,
            asked_model=call.request.model,
            worst_nusd=0,
            least_nusd=0,
            free=True,
            feature=call.origin.feature,
            conversation_id=call.origin.conversation_id,
            request_id=call.origin.request_id,
        )
        entry = Entry(
            outcome="ok",
            usage=Usage(),
            measured="none",
            cost_nusd=0,
            price=f"cache/{kind}",
            saved_nusd=worth_nusd,
            duration_ms=round((perf_counter() - begun) * 1000),
        )
        self.books.settle_later(Grant(claim=claim, amount_nusd=None), entry)

    def taken(self) -> dict[TallyKey, Counted]:
        """What was counted since the last time."""
        counted, self._counted = self._counted, {}
        return counted

    def put_back(self, counted: Mapping[TallyKey, Counted]) -> None:
        """Count again what could not be kept."""
        for key, more in counted.items():
            self._add(key, more)

    def _count(self, call: Call, kind: Kind, saved_nusd: int) -> None:
        self.metrics.calls.labels(kind).inc()
        self.metrics.saved.inc(saved_nusd / NUSD)
        self._add(TallyKey(call.scope.tenant_id, kind), Counted(1, saved_nusd))

    def _add(self, key: TallyKey, more: Counted) -> None:
        known = self._counted.get(key, Counted(0, 0))
        self._counted[key] = Counted(known.calls + more.calls, known.saved_nusd + more.saved_nusd)
