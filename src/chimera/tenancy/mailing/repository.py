"""Queries of what was sent to people's addresses, and of the tokens that end with a password."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chimera.store import SystemRepository
from chimera.tenancy.mailing.tables import MailTokenRow
from chimera.tenancy.tokens.tables import TokenFamilyRow


class MailTokens(SystemRepository[MailTokenRow]):
    table = MailTokenRow

    async def by_hash(self, token_hash: str, *, purpose: str) -> MailTokenRow | None:
        query = self.every().where(MailTokenRow.token_hash == token_hash, MailTokenRow.purpose == purpose)
        return (await self._tx.scalars(query)).one_or_none()

    async def sent_since(self, person_id: UUID, moment: datetime, *, purpose: str) -> bool:
        query = self.every().where(
            MailTokenRow.person_id == person_id, MailTokenRow.purpose == purpose, MailTokenRow.created_at > moment
        )
        return (await self._tx.scalars(query.limit(1))).first() is not None

    async def use(self, id: UUID, moment: datetime) -> bool:
        unused = self.changing().where(MailTokenRow.id == id, MailTokenRow.used_at.is_(None))
        return await self.run(unused.values(used_at=moment)) > 0

    async def use_up(self, person_id: UUID, moment: datetime, *, purpose: str) -> int:
        unused = self.changing().where(
            MailTokenRow.person_id == person_id, MailTokenRow.purpose == purpose, MailTokenRow.used_at.is_(None)
        )
        return await self.run(unused.values(used_at=moment))

    async def forget_before(self, moment: datetime) -> int:
        return await self.run(self.removing().where(MailTokenRow.expires_at < moment))


class EveryTokenFamily(SystemRepository[TokenFamilyRow]):
    table = TokenFamilyRow

    async def end_of_users(self, user_ids: Collection[UUID], moment: datetime, *, reason: str) -> int:
        live = self.changing().where(TokenFamilyRow.user_id.in_(user_ids), TokenFamilyRow.revoked_at.is_(None))
        return await self.run(live.values(revoked_at=moment, revoked_as=reason))
