"""A trail for the tests: written into a real database, and verified from it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import make_url
from tests.postgres import PostgresServer

from chimera.audit.checkpoints import Checkpoint, Checkpointer, Notary
from chimera.audit.proving import Outside, prove
from chimera.audit.service import AuditTrail
from chimera.audit.verifying import Verdict
from chimera.audit.writing import ChainRecorder, NotedTrail, TrailMetrics
from chimera.bootstrap.access.audit import pen_of
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


class Superuser:
    """Owns the database: no grant, policy or trigger is in the way."""

    def __init__(self, url: str, server: PostgresServer | None) -> None:
        self.name = str(make_url(url).database)
        self.server = server

    async def execute(self, *statements: str) -> None:
        if self.server is not None:
            tables = ("audit_entries", "audit_checkpoints", "audit_cuts")
            off = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables]
            await self.server.execute(*off, *statements, database=self.name)
            return
        with closing(sqlite3.connect(self.name)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (trigger,) in triggers:
                connection.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()


class House:
    """What writes and reads trails, put together as the server does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.metrics = TrailMetrics(CollectorRegistry())
        self.recorder = ChainRecorder(metrics=self.metrics)
        self.notes = NotedTrail(pen=pen_of(database), metrics=self.metrics)
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


@pytest.fixture
def superuser(request: pytest.FixtureRequest, database_url: str) -> Superuser:
    is_postgres = database_url.startswith("postgres")
    return Superuser(database_url, request.getfixturevalue("postgres_server") if is_postgres else None)
