"""The migrations make exactly the tables that the code declares, up and down, one process at a time."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec import convert
from sqlalchemy import Connection, inspect

import chimera.adapters.factor_memories.database.tables
import chimera.adapters.response_caches.database.tables
import chimera.adapters.route_memories.database.tables
import chimera.adapters.tally_memories.database.tables
import chimera.audit.tables
import chimera.batches.tables
import chimera.conversations.interchange.tables
import chimera.conversations.keeping.tables
import chimera.conversations.lifecycle.tables
import chimera.conversations.remembering.tables
import chimera.conversations.search.tables
import chimera.conversations.shares.tables
import chimera.conversations.tables
import chimera.encryption.tables
import chimera.idempotency.tables
import chimera.jobs.tables
import chimera.policies.tables
import chimera.privacy.tables
import chimera.prompts.tables
import chimera.responses.tables
import chimera.spend.alerts.tables
import chimera.spend.analytics.tables
import chimera.spend.tables
import chimera.tenancy.factors.tables
import chimera.tenancy.keys.tables
import chimera.tenancy.mailing.tables
import chimera.tenancy.scim.tables
import chimera.tenancy.sessions.tables
import chimera.tenancy.sso.tables
import chimera.tenancy.tables
import chimera.tenancy.tokens.tables
import chimera.webhooks.tables
from chimera.conversations.remembering.noting import KIND, Noted, lane_of
from chimera.jobs.repository import KeptJobs
from chimera.kit.scope import Scope
from chimera.store import Database, SchemaMismatchError, Table, connect
from chimera.store.migrate import BASE, migrate, plan
from chimera.store.schema import check_schema, known_migrations, known_revisions
from chimera.tenancy.repository import AllPeople, AllUsers

DECLARED = {table.name for table in Table.metadata.sorted_tables}
assert chimera.adapters.factor_memories.database.tables
assert chimera.adapters.response_caches.database.tables
assert chimera.adapters.route_memories.database.tables
assert chimera.adapters.tally_memories.database.tables
assert chimera.batches.tables
assert chimera.conversations.interchange.tables
assert chimera.conversations.search.tables
assert chimera.conversations.remembering.tables
assert chimera.conversations.keeping.tables
assert chimera.conversations.lifecycle.tables
assert chimera.conversations.shares.tables
assert chimera.conversations.tables
assert chimera.idempotency.tables
assert chimera.jobs.tables
assert chimera.policies.tables
assert chimera.prompts.tables
assert chimera.responses.tables
assert chimera.spend.alerts.tables
assert chimera.spend.analytics.tables
assert chimera.spend.tables
assert chimera.tenancy.factors.tables
assert chimera.tenancy.keys.tables
assert chimera.tenancy.mailing.tables
assert chimera.tenancy.sessions.tables
assert chimera.tenancy.tables
assert chimera.encryption.tables
assert chimera.audit.tables
assert chimera.privacy.tables
assert chimera.tenancy.sso.tables
assert chimera.tenancy.scim.tables
assert chimera.tenancy.tokens.tables
assert chimera.webhooks.tables


async def tables_in(url: str) -> set[str]:
    async with connect(url) as database, database.reader.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return set(names) - {"alembic_version"}


async def test_up_down_and_up_again(unmigrated_url: str) -> None:
    first = await migrate(unmigrated_url)
    assert (first.current, first.target, first.steps) == (None, known_revisions()[-1], known_migrations())
    assert await tables_in(unmigrated_url) >= DECLARED
    down = await migrate(unmigrated_url, to=BASE)
    assert down.steps == known_migrations()[::-1]
    assert await tables_in(unmigrated_url) == set()
    await migrate(unmigrated_url)
    assert await tables_in(unmigrated_url) >= DECLARED


async def test_each_single_step_can_be_taken_back(unmigrated_url: str) -> None:
    for revision in known_revisions():
        await migrate(unmigrated_url, to=revision)
    for revision in [*reversed(known_revisions()[:-1]), BASE]:
        assert len((await migrate(unmigrated_url, to=revision)).steps) == 1
    assert await tables_in(unmigrated_url) == set()


async def test_the_migrations_make_what_the_code_declares(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Table.metadata))

    async with database.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_two_migrating_at_once_run_each_step_once(unmigrated_url: str) -> None:
    done = await asyncio.gather(*(migrate(unmigrated_url) for _ in range(3)))
    assert sorted(len(migration.steps) for migration in done) == [0, 0, len(known_migrations())]


async def test_a_dry_run_prints_sql_and_changes_nothing(unmigrated_url: str) -> None:
    intended = await plan(unmigrated_url)
    assert intended.steps == known_migrations()
    assert "CREATE TABLE users" in intended.sql
    with pytest.raises(SchemaMismatchError):
        async with connect(unmigrated_url) as database:
            await check_schema(database)
    await migrate(unmigrated_url)
    assert (await plan(unmigrated_url)).steps == ()
    assert "DROP TABLE users" in (await plan(unmigrated_url, to=BASE)).sql


async def test_a_migration_that_fails_leaves_nothing(unmigrated_url: str) -> None:
    await migrate(unmigrated_url, to="0001")
    before = await tables_in(unmigrated_url)
    with pytest.raises(SchemaMismatchError):
        await migrate(unmigrated_url, to="9999")
    assert await tables_in(unmigrated_url) == before


async def test_a_current_schema_is_accepted(database: Database) -> None:
    await check_schema(database)


async def test_an_empty_schema_is_refused(unmigrated_url: str) -> None:
    with pytest.raises(SchemaMismatchError, match=r"chimera (serve --)?migrate"):
        async with connect(unmigrated_url) as database:
            await check_schema(database)


async def test_a_mistyped_folder_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatchError, match=str(tmp_path / "typo")):
        async with connect(f"sqlite:///{tmp_path}/typo/chimera.db"):
            pass
    assert not (tmp_path / "typo").exists()


async def test_a_schema_from_the_future_is_refused(unmigrated_url: str) -> None:
    await migrate(unmigrated_url)
    async with connect(unmigrated_url) as database:
        async with database.writer.begin() as connection:
            await connection.exec_driver_sql("RESET ROLE" if database.dialect == "postgresql" else "SELECT 1")
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(SchemaMismatchError, match="9999"):
            await check_schema(database)


def test_every_migration_follows_the_one_before_and_is_named_by_its_revision() -> None:
    assert known_revisions() == tuple(f"{number:04}" for number in range(1, len(known_revisions()) + 1))


async def test_users_of_before_are_people_afterwards(unmigrated_url: str) -> None:
    tenant, user = uuid.UUID(int=1), uuid.UUID(int=2)
    await migrate(unmigrated_url, to="0014")
    async with connect(unmigrated_url) as database, database.system_transaction() as tx:
        connection = await tx.connection()
        own, mine = (str(one) if database.dialect == "postgresql" else one.hex for one in (tenant, user))
        moment = "2026-11-20 12:00:00"
        await connection.exec_driver_sql(
            f"INSERT INTO tenants (id, created_at, name) VALUES ('{own}', '{moment}', 'a')"
        )
        await connection.exec_driver_sql(
            "INSERT INTO users (tenant_id, id, created_at, email, name, role, password_hash) "
            f"VALUES ('{own}', '{mine}', '{moment}', 'ada@example.org', 'Ada', 'owner', 'hash')"
        )
    await migrate(unmigrated_url)
    async with connect(unmigrated_url) as database, database.system_reading() as tx:
        person = await AllPeople(tx).by_email("ada@example.org")
        assert person is not None
        (kept,) = await AllUsers(tx).of_person(person.id)
    assert (person.password_hash, kept.id, kept.kind, kept.operator) == ("hash", user, "person", True)
    await migrate(unmigrated_url, to="0014")
    async with connect(unmigrated_url) as database, database.system_reading() as tx:
        found = await (await tx.connection()).exec_driver_sql("SELECT email, password_hash FROM users")
        assert [tuple(row) for row in found] == [("ada@example.org", "hash")]


async def test_what_memory_had_to_look_at_waits_among_the_jobs_and_back(unmigrated_url: str) -> None:
    tenant, told_in, waits, done, gone = (uuid.UUID(int=(0xABCDEF << 100) + number) for number in range(5))
    ada = Scope(tenant_id=tenant, actor_id=uuid.UUID(int=7), permissions=frozenset())
    moment = "2026-11-20 12:00:00.000000"
    await migrate(unmigrated_url, to="0036")
    async with connect(unmigrated_url) as database, database.transaction(ada) as tx:
        connection = await tx.connection()
        own, of, *messages = (_as_kept(database, one) for one in (tenant, told_in, waits, done, gone))
        await connection.exec_driver_sql(
            "INSERT INTO conversations (tenant_id, id, created_at, owner_id, updated_at, title)"
            f" VALUES ('{own}', '{of}', '{moment}', '{own}', '{moment}', '')"
        )
        for message, due_at in zip(messages, (f"'{moment}'", "NULL", f"'{moment}'"), strict=True):
            await connection.exec_driver_sql(
                "INSERT INTO messages (tenant_id, id, created_at, conversation_id, turn_id, role, status, parts)"
                f" VALUES ('{own}', '{message}', '{moment}', '{of}', '{message}', 'user', 'completed', '')"
            )
            await connection.exec_driver_sql(
                "INSERT INTO memory_tasks (tenant_id, message_id, created_at, owner_id, conversation_id, key_id,"
                f" permissions, due_at, fence) VALUES ('{own}', '{message}', '{moment}', '{own}', '{of}', NULL,"
                f" '[\"chat\"]', {due_at}, 1)"
            )
    await migrate(unmigrated_url, to="0037")
    async with connect(unmigrated_url) as database, database.transaction(ada) as tx:
        jobs = {row.id: row for row in await tx.scalars(KeptJobs(tx, ada).mine())}
        assert set(jobs) == {waits, gone}
        assert (jobs[waits].kind, jobs[waits].lane, jobs[waits].owner_id) == (KIND, lane_of(told_in), tenant)
        assert convert(jobs[waits].payload, Noted) == Noted(
            message_id=waits,
            conversation_id=told_in,
            key_id=None,
            permissions=frozenset({"chat"}),
            said_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        )
        connection = await tx.connection()
        await connection.exec_driver_sql(f"DELETE FROM messages WHERE id = '{_as_kept(database, gone)}'")
    await migrate(unmigrated_url, to="0036")
    async with connect(unmigrated_url) as database, database.transaction(ada) as tx:
        connection = await tx.connection()
        columns = "message_id, owner_id, conversation_id, key_id, permissions, created_at = due_at"
        (kept,) = await connection.exec_driver_sql(f"SELECT {columns} FROM memory_tasks")
        assert [str(value).replace("-", "") for value in kept[:4]] == [waits.hex, tenant.hex, told_in.hex, "None"]
        assert (kept[4] in (["chat"], '["chat"]'), bool(kept[5])) == (True, True)
        (left,) = await connection.exec_driver_sql("SELECT count(*) FROM jobs")
        assert left == (0,)


def _as_kept(database: Database, id: uuid.UUID) -> str:
    return str(id) if database.dialect == "postgresql" else id.hex
