"""Transactions: all or nothing, many writers at once, cancelled ones, and databases that are not there."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, StatementError

from chimera.conversations.repository import KeptConversations
from chimera.conversations.tables import ConversationRow
from chimera.kit.errors import InvalidRequestError, Kind
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError, DatabaseUrlError
from chimera.store.engines import database_url as parsed
from chimera.store.migrate import migrate
from chimera.store.paging import decode_cursor, encode_cursor
from tests.postgres import PostgresServer
from tests.sealing import connect_with_keys


@pytest.fixture
def scope() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())


async def keep(database: Database, scope: Scope, **values: object) -> ConversationRow:
    async with database.transaction(scope) as tx:
        return await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id, **values))


async def count(database: Database, scope: Scope) -> int:
    async with database.reading(scope) as tx:
        return await KeptConversations(tx, scope).count()


async def test_an_exception_takes_everything_back(database: Database, scope: Scope) -> None:
    async def fail_half_way() -> None:
        async with database.transaction(scope) as tx:
            await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id))
            raise LookupError

    with pytest.raises(LookupError):
        await fail_half_way()
    assert await count(database, scope) == 0


async def test_many_writers_at_once_all_succeed(database: Database, scope: Scope) -> None:
    async def read_then_write(number: int) -> None:
        async with database.transaction(scope) as tx:
            kept = KeptConversations(tx, scope)
            await kept.count()
            await kept.add(ConversationRow(owner_id=scope.actor_id, title=str(number)))

    await asyncio.gather(*(read_then_write(number) for number in range(100)))
    assert await count(database, scope) == 100


async def test_writers_in_several_processes_wait_for_each_other(sqlite_url: str, scope: Scope) -> None:
    async def write(times: int) -> None:
        async with connect_with_keys(sqlite_url) as replica:
            for _ in range(times):
                await keep(replica, scope)

    await asyncio.gather(*(write(20) for _ in range(4)))
    async with connect_with_keys(sqlite_url) as database:
        assert await count(database, scope) == 80


async def test_readers_do_not_wait_for_a_writer(database: Database, scope: Scope) -> None:
    holding, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with database.transaction(scope) as tx:
            await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id))
            holding.set()
            await release.wait()

    writer = asyncio.create_task(hold())
    await holding.wait()
    assert await count(database, scope) == 0, "what is not committed is not seen"
    release.set()
    await writer
    assert await count(database, scope) == 1


async def test_a_reading_transaction_cannot_write(database: Database, scope: Scope) -> None:
    with pytest.raises(DBAPIError):
        async with database.reading(scope) as tx:
            await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id))
    assert await count(database, scope) == 0


async def test_cancelled_writers_leave_a_working_database(
    database: Database, scope: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    for turns in range(30):
        tasks = [asyncio.create_task(keep(database, scope)) for _ in range(6)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(not task.cancelled() and task.exception() is None for task in tasks[1::2])
    before = await count(database, scope)
    assert before >= 90
    await keep(database, scope)
    assert await count(database, scope) == before + 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_second_transaction_in_one_task_is_refused_at_once(database: Database, scope: Scope) -> None:
    async with database.transaction(scope):
        with pytest.raises(RuntimeError, match="holds a transaction already"):
            async with database.reading(scope):
                pass
    assert await count(database, scope) == 0


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "chimera.db"
    await migrate(f"sqlite:///{file}", to="0001")
    assert file.stat().st_mode & 0o077 == 0


async def test_a_database_locked_for_long_is_unavailable_not_broken(
    sqlite_url: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chimera.store.engines.BUSY_WAIT_S", 0.02)
    async with connect_with_keys(sqlite_url) as database:
        other = sqlite3.connect(str(parsed(sqlite_url).database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailableError) as refused:
            await keep(database, scope)
        assert (refused.value.kind, refused.value.retry_after_s) == (Kind.UNAVAILABLE, 1)
        other.execute("ROLLBACK")
        other.close()
        await keep(database, scope)


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path, scope: Scope) -> None:
    for url in (f"postgresql://nobody@/none?host={tmp_path}", "postgresql://nobody@127.0.0.1:1/none"):
        async with connect_with_keys(url) as database:
            with pytest.raises(DatabaseUnavailableError):
                await count(database, scope)
            with pytest.raises(DatabaseUnavailableError):
                await database.schema_revision()


async def test_a_database_or_login_that_does_not_exist_is_unavailable(
    postgres_server: PostgresServer, scope: Scope
) -> None:
    for url in (postgres_server.url("no_such_database"), postgres_server.url("postgres", login="no_such_login")):
        async with connect_with_keys(url) as database:
            with pytest.raises(DatabaseUnavailableError):
                await count(database, scope)


async def test_a_connection_that_was_cut_is_replaced(
    postgres_server: PostgresServer, postgres_url: str, scope: Scope
) -> None:
    name = str(parsed(postgres_url).database)
    async with connect_with_keys(postgres_url) as database:
        await keep(database, scope)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        assert await postgres_server.fetch(cut, name, database=name)
        await keep(database, scope)
        assert await count(database, scope) == 2


@pytest.mark.parametrize("url", ["", "chimera.db", "mysql://root@localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_addresses_we_cannot_open_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError):
        parsed(url)


def test_an_address_never_shows_its_password() -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        parsed("mysql://root:hunter2@localhost/x")
    assert "hunter2" not in refused.value.message
    assert "hunter2" not in repr(parsed("postgres://me:hunter2@localhost/x?sslmode=require"))


def test_libpqs_word_for_tls_is_understood() -> None:
    assert dict(parsed("postgres://me@db.example/x?sslmode=require").query) == {"ssl": "require"}


async def test_errors_do_not_quote_what_people_wrote(database: Database, scope: Scope) -> None:
    row = await keep(database, scope, title="very private")
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction(scope) as tx:
            await KeptConversations(tx, scope).add(
                ConversationRow(id=row.id, owner_id=scope.actor_id, title="very private")
            )
    assert "very private" not in str(refused.value)


async def test_moments_come_back_aware_and_equal_on_both_engines(database: Database, scope: Scope) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 11, 20, 23, 59, 59, 123456, tzinfo=there)
    row = await keep(database, scope, updated_at=moment)
    async with database.reading(scope) as tx:
        kept = await KeptConversations(tx, scope).get(row.id)
        assert kept is not None
        assert kept.updated_at == moment
        assert kept.updated_at.tzinfo is UTC
        later = KeptConversations(tx, scope).mine().where(ConversationRow.updated_at > moment)
        assert list(await tx.scalars(later)) == []


async def test_a_naive_moment_is_refused(database: Database, scope: Scope) -> None:
    with pytest.raises(StatementError, match="naive"):
        await keep(database, scope, updated_at=datetime(2026, 11, 20))  # noqa: DTZ001


async def test_pages_meet_without_gap_or_overlap_even_at_equal_moments(database: Database, scope: Scope) -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(11):
        await keep(database, scope, title=str(number), updated_at=start + timedelta(seconds=number // 4))
    seen, cursor = [], None
    async with database.reading(scope) as tx:
        kept = KeptConversations(tx, scope)
        while True:
            page = await kept.page(kept.mine(), by=ConversationRow.updated_at, cursor=cursor, limit=3)
            seen += [row.title for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == [str(number) for number in reversed(range(11))]


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", "AAAA", "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCBYWFhY", "!!!!"])
def test_a_cursor_of_somebody_elses_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        decode_cursor(cursor)
    assert refused.value.field == "cursor"


def test_a_cursor_at_the_end_of_time_is_refused_and_does_not_overflow() -> None:
    with pytest.raises(InvalidRequestError):
        decode_cursor(encode_cursor(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), new_id()))
