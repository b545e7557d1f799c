"""The doctor's checks of the house itself. They look and touch nothing: no file is made, no schema changed."""

import asyncio
import errno
import os
import shutil
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import msgspec
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from chimera.adapters.http import HttpClient, Timeouts, open_http
from chimera.bootstrap.access.guards import check_all_guards
from chimera.bootstrap.cli.doctor.findings import Finding, Level
from chimera.bootstrap.cli.failing import driver_says
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.bootstrap.providers import Survey
from chimera.bootstrap.server import AddressTakenError, bind
from chimera.bootstrap.settings import Settings
from chimera.kit.errors import AppError
from chimera.llm import HealthStatus, ProviderError
from chimera.store import connect
from chimera.store.database import read_revision
from chimera.store.engines import database_url
from chimera.store.schema import known_revisions

_FULL_MB, _LOW_MB = 100, 1024
_REDIS_PATIENCE_S = 5.0
_OURS = Timeouts(connect_s=3.0, idle_s=5.0)


async def check_data_folder(settings: Settings) -> Finding:
    """Whether what is kept on disk can be kept, and how much more."""
    folder = settings.data_dir.absolute()
    place = next(path for path in (folder, *folder.parents) if path.exists())

    def found(level: Level, status: str, detail: str) -> Finding:
        return Finding(name="data_folder", level=level, status=status, detail=f"{folder} {detail}")

    if not place.is_dir():
        return found(Level.FAULT, "not_a_folder", f"cannot be a folder: {place} is a file. Set CHIMERA_DATA_DIR.")
    if not os.access(place, os.W_OK | os.X_OK):
        return found(Level.FAULT, "not_writable", f"cannot be written by this user. Give it {place}, or set another.")
    free_mb = shutil.disk_usage(place).free // 1_048_576
    free = f"{free_mb / 1024:,.1f} GiB free" if free_mb >= _LOW_MB else f"only {free_mb} MiB free"
    if free_mb < _FULL_MB:
        return found(Level.FAULT, "disk_full", f"has {free}. Make room, or set CHIMERA_DATA_DIR to another disk.")
    if free_mb < _LOW_MB:
        return found(Level.NOTE, "disk_low", f"has {free}.")
    if place != folder:
        return found(Level.NOTE, "missing", f"is made at the first start, {free}.")
    return found(Level.OK, "ok", f"can be written, {free}.")


async def check_database(settings: Settings) -> Finding:
    """Whether the database answers, with the schema that this program knows."""
    try:
        address = database_url(settings.database)
    except AppError as error:
        return _database(Level.FAULT, error.code, error.message)
    shown = _shown(address)
    try:
        is_file = address.get_backend_name() == "sqlite"
        if is_file and not Path(address.database or "").exists():  # noqa: ASYNC240 (a command has time)
            return _database(Level.NOTE, "empty", f"{shown} is made by `chimera migrate`.")
        revision = await (asyncio.to_thread(_revision_in_file, address) if is_file else _revision(settings.database))
    except AppError as error:
        return _database(Level.FAULT, error.code, f"{shown}: {error.message} Check CHIMERA_DATABASE_URL.")
    except DBAPIError as error:
        return _database(Level.FAULT, "unreadable", f"{shown} cannot be read: {driver_says(error)}")
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        return _database(Level.FAULT, "unreadable", f"{shown} cannot be read: {reason}. Check CHIMERA_DATABASE_URL.")
    return _schema(shown, revision)


def _schema(shown: str, revision: str | None) -> Finding:
    known = known_revisions()
    if revision is None:
        return _database(Level.NOTE, "empty", f"{shown} answers and is empty; `chimera migrate` makes its tables.")
    if revision == known[-1]:
        return _database(Level.OK, "ok", f"{shown} answers, schema {revision}.")
    if revision in known:
        todo = f"this program needs {known[-1]}. Run `chimera migrate`."
        return _database(Level.FAULT, "behind", f"{shown} is at schema {revision}, {todo}")
    todo = f"which this program does not know (its newest is {known[-1]}). Start the newer Chimera that migrated it."
    return _database(Level.FAULT, "ahead", f"{shown} is at schema {revision}, {todo}")


def _database(level: Level, status: str, detail: str) -> Finding:
    return Finding(name="database", level=level, status=status, detail=detail)


async def _revision(url: str) -> str | None:
    async with connect(url) as database:
        revision = await database.schema_revision()
        if revision == known_revisions()[-1]:
            await check_all_guards(database)
        return revision


def _revision_in_file(address: URL) -> str | None:
    with reading_file(address) as connection:
        return read_revision(connection)


