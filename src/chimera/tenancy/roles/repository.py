"""Queries of an organisation's roles, and of whatever names one."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from chimera.store import Repository
from chimera.tenancy.errors import RoleExistsError
from chimera.tenancy.sso.tables import IdentityProviderRow
from chimera.tenancy.tables import GroupRow, InvitationRow, RoleRow, UserRow
from chimera.tenancy.tokens.tables import TokenIssuerRow


class WrittenRoles(Repository[RoleRow]):
    table = RoleRow

    async def every(self) -> Sequence[RoleRow]:
        return list(await self._tx.scalars(self.mine().order_by(RoleRow.name)))

    async def named(self, name: str) -> RoleRow | None:
        return (await self._tx.scalars(self.mine().where(RoleRow.name == name))).one_or_none()

    async def keep(self, row: RoleRow) -> None:
        """Raises RoleExistsError if another has its name."""
        try:
            await self.add(row)
        except IntegrityError as error:
            raise RoleExistsError("The organisation has a role of this name.") from error


class Holders(Repository[UserRow]):
    table = UserRow

    async def have(self, role: str) -> bool:
        return await self.count(self.mine().where(UserRow.role == role)) > 0


class HoldingGroups(Repository[GroupRow]):
    table = GroupRow

    async def have(self, role: str) -> bool:
        return await self.count(self.mine().where(GroupRow.role == role)) > 0


class HoldingInvitations(Repository[InvitationRow]):
    table = InvitationRow

    async def have(self, role: str) -> bool:
        """Whether an invitation that may still be accepted, or was never taken back, names it."""
        is_open = InvitationRow.accepted_at.is_(None), InvitationRow.revoked_at.is_(None)
        return await self.count(self.mine().where(InvitationRow.role == role, *is_open)) > 0


class GivingProviders(Repository[IdentityProviderRow]):
    table = IdentityProviderRow

    async def have(self, role: str) -> bool:
        return any(_gives(row, role) for row in await self._tx.scalars(self.mine()))


class GivingIssuers(Repository[TokenIssuerRow]):
    table = TokenIssuerRow

    async def have(self, role: str) -> bool:
        return any(_gives(row, role) for row in await self._tx.scalars(self.mine()))


def _gives(row: IdentityProviderRow | TokenIssuerRow, role: str) -> bool:
    return role in {row.default_role, *row.roles_by_group.values()}
