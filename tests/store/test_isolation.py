"""One tenant never sees another's rows: through repositories on both engines, and through raw SQL on PostgreSQL."""

import importlib
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from chimera.conversations.repository import KeptConversations, KeptTurns, SilentTurns
from chimera.conversations.tables import ConversationRow, TurnRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import (
    Database,
    ScopeMismatchError,
    SystemRepository,
    Table,
    TenantTable,
    UnsafeDatabaseRoleError,
)
from chimera.store.row_security import APPLICATION_ROLE
from chimera.tenancy.repository import AllTenants, Users
from chimera.tenancy.tables import TenantRow, UserRow
from tests.postgres import LOGIN, OWNER, SUPERUSER, PostgresServer
from tests.sealing import connect_with_keys

SOURCE = Path(__file__).parents[2] / "src"
for file in sorted(SOURCE.rglob("tables.py")):
    if file.parent.name != "store":
        importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))

# Tables of no tenant, which only system transactions may see. A new table must have a tenant or be added here.
OF_THE_SYSTEM = {
    "cashiers",
    "installation",
    "job_schedules",
    "mail_tokens",
    "passkeys",
    "people",
    "recovery_codes",
    "root_keys",
    "sign_in_attempts",
    "sign_in_steps",
    "signing_keys",
    "spent_tokens",
    "token_factors",
    "totp_secrets",
}


# Who looks across tenants in these, each for what cannot be found otherwise. All others are closed to it.
NEEDED_BY_THE_SYSTEM = {
    "api_keys": "a key tells whose it is",
    "audit_chains": "every chain is signed in rounds",
    "audit_checkpoints": "every chain is signed in rounds",
    "audit_entries": "what was noted in memory is written for all in one round",
    "batches": "which wait for somebody to work on them",
    "books": "of cashiers that died",
    "budget_alerts": "what is due to be told",
    "budget_windows": "of holds that died with their cashier, and whether the books agree with the ledger",
    "budgets": "which are near their limit",
    "cache_tallies": "counted in rounds, and cut when they are old",
    "cached_answers": "forgotten when their time is over",
    "conversation_shares": "a link tells what it shows; its words are closed",
    "content_resealings": "whose content a key has to seal anew is done by whichever replica looks",
    "conversation_rests": "whose conversations are due is looked for by one replica; ids and moments alone",
    "data_keys": "sealed again when the root key changes",
    "data_requests": "which wait for somebody to carry them out",
    "experiment_tallies": "counted in rounds, and cut when they are old",
    "files": "forgotten when their time is over",
    "group_members": "who signs in may do what their groups may",
    "groups": "who signs in may do what their groups may",
    "holds": "of cashiers that died",
    "idempotency_keys": "forgotten when their time is over",
    "identities": "an identity provider tells who somebody is",
    "identity_providers": "who signs in comes from one",
    "invitations": "a token tells where somebody is invited to",
    "jobs": "which are due",
    "ledger_entries": "added up in rounds, and whether the books agree with them",
    "provider_connections": "sealed again when the root key changes",
    "refresh_tokens": "a token tells whose it is",
    "responses": "whose replica died",
    "roles": "who signs in may do what their role may",
    "scim_tokens": "a token tells whose directory it is",
    "search_entries": "whose texts wait to be indexed is looked for by every replica; ids alone",
    "sessions": "a session tells whose it is",
    "tenant_secrets": "sealed again when the root key changes",
    "token_families": "a token tells whose it is",
    "token_issuers": "a token of somebody else's tells where it is good",
    "turns": "whose replica died",
    "usage_days": "added up in rounds",
    "usage_folds": "added up in rounds",
    "usage_meters": "which have something to tell",
    "users": "who signs in is one of them",
    "webhook_deliveries": "which are due",
    "webhook_events": "forgotten when they are old, and sent with what is due",
    "webhooks": "where to send what is due",
}


def someone() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())


async def keep_conversation(database: Database, scope: Scope, model: str = "secret plans") -> ConversationRow:
    async with database.transaction(scope) as tx:
        return await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id, model=model))


def name_in(url: str) -> str:
    return str(make_url(url).database)


