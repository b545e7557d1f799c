"""Which root keys a database was sealed with: a replica with another one must not begin."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chimera.crypto.receipts import receipt_key
from chimera.crypto.root import Roots
from chimera.encryption.errors import RootKeyWrongError
from chimera.encryption.repository import RootKeys
from chimera.encryption.tables import RootKeyRow
from chimera.kit.clock import utc_now
from chimera.store import Database

_ATTEMPTS: Final = 5


async def admit(database: Database, roots: Roots, *, clock: Callable[[], datetime] = utc_now) -> None:
    """Make sure that these root keys open what was sealed here, and note a new one.

    Raises:
        RootKeyWrongError: if one is missing that something may be sealed with.
    """
    given = {root.name for root in roots.all}
    for _ in range(_ATTEMPTS):
        # Looked at again after a new one was noted: two that begin at once with different keys must not both go on.
        async with database.system_reading() as tx:
            rows = await RootKeys(tx).all()
        wanting = [row for row in rows if row.retired_at is None and row.name not in given]
        if wanting:
            raise RootKeyWrongError(another(wanting[0].name))
        mine = next((row for row in rows if row.name == roots.current.name), None)
        if mine is not None and mine.retired_at is None:
            return
        async with database.system_transaction() as tx:
            if mine is not None:
                await RootKeys(tx).bring_back(mine.name)
                continue
            number = rows[-1].number + 1 if rows else 1
            key = receipt_key(roots.current)
            row = RootKeyRow(number=number, created_at=clock(), name=roots.current.name, receipt_key=key)
            await RootKeys(tx).add_if_absent(row)
    raise RootKeyWrongError("Other servers are noting other root keys at this moment. Give all of them the same one.")


async def check_nothing_is_sealed(database: Database) -> None:
    """Make sure that a root key may be made: to what was sealed before, a new one would be of no use.

    Raises:
        RootKeyWrongError: if something may be sealed with another.
    """
    async with database.system_reading() as tx:
        needed = [row.name for row in await RootKeys(tx).all() if row.retired_at is None]
    if needed:
        raise RootKeyWrongError(missing(needed[0]))


def another(name: str) -> str:
    """What to do where another root key was given, for a person."""
    return (
        f"The root key is not the one with which this database was sealed ({name[:8]}…). Bring that one back as "
        "CHIMERA_ROOT_KEY or root.key in the data folder; if it is being rotated, give it as CHIMERA_FORMER_ROOT_KEYS."
    )


def missing(name: str) -> str:
    """What to do where there is no root key at all, for a person."""
    return (
        f"The root key with which this database was sealed ({name[:8]}…) is not here, and no other opens it. Bring it "
        "back as CHIMERA_ROOT_KEY or root.key in the data folder."
    )


async def retire_former(database: Database, roots: Roots, *, clock: Callable[[], datetime] = utc_now) -> int:
    """Note that nothing is sealed any more but with the current root key: whoever begins needs no other one."""
    async with database.system_transaction() as tx:
        return await RootKeys(tx).retire_but(roots.current.name, clock())
