"""Any order of holds, settlements, releases, deaths, burials, midnights and new budgets, against a simple model."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.spend.desk import budget, claim, entry, ledger, someone

from chimera.bootstrap.parts.spend import till_of
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.spend.cashier.operations import Bury, Hold, Operation, Outcome, Release, Settle, Shelf
from chimera.spend.cashier.script import Sitting
from chimera.spend.cashier.steps import HoldLine
from chimera.spend.claims import Grant
from chimera.spend.errors import BudgetExhaustedError
from chimera.spend.reconciling import reconcile
from chimera.spend.repository import AllHolds
from chimera.store import Database, connect

START = datetime(2026, 11, 29, 12, tzinfo=UTC)
LIMITS = st.integers(0, 6_000)
COSTS = st.integers(0, 1_000)


@dataclass(slots=True)
class Made:
    """A budget as the model sees it: it counts what began on its days."""

    limit: int
    is_daily: bool
    created_at: datetime

    def counts(self, at: datetime, now: datetime) -> bool:
        if self.is_daily:
            return at.date() == now.date() >= self.created_at.date()
        return at >= self.created_at


@dataclass(slots=True)
class Model:
    """What is held and what was spent, since when."""

    held: dict[UUID, tuple[Grant, int, datetime]] = field(default_factory=dict[UUID, "tuple[Grant, int, datetime]"])
    spent: list[tuple[int, datetime]] = field(default_factory=list[tuple[int, datetime]])
    budgets: list[Made] = field(default_factory=list[Made])

    def left(self, now: datetime) -> int | None:
        """The least headroom of all budgets."""
        return min((made.limit - self._used(made, now) for made in self.budgets), default=None)

    def _used(self, made: Made, now: datetime) -> int:
        held = sum(amount for _, amount, at in self.held.values() if made.counts(at, now))
        return held + sum(cost for cost, at in self.spent if made.counts(at, now))


class Books(RuleBasedStateMachine):
    """One ledger on SQLite, driven a transaction at a time."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="chimera-model-")
        file = Path(self.folder) / "books.db"
        shutil.copy(self.template, file)
        self.loop = asyncio.new_event_loop()
        self.opened = connect(f"sqlite:///{file}")
        self.database: Database = self.loop.run_until_complete(self.opened.__aenter__())
        self.till = till_of(self.database)
        self.shelf, self.model, self.now = Shelf(), Model(), START
        self.cashier_id = new_id()
        self.scope: Scope = self.loop.run_until_complete(someone(self.database))

    def teardown(self) -> None:
        self.loop.run_until_complete(self.opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def do(self, *operations: Operation) -> list[Outcome]:
        sitting = Sitting(self.shelf, cashier_id=self.cashier_id, at=self.now, beat=True)
        return self.loop.run_until_complete(self.till.run(sitting.script(operations)))

    @initialize(limit=LIMITS)
    def begin(self, limit: int) -> None:
        self.make(limit, is_daily=True)

    @rule(limit=LIMITS, is_daily=st.booleans())
    @precondition(lambda self: not self.model.held and not self.model.spent)
    def make(self, limit: int, is_daily: bool) -> None:
        terms = {"period": "day" if is_daily else "total", "created_at": self.now}
        self.loop.run_until_complete(budget(self.database, self.scope, limit, **terms))
        self.model.budgets.append(Made(limit, is_daily, self.now))

    @rule(hours=st.integers(1, 20))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(asked=st.lists(st.tuples(st.integers(1, 2_000), st.integers(1, 2_000)), min_size=1, max_size=4))
    def hold(self, asked: list[tuple[int, int]]) -> None:
        claims = [claim(self.scope, max(pair), least_nusd=min(pair)) for pair in asked]
        for one, outcome in zip(claims, self.do(*map(Hold, claims)), strict=True):
            left = self.model.left(self.now)
            assert left is not None
            if left < one.least_nusd:
                assert isinstance(outcome, BudgetExhaustedError)
                continue
            assert isinstance(outcome, Grant)
            assert outcome.amount_nusd == min(one.worst_nusd, left)
            self.model.held[one.id] = (outcome, outcome.amount_nusd, self.now)

    @rule(data=st.data(), percent=st.integers(0, 100), times=st.integers(1, 2))
    @precondition(lambda self: self.model.held)
    def settle(self, data: st.DataObject, percent: int, times: int) -> None:
        chosen = data.draw(st.lists(st.sampled_from(list(self.model.held)), min_size=1, unique=True))
        operations: list[Operation] = []
        for one in chosen:
            grant, amount, at = self.model.held.pop(one)
            cost = amount * percent // 100
            operations += [Settle(grant, entry(cost))] * times
            self.model.spent.append((cost, at))
        self.do(*operations)

    @rule(data=st.data())
    @precondition(lambda self: self.model.held)
    def release(self, data: st.DataObject) -> None:
        grant, _, _ = self.model.held.pop(data.draw(st.sampled_from(list(self.model.held))))
        self.do(Release(grant.claim), Release(grant.claim))

    @rule(data=st.data(), cost=COSTS)
    @precondition(lambda self: self.model.held)
    def die_and_settle_after_all(self, data: st.DataObject, cost: int) -> None:
        """Believed dead, buried by two reapers, and yet alive, or not."""
        dead = data.draw(st.sampled_from(list(self.model.held)))
        grant, amount, at = self.model.held.pop(dead)
        line = self.loop.run_until_complete(self._line(dead))
        self.do(Bury(line), Bury(line))
        if data.draw(st.booleans()):
            self.do(Settle(grant, entry(cost)), Settle(grant, entry(cost)))
            amount = cost
        self.do(Bury(line))
        self.model.spent.append((amount, at))

    @invariant()
    def all_adds_up(self) -> None:
        found = self.loop.run_until_complete(reconcile(self.database))
        assert found.differences == []
        assert found.spent_nusd == sum(cost for cost, _ in self.model.spent)
        lines = self.loop.run_until_complete(ledger(self.database, self.scope))
        assert len({line.id for line in lines}) == len(lines)

    async def _line(self, id: UUID) -> HoldLine:
        async with self.database.system_reading() as tx:
            rows = list(await tx.scalars(AllHolds(tx).of(self.scope.tenant_id)))
        (row,) = (row for row in rows if row.id == id)
        return HoldLine(*(getattr(row, name) for name in HoldLine._fields))


@pytest.fixture
def template(sqlite_template: Path) -> Path:
    return sqlite_template


def test_whatever_happens_the_books_agree_with_a_simple_model(template: Path) -> None:
    Books.template = template
    chosen = settings(
        max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    machine = Books.TestCase()
    machine.settings = chosen
    machine.runTest()
