"""The doctor's check of the root key: without the right one nothing that is sealed can be opened. None is made."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from chimera.bootstrap.cli.doctor.findings import Finding, Level
from chimera.bootstrap.cli.doctor.house import reading_file
from chimera.bootstrap.places import lacks_root_key, root_keys
from chimera.bootstrap.settings import Settings, SettingsError
from chimera.encryption.repository import RootKeys
from chimera.encryption.root_keys import another, missing
from chimera.kit.errors import AppError
from chimera.store import connect
from chimera.store.engines import database_url


async def check_root_key(settings: Settings) -> Finding:
    """Whether it is the one with which the database was sealed."""
    try:
        given = None if lacks_root_key(settings) else {root.name for root in root_keys(settings).all}
    except SettingsError as error:
        return _found(Level.FAULT, "unreadable", error.message)
    try:
        needed = await _needed(settings)
    except (AppError, SQLAlchemyError, OSError):
        return _found(Level.NOTE, "unknown", "The database does not say with which it was sealed.")
    if given is None and not needed:
        return _found(Level.NOTE, "absent", "Is made at the first start. Keep a copy of it, apart from the database's.")
    if given is None:
        return _found(Level.FAULT, "missing", missing(needed[0]))
    wanting = [name for name in needed if name not in given]
    if wanting:
        return _found(Level.FAULT, "wrong", another(wanting[0]))
    return _found(Level.OK, "ok", "Opens what is sealed in the database." if needed else "Nothing is sealed yet.")


def _found(level: Level, status: str, detail: str) -> Finding:
    return Finding(name="root_key", level=level, status=status, detail=detail)


async def _needed(settings: Settings) -> Sequence[str]:
    """Names of the root keys that something may be sealed with."""
    address = database_url(settings.database)
    if address.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_needed_in_file, settings)
    async with connect(settings.database) as database:
        if await database.schema_revision() is None:
            return ()
        async with database.system_reading() as tx:
            return [row.name for row in await RootKeys(tx).all() if row.retired_at is None]


def _needed_in_file(settings: Settings) -> Sequence[str]:
    address = database_url(settings.database)
    file = Path(address.database or "")
    if not file.exists() or not file.stat().st_size:
        return ()
    with reading_file(address) as connection:
        return RootKeys.needed_in(connection)