async def raw(database: Database, scope: Scope | None, sql: str) -> list[tuple[object, ...]]:
    if scope is None:
        async with database.writer.begin() as connection:
            return [tuple(row) for row in (await connection.exec_driver_sql(sql)).all()]
    async with database.transaction(scope) as tx:
        return [tuple(row) for row in (await (await tx.connection()).exec_driver_sql(sql)).all()]


async def test_a_repository_for_another_tenant_than_the_transactions_cannot_be_built(database: Database) -> None:
    mine, yours = someone(), someone()
    async with database.transaction(mine) as tx:
        with pytest.raises(ScopeMismatchError):
            KeptConversations(tx, yours)


async def test_a_table_closed_to_the_system_cannot_be_asked_by_it(database: Database) -> None:
    class AllConversations(SystemRepository[ConversationRow]):
        table = ConversationRow

    async with database.system_transaction() as tx:
        with pytest.raises(ScopeMismatchError):
            AllConversations(tx)
        with pytest.raises(ScopeMismatchError):
            KeptConversations(tx, someone())


async def test_nothing_across_tenants_in_a_tenants_transaction(database: Database) -> None:
    async with database.transaction(someone()) as tx:
        with pytest.raises(ScopeMismatchError):
            SilentTurns(tx)


async def test_a_row_is_kept_under_the_caller_whatever_it_claims(database: Database) -> None:
    mine, yours = someone(), someone()
    async with database.transaction(mine) as tx:
        row = ConversationRow(owner_id=mine.actor_id, tenant_id=yours.tenant_id)
        assert (await KeptConversations(tx, mine).add(row)).tenant_id == mine.tenant_id


async def test_changing_and_removing_touch_only_ones_own(database: Database) -> None:
    mine, yours = someone(), someone()
    for scope in (mine, yours):
        await keep_conversation(database, scope)
    async with database.transaction(mine) as tx:
        kept = KeptConversations(tx, mine)
        assert await kept.run(kept.changing().values(model="changed")) == 1
        assert await kept.run(kept.removing()) == 1
    async with database.reading(yours) as tx:
        (row,) = await tx.scalars(KeptConversations(tx, yours).mine())
        assert row.model == "secret plans"


async def test_a_reference_cannot_cross_tenants(database: Database) -> None:
    mine, yours = someone(), someone()
    theirs = await keep_conversation(database, yours)
    with pytest.raises(DBAPIError):
        async with database.transaction(mine) as tx:
            await KeptTurns(tx, mine).add(
                TurnRow(
                    conversation_id=theirs.id,
                    owner_id=mine.actor_id,
                    user_message_id=new_id(),
                    message_id=new_id(),
                    status="running",
                    model="m",
                    replica="r",
                    heartbeat_at=theirs.created_at,
                )
            )


async def test_raw_sql_sees_only_the_transactions_tenant(postgres_url: str) -> None:
    mine, yours = someone(), someone()
    async with connect_with_keys(postgres_url) as database:
        await keep_conversation(database, mine, "mine")
        await keep_conversation(database, yours, "yours")
        assert await raw(database, mine, "SELECT model FROM conversations") == [("mine",)]
        assert await raw(database, mine, "UPDATE conversations SET model = 'x' RETURNING model") == [("x",)]
        assert await raw(database, mine, "DELETE FROM conversations RETURNING model") == [("x",)]
        assert await raw(database, yours, "SELECT model FROM conversations") == [("yours",)]


async def test_a_forgotten_scope_yields_nothing_and_no_error(postgres_url: str) -> None:
    mine = someone()
    async with connect_with_keys(postgres_url) as database:
        await keep_conversation(database, mine)
        for _ in range(12):  # connections used before, whose setting is '' by now, and new ones
            assert await raw(database, None, "SELECT * FROM conversations") == []
        async with database.system_transaction() as tx:
            rows = await (await tx.connection()).exec_driver_sql("SELECT * FROM conversations")
            assert rows.all() == []


async def test_a_row_for_another_tenant_cannot_be_written(postgres_url: str) -> None:
    async with connect_with_keys(postgres_url) as database:
        with pytest.raises(DBAPIError, match="row-level security"):
            async with database.transaction(someone()) as tx:
                tx.add(ConversationRow(tenant_id=new_id(), owner_id=new_id()))


