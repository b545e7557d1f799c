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

    async def bound(self, tenant_id: UUID) -> KeysAtHand:
        if tenant_id not in self._hands:
            key = hashlib.sha256(tenant_id.bytes).digest()
            self._hands[tenant_id] = KeysAtHand(tenant_id=tenant_id, keys={tenant_id: key}, sealing=tenant_id)
        return self._hands[tenant_id]


@asynccontextmanager
async def connect_with_keys(url: str) -> AsyncGenerator[Database]:
    """As `connect`, for who keeps content."""
    async with connect(url) as database:
        yield with_keys(database)


def with_keys(database: Database) -> Database:
    return database.sealed_by(FixedKeys())
