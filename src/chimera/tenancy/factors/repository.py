"""Queries of second factors and passkeys; people belong to no organisation, and so do these."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chimera.store import SystemRepository
from chimera.tenancy.factors.tables import PasskeyRow, RecoveryCodeRow, TotpRow


class Totps(SystemRepository[TotpRow]):
    table = TotpRow

    async def of(self, person_id: UUID) -> TotpRow | None:
        return (await self._tx.scalars(self.every().where(TotpRow.person_id == person_id))).one_or_none()

    async def use(self, person_id: UUID, step: int) -> bool:
        """Take the code of this step, unless it or a later one was taken before."""
        fresh = self.changing().where(TotpRow.person_id == person_id, TotpRow.last_step < step)
        return await self.run(fresh.values(last_step=step)) > 0

    async def confirm(self, person_id: UUID, step: int, moment: datetime) -> bool:
        begun = self.changing().where(TotpRow.person_id == person_id, TotpRow.confirmed_at.is_(None))
        return await self.run(begun.values(last_step=step, confirmed_at=moment)) > 0

    async def drop_unconfirmed(self, person_id: UUID) -> int:
        begun = self.removing().where(TotpRow.person_id == person_id, TotpRow.confirmed_at.is_(None))
        return await self.run(begun)

    async def drop(self, person_id: UUID) -> int:
        return await self.run(self.removing().where(TotpRow.person_id == person_id))


class RecoveryCodes(SystemRepository[RecoveryCodeRow]):
    table = RecoveryCodeRow

    async def left(self, person_id: UUID) -> int:
        unused = self.every().where(RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.used_at.is_(None))
        return len((await self._tx.scalars(unused)).all())

    async def use(self, person_id: UUID, code_hash: str, moment: datetime) -> bool:
        unused = self.changing().where(
            RecoveryCodeRow.person_id == person_id,
            RecoveryCodeRow.code_hash == code_hash,
            RecoveryCodeRow.used_at.is_(None),
        )
        return await self.run(unused.values(used_at=moment)) > 0

    async def drop(self, person_id: UUID) -> int:
        return await self.run(self.removing().where(RecoveryCodeRow.person_id == person_id))


class Passkeys(SystemRepository[PasskeyRow]):
    table = PasskeyRow

    async def of(self, person_id: UUID) -> Sequence[PasskeyRow]:
        """Oldest first."""
        mine = self.every().where(PasskeyRow.person_id == person_id)
        return list(await self._tx.scalars(mine.order_by(PasskeyRow.created_at, PasskeyRow.id)))

    async def one(self, person_id: UUID, id: UUID) -> PasskeyRow | None:
        mine = self.every().where(PasskeyRow.person_id == person_id, PasskeyRow.id == id)
        return (await self._tx.scalars(mine)).one_or_none()

    async def by_credential(self, credential_id: bytes) -> PasskeyRow | None:
        return (await self._tx.scalars(self.every().where(PasskeyRow.credential_id == credential_id))).one_or_none()

    async def used(self, row: PasskeyRow, *, sign_count: int, moment: datetime) -> bool:
        """Note its use, unless it was used by somebody else meanwhile."""
        unchanged = self.changing().where(PasskeyRow.id == row.id, PasskeyRow.sign_count == row.sign_count)
        return await self.run(unchanged.values(sign_count=sign_count, last_used_at=moment)) > 0

    async def remove(self, person_id: UUID, id: UUID) -> bool:
        return await self.run(self.removing().where(PasskeyRow.person_id == person_id, PasskeyRow.id == id)) > 0

    async def drop(self, person_id: UUID) -> int:
        return await self.run(self.removing().where(PasskeyRow.person_id == person_id))
