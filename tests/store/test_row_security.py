"""The harness around PostgreSQL's row-level security: under load, after load, and when somebody takes a part away."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from chimera.bootstrap.access.guards import check_all_guards
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, RowSecurityError, Table, TenantTable, UnsafeDatabaseRoleError, connect
from chimera.store.migrate import migrate
from chimera.store.row_security import APPLICATION_ROLE, SYSTEM_SETTING, TENANT_SETTING
from tests.bootstrap.terminal import typed
from tests.fakes.server import FakeUpstream
from tests.postgres import PostgresServer
from tests.serving import Running, provider_environment, running
from tests.surfaces.isolation.belongings import bring
from tests.surfaces.people import stranger_to

SETTINGS = f"SELECT current_setting('{TENANT_SETTING}', true), current_setting('{SYSTEM_SETTING}', true)"
# More than the pool keeps, so that its spare connections are among them.
CONNECTIONS = 12
# What is unique over all tenants, and why that tells nobody anything.
UNIQUE_OVER_ALL = {
    "api_keys.secret_hash": "a hash of 256 random bits",
    "conversation_shares.token_hash": "a hash of 256 random bits",
    "sessions.token_hash": "a hash of 256 random bits",
    "invitations.token_hash": "a hash of 256 random bits",
    "refresh_tokens.token_hash": "a hash of 256 random bits",
    "scim_tokens.token_hash": "a hash of 256 random bits",
    "token_issuers.issuer,audience": "a token must name one organisation; taken by another is told as a conflict",
}


def name_in(url: str) -> str:
    return str(make_url(url).database)


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncGenerator[Running]:
    async with (
        FakeUpstream(keys={"good-key"}) as upstream,
        running(url, provider_environment(upstream), {"data_dir": folder}) as chimera,
    ):
        yield chimera


async def refused_by(url: str) -> str:
    async with connect(url) as database:
        with pytest.raises(RowSecurityError) as refused:
            await check_all_guards(database)
    return refused.value.message


async def test_after_mixed_requests_no_connection_shows_a_row_to_whoever_names_no_tenant(
    postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    async with serving(postgres_url, tmp_path) as chimera:
        headers = {"Authorization": f"Bearer {await stranger_to(chimera)}"}
        async with (
            httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as mine,
            httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as theirs,
        ):
            had = await bring(mine)
            await asyncio.gather(*(one.get("/api/v1/conversations") for one in (mine, theirs) * CONNECTIONS))
            for path in ("/api/v1/conversations/{conversation_id}", "/api/v1/turns/{turn_id}", "/v1/files/{file_id}"):
                assert (await mine.get(had.address(path))).is_success
                assert (await theirs.get(had.address(path))).status_code == 404
        kept = await postgres_server.fetch(ALL_TABLES, database=name_in(postgres_url))
        async with every_connection(chimera.house.database) as connections:
            assert len(connections) == CONNECTIONS
            for connection in connections:
                for (table,) in kept:
                    assert (await connection.exec_driver_sql(f"SELECT * FROM {table} LIMIT 1")).all() == [], table
        seen = {table: await how_many(postgres_server, postgres_url, table) for (table,) in kept}
        assert sum(count > 0 for count in seen.values()) >= 20, seen


ALL_TABLES = """
SELECT relname::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname <> 'alembic_version'
"""


async def how_many(server: PostgresServer, url: str, table: str) -> int:
    ((count,),) = await server.fetch(f"SELECT count(*) FROM {table}", database=name_in(url))
    return int(count)


@asynccontextmanager
async def every_connection(database: Database) -> AsyncGenerator[list[AsyncConnection]]:
    """Many connections of the server's own pool, all at once, each in a transaction that names no tenant."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(database.writer.connect()) for _ in range(CONNECTIONS)]


async def test_what_a_transaction_said_is_gone_however_it_ended(postgres_url: str) -> None:
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    async with connect(postgres_url) as database:

        async def committed() -> None:
            async with database.transaction(scope):
                pass

        async def read() -> None:
            async with database.reading(scope):
                pass

        async def rolled_back() -> None:
            with suppress(ZeroDivisionError):
                async with database.transaction(scope):
                    raise ZeroDivisionError

        async def failed() -> None:
            with suppress(DBAPIError):
                async with database.transaction(scope) as tx:
                    await (await tx.connection()).exec_driver_sql("SELECT 1/0")

        async def cancelled() -> None:
            async def hang() -> None:
                async with database.transaction(scope) as tx:
                    await (await tx.connection()).exec_driver_sql("SELECT pg_sleep(20)")

            task = asyncio.create_task(hang())
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        async def of_the_system() -> None:
            async with database.system_transaction():
                pass

        for end in (committed, read, rolled_back, failed, cancelled, of_the_system):
            await asyncio.create_task(end())
            async with database.writer.connect() as connection:
                said = (await connection.exec_driver_sql(SETTINGS)).one()
            assert set(said) <= {"", None}, end.__name__