@contextmanager
def reading_file(address: URL) -> Generator[Connection]:
    """Read without writing. The usual way in would touch the file and switch it to WAL."""
    path = Path(address.database or "").absolute()
    # Nobody has it open when there is no log beside it; only then may the log be ignored instead of made.
    beside = path.with_name(f"{path.name}-wal")
    how = {"mode": "ro", "uri": "true"} | ({} if beside.exists() else {"immutable": "1"})
    engine = create_engine(URL.create("sqlite+pysqlite", database=path.as_uri(), query=how))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _shown(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return f"SQLite {address.database}"
    place = address.query.get("host") or address.host or "localhost"
    return f"PostgreSQL {address.database} at {place}{f':{address.port}' if address.port else ''}"


async def check_redis(settings: Settings) -> Finding:
    """Whether Redis answers, where there shall be one."""

    def found(level: Level, status: str, detail: str) -> Finding:
        return Finding(name="redis", level=level, status=status, detail=detail)

    if settings.redis_url is None:
        return found(Level.OFF, "off", "Set CHIMERA_REDIS_URL to add it; several replicas want one.")
    url = settings.redis_url.get_secret_value()
    shown = f"Redis at {url.partition('://')[2].rpartition('@')[2].partition('?')[0]}"
    try:
        client = Redis.from_url(url, socket_timeout=_REDIS_PATIENCE_S, socket_connect_timeout=_REDIS_PATIENCE_S)
        async with client:
            await client.ping()
    except (RedisError, OSError, ValueError) as error:
        # A login that is refused while the connection is made comes as the cause of a failed connection.
        said = error.__cause__ if isinstance(error.__cause__, AuthenticationError) else error
        if isinstance(said, AuthenticationError | ResponseError):
            return found(Level.FAULT, "refused", f"{shown} refuses us: {said}. Correct CHIMERA_REDIS_URL.")
        return found(Level.FAULT, "unreachable", f"{shown} does not answer. Start it, or correct CHIMERA_REDIS_URL.")
    return found(Level.OK, "ok", f"{shown} answers.")


async def check_address(settings: Settings) -> Finding:
    """Whether a server could listen where it shall, or does already."""

    def found(level: Level, status: str, detail: str) -> Finding:
        return Finding(name="address", level=level, status=status, detail=detail)

    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 (compared only)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    try:
        bind(settings).close()
    except AddressTakenError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno != errno.EADDRINUSE:
            return found(Level.FAULT, "unusable", error.message)
        async with open_http() as http:
            served = await _served_by(http, url)
        if served is None:
            return found(Level.FAULT, "taken", error.message)
        version, state = served
        level = Level.OK if state == "ok" else Level.FAULT
        return found(level, "serving", f"{url} is served by Chimera {version}: {'ready' if state == 'ok' else state}.")
    if settings.port == 0:
        return found(Level.OK, "free", f"Any free port of {settings.host}.")
    return found(Level.OK, "free", f"{url} is free.")


class _About(msgspec.Struct):
    title: str
    version: str


class _Description(msgspec.Struct):
    info: _About


class _Readiness(msgspec.Struct):
    status: str
    checks: dict[str, str] = {}


async def _served_by(http: HttpClient, url: str) -> tuple[str, str] | None:
    """Version and state of the Chimera that answers there; `None` if it is something else."""
    try:
        about = msgspec.json.decode(await _fetched(http, f"{url}/openapi.json"), type=_Description).info
        ready = msgspec.json.decode(await _fetched(http, f"{url}/health/ready"), type=_Readiness)
    except (ProviderError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    wrong = [f"{name}: {state}" for name, state in ready.checks.items() if state != "ok"]
    return (about.version, "; ".join(wrong) or "ok") if about.title == "Chimera" else None


async def _fetched(http: HttpClient, url: str) -> bytes:
    async with http.stream("GET", url, provider="the server", headers={}, timeouts=_OURS) as response:
        return await response.read(4_194_304)


async def check_local_model(settings: Settings, seen: Survey) -> Finding:
    """Whether the embedded model could be started. It is not."""

    def found(level: Level, status: str, detail: str) -> Finding:
        return Finding(name="local_model", level=level, status=status, detail=detail)

    connection = next((one for one in seen.found if one.kind == "local"), None)
    if connection is None and settings.local_model.lower() in {"off", "false", "0", "no"}:
        return found(Level.OFF, "off", "Switched off by CHIMERA_LOCAL_MODEL.")
    if connection is None:
        chosen = settings.local_model.lower() not in {"on", "true", "1", "yes"}
        todo = "Run `make install`, or set CHIMERA_LOCAL_MODEL=off."
        level = Level.FAULT if chosen else Level.NOTE
        return found(level, "not_installed", f"llama.cpp or its model is not installed. {todo}")
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        provider = await stack.enter_async_context(connection.module.connect(connection.settings, http))
        health = await provider.check()
    well = health.status is HealthStatus.OK
    return found(Level.OK if well else Level.FAULT, health.status.value, health.detail)


async def check_embedder() -> Finding:
    """Whether what compares questions can be loaded. Without it nothing fails, and less is saved."""
    try:
        for name in ("minilm", "wordpieces"):
            await embedder_of(name)()
    except AppError as error:
        lost = "Until then there is no cache by meaning, and `auto` goes by counts of words alone."
        return Finding(name="embedder", level=Level.NOTE, status="not_installed", detail=f"{error.message} {lost}")
    return Finding(name="embedder", level=Level.OK, status="ok", detail="Compares questions, for the cache and `auto`.")
