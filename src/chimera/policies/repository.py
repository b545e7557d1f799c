"""Queries of policies."""

from collections.abc import Sequence

from chimera.policies.tables import PolicyRow
from chimera.store import Repository


class KeptPolicies(Repository[PolicyRow]):
    table = PolicyRow

    async def all(self) -> Sequence[PolicyRow]:
        return list(await self._tx.scalars(self.mine()))

    async def one(self, section: str) -> PolicyRow | None:
        return (await self._tx.scalars(self.mine().where(PolicyRow.section == section))).one_or_none()

    async def of(self, section: str) -> PolicyRow | None:
        """The same, locked until the transaction ends."""
        query = self.mine().where(PolicyRow.section == section)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def forget(self, section: str) -> None:
        await self.run(self.removing().where(PolicyRow.section == section))