async def test_the_guards_of_a_migrated_database_stand(postgres_url: str) -> None:
    async with connect(postgres_url) as database:
        await check_all_guards(database)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DROP POLICY tenant_isolation ON conversations", "conversations lacks the policy tenant_isolation"),
        ("DROP POLICY system_access ON api_keys", "api_keys lacks the policy system_access"),
        ("ALTER TABLE messages NO FORCE ROW LEVEL SECURITY", "messages has no FORCE ROW LEVEL SECURITY"),
        ("ALTER TABLE messages DISABLE ROW LEVEL SECURITY", "messages has no FORCE ROW LEVEL SECURITY"),
        ("CREATE POLICY all_of_it ON users USING (true)", "users has the policy all_of_it, which is none of ours"),
        (
            "CREATE POLICY system_access ON conversations USING (current_setting('chimera.system', true) = 'on')",
            "conversations has the policy system_access, which is none of ours",
        ),
        (
            "ALTER POLICY tenant_isolation ON files USING (true) WITH CHECK (true)",
            "the policy tenant_isolation of files says something else",
        ),
        (
            "ALTER POLICY tenant_isolation ON files WITH CHECK (true)",
            "the policy tenant_isolation of files says something else",
        ),
        (
            "ALTER POLICY tenant_isolation ON tenants TO postgres",
            "the policy tenant_isolation of tenants says something else",
        ),
    ],
)
async def test_whoever_takes_a_part_of_it_away_is_found_out(
    postgres_server: PostgresServer, postgres_url: str, change: str, told: str
) -> None:
    await postgres_server.execute(change, database=name_in(postgres_url))
    assert told in await refused_by(postgres_url)


async def test_a_server_does_not_start_without_one_of_its_policies_and_the_doctor_says_why(
    postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    await postgres_server.execute("DROP POLICY tenant_isolation ON conversations", database=name_in(postgres_url))
    with pytest.raises(RowSecurityError):
        async with serving(postgres_url, tmp_path):
            pass
    env = {"CHIMERA_DATABASE_URL": postgres_url, "CHIMERA_DATA_DIR": str(tmp_path), "CHIMERA_LOCAL_MODEL": "off"}
    ended = await typed("doctor", "--json", env=env)
    (found,) = [one for one in ended.json["checks"] if one["name"] == "database"]
    assert (found["level"], found["status"], ended.code) == ("fault", "row_security_broken", 1)
    assert "conversations" in found["detail"]


async def test_an_owner_that_may_not_become_the_role_is_refused_until_it_may(
    postgres_server: PostgresServer, unmigrated_postgres: str
) -> None:
    owner = f"owner_{unmigrated_postgres[-8:]}"
    await postgres_server.execute(
        f"CREATE ROLE {owner} LOGIN NOSUPERUSER NOCREATEROLE", f"ALTER DATABASE {unmigrated_postgres} OWNER TO {owner}"
    )
    url = postgres_server.url(unmigrated_postgres, login=owner)
    await migrate(url)
    async with connect(url) as database:
        with pytest.raises(UnsafeDatabaseRoleError, match="owns the tables"):
            await database.schema_revision()
        await postgres_server.execute(f"GRANT {APPLICATION_ROLE} TO {owner}")
        await check_all_guards(database)
        async with database.writer.connect() as connection:
            assert (await connection.exec_driver_sql("SELECT current_user")).scalar() == APPLICATION_ROLE


async def test_a_role_that_was_given_more_than_it_needs_is_refused(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name = name_in(postgres_url)
    owner = f"ALTER TABLE conversations OWNER TO {APPLICATION_ROLE}"
    await postgres_server.execute(owner, database=name)
    async with connect(postgres_url) as database:
        with pytest.raises(UnsafeDatabaseRoleError, match="owns the tables"):
            await database.schema_revision()


async def test_keys_and_references_of_tables_of_tenants_hold_the_tenant(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    query = """
        SELECT c.relname::text, array(
            SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY place)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
    """
    tenants = {m.local_table.name for m in Table.registry.mappers if issubclass(m.class_, TenantTable)}
    unique = await postgres_server.fetch(query, database=name_in(postgres_url))
    loose = {
        f"{table}.{','.join(columns)}" for table, columns in unique if table in tenants and "tenant_id" not in columns
    }
    assert loose == set(UNIQUE_OVER_ALL)
    references = """
        SELECT c.relname::text, r.relname::text, array(
            SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey))
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
        WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
    """
    for table, other, columns in await postgres_server.fetch(references, database=name_in(postgres_url)):
        if table in tenants and other in tenants:
            assert "tenant_id" in columns, f"{table} refers to {other} without the tenant"
