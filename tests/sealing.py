"""Keys for tests that look at something else: an organisation's key follows from its id, and is nowhere kept."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from chimera.encryption.bound import KeysAtHand
from chimera.store import Database, connect


class FixedKeys:
    """The port `Sealers`, also for organisations that are not there."""

    def __init__(self) -> None:
        self._hands: dict[UUID, KeysAtHand] = {}
        self._destroyed = 0

    async def bound(self, tenant_id: UUID) -> KeysAtHand:
        if tenant_id not in self._hands:
            key_id = UUID(int=tenant_id.int + self._destroyed)
            key = hashlib.sha256(key_id.bytes).digest()
            self._hands[tenant_id] = KeysAtHand(tenant_id=tenant_id, keys={key_id: key}, sealing=key_id)
        return self._hands[tenant_id]

    def destroy(self) -> None:
        """As every organisation that destroys its keys: what was sealed until now opens no more."""
        self._hands.clear()
        self._destroyed += 1


@asynccontextmanager
async def connect_with_keys(url: str) -> AsyncGenerator[Database]:
    """As `connect`, for who keeps content."""
    async with connect(url) as database:
        yield with_keys(database)


def with_keys(database: Database) -> Database:
    return database.sealed_by(FixedKeys())
