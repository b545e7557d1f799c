"""A trail for the tests: written into a real database, and verified from it."""

from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry

from chimera.audit.checkpoints import Checkpoint, Checkpointer, Notary
from chimera.audit.proving import Outside, prove
from chimera.audit.service import AuditTrail
from chimera.audit.verifying import Verdict
from chimera.audit.writing import ChainRecorder, NotedTrail, TrailMetrics
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Unwritten
from chimera.store import Database

ROOT = bytes(range(32))


class KeptCheckpoints:
    """A sink in memory: out of the database's reach, as a file elsewhere is."""

    def __init__(self) -> None:
        self.kept: list[Checkpoint] = []

    async def keep(self, checkpoint: Checkpoint) -> None:
        self.kept.append(checkpoint)


class House:
    """What writes and reads trails, put together as the server does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.metrics = TrailMetrics(CollectorRegistry())
        self.recorder = ChainRecorder(metrics=self.metrics)
        self.notes = NotedTrail(database=database, metrics=self.metrics)
        self.notary = Notary(root=ROOT)
        self.outside = KeptCheckpoints()
        self.checkpointer = Checkpointer(database=database, notary=self.notary, sinks=[self.outside])
        self.trail = AuditTrail(database=database, notary=self.notary, trail=Unwritten())

    async def record(self, scope: Scope, *names: str) -> None:
        """Each in a transaction of its own."""
        for name in names:
            async with self.database.transaction(scope) as tx:
                await self.recorder.record(tx, scope, Act(name=name, target_kind="thing", target_id=name))

    async def verified(self, scope: Scope, *, outside: Sequence[Checkpoint] = ()) -> Verdict:
        given = Outside(checkpoints=outside, keys=[self.notary.public_key])
        (verdict,) = await prove(self.database, given, scope.tenant_id)
        return verdict


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
def scope() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