async def test_the_tenant_ends_with_its_transaction(postgres_url: str) -> None:
    async with connect_with_keys(postgres_url) as database:
        async with database.transaction(someone()) as tx:
            connection = await tx.connection()
            inside = (await connection.exec_driver_sql("SELECT current_setting('chimera.tenant_id', true)")).scalar()
        assert inside
        after = await raw(database, None, "SELECT current_setting('chimera.tenant_id', true)")
        assert after in ([("",)], [(None,)])


async def test_the_application_acts_as_a_role_that_owns_nothing(postgres_url: str) -> None:
    async with connect_with_keys(postgres_url) as database:
        assert await raw(database, None, "SELECT current_user, session_user") == [(APPLICATION_ROLE, LOGIN)]
        owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        assert await raw(database, None, owned) == [(0,)]


@pytest.mark.parametrize("login", [SUPERUSER, OWNER])
async def test_even_a_superuser_or_the_owner_is_bound(
    postgres_server: PostgresServer, postgres_url: str, login: str
) -> None:
    async with connect_with_keys(postgres_server.url(name_in(postgres_url), login=login)) as database:
        await keep_conversation(database, someone())
        assert await raw(database, None, "SELECT * FROM conversations") == []


async def test_a_login_that_sees_through_policies_is_refused(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    login = f"seer_{new_id().hex[-8:]}"
    await postgres_server.execute(f"CREATE ROLE {login} LOGIN BYPASSRLS")
    async with connect_with_keys(postgres_server.url(name_in(postgres_url), login=login)) as database:
        with pytest.raises(UnsafeDatabaseRoleError):
            await database.schema_revision()


async def test_every_table_has_forced_policies_that_say_what_the_code_says(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    query = """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
               array(SELECT polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1),
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'),
               (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND c.relname <> 'alembic_version'
    """
    found = await postgres_server.fetch(query, database=name_in(postgres_url))
    admitting = {m.local_table.name: m.class_.system_access for m in Table.registry.mappers if is_tenants(m.class_)}
    assert {row[0] for row in found} >= set(admitting)
    for table, forced, policies, has_tenant, first_of_key in found:
        assert forced, f"{table} lacks FORCE ROW LEVEL SECURITY"
        if has_tenant:
            expected = ["system_access", "tenant_isolation"] if admitting[table] else ["tenant_isolation"]
            assert policies == expected, table
            assert first_of_key == "tenant_id", table
        elif table == "tenants":
            assert policies == ["system_access", "tenant_isolation"]
        else:
            assert table in OF_THE_SYSTEM, f"{table} has neither a tenant nor a reason"
            assert policies == ["system_access"]


async def test_no_view_or_function_sees_more_than_its_caller(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT
              coalesce(c.reloptions @> ARRAY['security_invoker=true'], false))
        UNION ALL
        SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prosecdef
    """
    assert await postgres_server.fetch(query, database=name_in(postgres_url)) == []


def is_tenants(table: type) -> bool:
    return issubclass(table, TenantTable)


async def test_the_tenant_itself_is_visible_only_to_itself(postgres_url: str) -> None:
    async with connect_with_keys(postgres_url) as database:
        async with database.system_transaction() as tx:
            tenants = [await AllTenants(tx).add(TenantRow(name=name)) for name in ("one", "two")]
        scope = Scope(tenant_id=tenants[0].id, actor_id=new_id(), permissions=frozenset())
        assert await raw(database, scope, "SELECT name FROM tenants") == [("one",)]


async def test_people_of_another_tenant_do_not_exist(database: Database) -> None:
    async with database.system_transaction() as tx:
        tenants = [await AllTenants(tx).add(TenantRow(name=name)) for name in ("one", "two")]
    one, two = (Scope(tenant_id=t.id, actor_id=new_id(), permissions=frozenset()) for t in tenants)
    async with database.transaction(one) as tx:
        ada = await Users(tx, one).add(UserRow(email="ada@example.org", name="Ada", role="member"))
    async with database.transaction(two) as tx:
        assert await Users(tx, two).get(ada.id) is None
        assert await Users(tx, two).count() == 0
        assert not await Users(tx, two).delete(ada.id)


def test_only_those_tables_are_open_to_the_system_that_it_needs() -> None:
    admitting = {m.local_table.name for m in Table.registry.mappers if is_tenants(m.class_) and m.class_.system_access}
    assert admitting == set(NEEDED_BY_THE_SYSTEM)
