"""One transaction of the books: settlements, then holds, in the order in which they came. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast
from uuid import UUID, uuid5

from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.spend.budgets import Amount, Budget, Who, Window
from chimera.spend.cashier.adjusting import adjustment, amount_of, line_of, line_who, sum_of
from chimera.spend.cashier.operations import (
    Adjust,
    Bury,
    Hold,
    Operation,
    Outcome,
    Release,
    Return,
    Settle,
    Shelf,
    hold_of,
    tenant_of,
)
from chimera.spend.cashier.refusals import exhausted, unpriced
from chimera.spend.cashier.steps import (
    Count,
    EntryLine,
    FindEntries,
    Lock,
    ReadBudgets,
    Script,
    Take,
    Write,
    entry_line,
    hold_line,
    lost_line,
    who_of,
)
from chimera.spend.claims import Claim, Grant
from chimera.spend.errors import EntryNotFoundError

Key: TypeAlias = tuple[UUID, Window]
Binding: TypeAlias = tuple[Budget, Key]
_Call: TypeAlias = tuple[UUID, UUID]
NOTHING = Amount()


class Sitting:
    """One transaction in the making: once only.

    Attributes:
        is_written: Whether all of it was said to the database; it may be committed from then on.
    """

    def __init__(self, shelf: Shelf, *, cashier_id: UUID, at: datetime, beat: bool) -> None:
        """Prepare a transaction.

        Args:
            shelf: The budgets known so far.
            cashier_id: Whose it is.
            at: Its moment: what it holds belongs to the windows of this moment.
            beat: Whether to note that the cashier lives.
        """
        self.shelf = shelf
        self.cashier_id = cashier_id
        self.at = at
        self.is_written = False
        self._write = Write(at=at, cashier_id=cashier_id if beat else None)
        self._changes: dict[Key, list[int]] = {}
        self._lines: dict[_Call, list[EntryLine]] = {}
        self._known: set[_Call] = set()

    def script(self, operations: Sequence[Operation]) -> Script[list[Outcome]]:
        """Carry the operations out; give what came of each, in their order."""
        yield from self._lock(operations)
        outcomes: list[Outcome] = [None] * len(operations)
        yield from self._give_back([o for o in operations if isinstance(o, Settle | Bury | Release)])
        for number, operation in enumerate(operations):
            if isinstance(operation, Adjust):
                outcomes[number] = yield from self._adjust(operation)
        holds = [(number, o.claim) for number, o in enumerate(operations) if isinstance(o, Hold)]
        granted = yield from self._hold([claim for _, claim in holds])
        for (number, _), outcome in zip(holds, granted, strict=True):
            outcomes[number] = outcome
        self._write.changes = {
            key: (settled, held) for key, (settled, held) in self._changes.items() if settled or held
        }
        yield self._write
        self.is_written = True
        return outcomes

    def _lock(self, operations: Sequence[Operation]) -> Script[None]:
        tenants = sorted({tenant_of(operation) for operation in operations})
        if not tenants:
            return
        rows = yield Lock(tenants, self.at)
        stale = self.shelf.stale(
            [(tenant, cast("int", row[0])) for tenant, row in zip(tenants, rows, strict=True) if row]
        )
        if not stale:
            return
        found: dict[UUID, list[Budget]] = {tenant: [] for tenant, _ in stale}
        for row in (yield ReadBudgets(list(found))):
            assert row is not None, "every row is a budget"
            found[row[0]].append(_budget(row[1:]))
        for tenant, version in stale:
            self.shelf.put(tenant, version, tuple(found[tenant]))

    def _give_back(self, operations: Sequence[Return]) -> Script[None]:
        if not operations:
            return
        taken = yield Take([hold_of(operation) for operation in operations])
        pairs = list(zip(operations, taken, strict=True))
        # What has no hold any more, or never had one, may have its entry already.
        yield from self._look_up([_call_of(one) for one, row in pairs if isinstance(one, Settle) and row is None])
        for operation, row in pairs:
            back = Amount(-row[1], -row[2], -1) if row else NOTHING
            line = self._returned(operation, row[0] if row else None)
            if line:
                self._enter(line, held=back)
            elif row:
                self._count(self._counting(_who(operation), row[0]), held=back)

    def _returned(self, operation: Return, held_at: datetime | None) -> EntryLine | None:
        """The entry to be written, if any."""
        match operation:
            case Release():
                return None
            case Bury(hold):
                return lost_line(hold, self.at) if held_at else None
            case Settle(grant, entry):
                if held_at is None and not self._is_new(operation):
                    return None
                return entry_line(grant.claim, entry, held_at or grant.held_at or self.at, self.at)

    def _is_new(self, operation: Settle) -> bool:
        """Whether an attempt without a hold has no entry yet. One of a process believed dead is put right."""
        claim = operation.grant.claim
        lines = self._lines.get(_call_of(operation), [])
        kept = next((line for line in lines if line.id == claim.id), None)
        if kept is None:
            return True
        late = uuid5(claim.id, "late")
        if kept.outcome == "lost" and not any(line.id == late for line in lines):
            true = entry_line(claim, operation.entry, kept.held_at, self.at)
            self._enter(adjustment(kept, sum_of(lines, claim.id), true, id=late))
        return False

    def _adjust(self, operation: Adjust) -> Script[Outcome]:
        call = (operation.tenant_id, operation.call_id)
        yield from self._look_up([call])
        lines = self._lines.get(call, [])
        kept = next((line for line in lines if line.id == operation.entry_id and line.adjusts is None), None)
        if kept is None:
            return EntryNotFoundError("There is no such entry in the ledger.")
        before = sum_of(lines, kept.id)
        true = kept._replace(
            created_at=self.at,
            cost_nusd=operation.cost_nusd,
            tokens=before.tokens,
            requests=before.requests,
            saved_nusd=0,
        )
        self._enter(adjustment(kept, before, true, id=new_id()))
        return None

    def _look_up(self, calls: Iterable[_Call]) -> Script[None]:
        """Know the entries of some calls."""
        new = list(dict.fromkeys(calls).keys() - self._known)
        if new:
            self._known.update(new)
            for row in (yield FindEntries(new)):
                assert row is not None, "every row is an entry"
                self._remember(line_of(row))

    def _remember(self, line: EntryLine) -> None:
        self._lines.setdefault((line.tenant_id, line.call_id), []).append(line)

    def _enter(self, line: EntryLine, *, held: Amount = NOTHING) -> None:
        self._write.entries.append(line)
        self._remember(line)
        self._count(self._counting(line_who(line), line.held_at), settled=amount_of(line), held=held)

    def _count(self, counting: Sequence[Binding], *, settled: Amount = NOTHING, held: Amount = NOTHING) -> None:
        for budget, key in counting:
            change = self._changes.setdefault(key, [0, 0])
            change[0] += settled.of(budget.unit)
            change[1] += held.of(budget.unit)

    def _counting(self, who: Who, at: datetime) -> Sequence[Binding]:
        """The budgets that count what began at a moment, and in which window."""
        tenant = who.tenant_id
        return [(budget, (tenant, window)) for budget in self.shelf.of(tenant) for window in budget.windows(who, at)]

    def _hold(self, claims: Sequence[Claim]) -> Script[list[Outcome]]:
        countings = [self._counting(who_of(claim), self.at) for claim in claims]
        keys = list(dict.fromkeys(key for counting in countings for budget, key in counting if _binds(budget)))
        rows = (yield Count(keys)) if keys else ()
        spent = {key: cast("int", row[0] + row[1]) for key, row in zip(keys, rows, strict=True) if row}
        return [self._decide(claim, counting, spent) for claim, counting in zip(claims, countings, strict=True)]

    def _decide(self, claim: Claim, counting: Sequence[Binding], spent: Mapping[Key, int]) -> Outcome:
        """Grant the least of what is left in the budgets that bind, or refuse."""
        bindings = [(budget, key) for budget, key in counting if _binds(budget)]
        most = {"usd": claim.worst_nusd, "tokens": claim.worst_tokens, "requests": 1}
        for budget, key in bindings:
            before = spent.get(key, 0) + sum(self._changes.get(key, ()))
            refusal, left = _left(claim, budget, key[1], before, self.at)
            if refusal:
                return refusal
            most[budget.unit] = min(most[budget.unit], left)
        line = hold_line(claim, self.cashier_id, self.at, most["usd"], most["tokens"])
        self._write.holds.append(line)
        self._count(counting, held=Amount(line.cost_nusd, line.tokens, 1))
        units = {budget.unit for budget, _ in bindings}
        return Grant(
            claim=claim,
            amount_nusd=line.cost_nusd if "usd" in units and not claim.free else None,
            amount_tokens=line.tokens if "tokens" in units else None,
            held_at=self.at,
        )


def _binds(budget: Budget) -> bool:
    return budget.hard and budget.enabled


def _who(operation: Return) -> Who:
    match operation:
        case Settle(grant, _):
            return who_of(grant.claim)
        case Release(claim):
            return who_of(claim)
        case Bury(line):
            return line_who(line)


def _call_of(operation: Settle) -> _Call:
    claim = operation.grant.claim
    return claim.scope.tenant_id, claim.call_id


def _left(claim: Claim, budget: Budget, window: Window, spent: int, now: datetime) -> tuple[AppError | None, int]:
    """What is left for a claim in a budget, or why that is too little."""
    match budget.unit:
        case "usd":
            if claim.free:
                return None, claim.worst_nusd
            if claim.unpriced:
                return unpriced(budget, window, claim.asked_model), 0
            worst, least = claim.worst_nusd, claim.least_nusd
        case "tokens":
            worst, least = claim.worst_tokens, claim.worst_tokens if claim.least_tokens is None else claim.least_tokens
        case "requests":
            worst = least = 1
    left = budget.limit - spent
    # What costs nothing may go on; what costs anything needs at least something.
    needed = max(least, min(worst, 1))
    refused = exhausted(budget, window, left=left, needed=needed, now=now) if needed > max(left, 0) else None
    return refused, max(left, 0)


def _budget(row: Sequence[object]) -> Budget:
    names = ("id", "name", "kind", "subject", "period", "unit", "limit", "hard", "enabled", "created_at")
    return Budget(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # columns of the types of the fields
