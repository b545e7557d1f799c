"""Queries of the factors. They belong to no organisation."""

from datetime import datetime

from chimera.adapters.factor_memories.database.tables import TokenFactorRow
from chimera.gateway.calibration import FactorKey
from chimera.store import SystemRepository


class KeptFactors(SystemRepository[TokenFactorRow]):
    table = TokenFactorRow

    async def all(self) -> list[TokenFactorRow]:
        return list(await self._tx.scalars(self.every()))

    async def locked(self, key: FactorKey) -> TokenFactorRow:
        """One row, which nobody else changes until the transaction ends."""
        query = self.every().where(
            TokenFactorRow.provider == key.provider,
            TokenFactorRow.family == key.family,
            TokenFactorRow.script == key.script,
        )
        return (await self._tx.scalars(query.with_for_update().execution_options(populate_existing=True))).one()

    async def forget_before(self, moment: datetime) -> None:
        await self.run(self.removing().where(TokenFactorRow.updated_at < moment))
