"""Secrets of organisations in the database, where no other store is configured: sealed with their own keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.crypto.sealing import Sealer
from chimera.crypto.secrets import SecretsUnavailableError, not_found, parts_of
from chimera.encryption.repository import AllSecrets
from chimera.encryption.tables import TenantSecretRow
from chimera.kit.clock import utc_now
from chimera.store import Database

_PURPOSE: Final = TenantSecretRow.sealed_columns["sealed"]
_OF_A_TENANT: Final = "tenants"
_WORDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSecrets:
    """The port `Secrets` for names such as `tenants/<id>/<name>`; no others can be kept here. Opens transactions."""

    database: Database
    sealer: Sealer
    now: Callable[[], datetime] = utc_now

    async def read(self, name: str) -> bytes:
        """Raises SecretNotFoundError, UnsealableError."""
        tenant_id = _tenant_of(name)
        if tenant_id is None:
            raise not_found()
        async with self.database.system_reading() as tx:
            sealed = await AllSecrets(tx).sealed(tenant_id, name)
        if sealed is None:
            raise not_found()
        return await self.sealer.open(tenant_id, sealed, purpose=_PURPOSE)

    async def write(self, name: str, value: bytes) -> None:
        """Raises SecretsUnavailableError: also for what belongs to no organisation."""
        tenant_id = _tenant_of(name)
        if tenant_id is None:
            raise SecretsUnavailableError("The database keeps only secrets of organisations.")
        sealed = await self.sealer.seal(tenant_id, value, purpose=_PURPOSE)
        async with self.database.system_transaction() as tx:
            await AllSecrets(tx).put(tenant_id, name, sealed, self.now())

    async def remove(self, name: str) -> None:
        tenant_id = _tenant_of(name)
        if tenant_id is not None:
            async with self.database.system_transaction() as tx:
                await AllSecrets(tx).remove(tenant_id, name)


def _tenant_of(name: str) -> UUID | None:
    parts = parts_of(name)
    if len(parts) < _WORDS or parts[0] != _OF_A_TENANT:
        return None
    try:
        return UUID(parts[1])
    except ValueError:
        return None
