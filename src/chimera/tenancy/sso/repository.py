"""Queries of identity providers, of whom they vouched for, and of sign-ins that are under way there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast
from sqlalchemy.exc import IntegrityError

from chimera.store import Repository, SystemRepository
from chimera.tenancy.credentials import hashed
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.sessions.tables import SessionRow, SignInStepRow
from chimera.tenancy.sso.errors import IdentityProviderExistsError
from chimera.tenancy.sso.tables import IdentityProviderRow, IdentityRow, SpentTokenRow
from chimera.tenancy.tables import TenantRow

STEP = "oidc"


class Providers(Repository[IdentityProviderRow]):
    table = IdentityProviderRow

    async def keep(self, row: IdentityProviderRow) -> None:
        """Write a new or changed provider. Raises IdentityProviderExistsError if another has its name."""
        try:
            await self.add(row)
        except IntegrityError as error:
            raise IdentityProviderExistsError("Another identity provider has this name.") from error


class AllProviders(SystemRepository[IdentityProviderRow]):
    table = IdentityProviderRow

    async def open(self, id: UUID) -> IdentityProviderRow | None:
        """The provider, if people may sign in there."""
        query = self.every().join(TenantRow, _its_tenant()).where(IdentityProviderRow.id == id, _is_open())
        return (await self._tx.scalars(query)).one_or_none()

    async def of_domain(self, domain: str, *, most: int) -> Sequence[IdentityProviderRow]:
        """Those where people of the domain may sign in, of organisations whose it is.

        That is whoever proved it; or the one organisation that there is.
        """
        alone = len(list(await self._tx.scalars(AllTenants(self._tx).every().limit(2)))) < 2
        column = IdentityProviderRow.domains if alone else IdentityProviderRow.proven_domains
        # Told apart exactly below: a database's JSON differs from the other's, and these are few.
        named = cast(column, String).contains(f'"{domain}"', autoescape=True)
        query = self.every().join(TenantRow, _its_tenant()).where(named, _is_open())
        rows = await self._tx.scalars(query.order_by(IdentityProviderRow.name, IdentityProviderRow.id).limit(most))
        return [row for row in rows if domain in (row.domains if alone else row.proven_domains)]


class Identities(Repository[IdentityRow]):
    table = IdentityRow

    async def of(self, provider_id: UUID, subject: str) -> IdentityRow | None:
        query = self.mine().where(IdentityRow.provider_id == provider_id, IdentityRow.subject == subject)
        return (await self._tx.scalars(query)).one_or_none()


class ProviderSessions(Repository[SessionRow]):
    table = SessionRow

    async def end(self, provider_id: UUID, *, session: str | None = None, user_id: UUID | None = None) -> int:
        """End those that the provider vouched for: all, or of one of its sessions, or of one user."""
        statement = self.removing().where(SessionRow.provider_id == provider_id)
        if session is not None:
            statement = statement.where(SessionRow.provider_session == session)
        if user_id is not None:
            statement = statement.where(SessionRow.user_id == user_id)
        return await self.run(statement)


class Departures(SystemRepository[SignInStepRow]):
    """Browsers that were sent to a provider."""

    table = SignInStepRow

    async def take(self, state: str, moment: datetime) -> SignInStepRow | None:
        """Use it up: whoever comes second finds nothing."""
        mine = (SignInStepRow.kind == STEP, SignInStepRow.token_hash == hashed(state.encode()))
        row = (await self._tx.scalars(self.every().where(*mine))).one_or_none()
        if row is None or row.expires_at <= moment or not await self.run(self.removing().where(*mine)):
            return None
        return row

    async def keep_newest(self, tenant_id: UUID, most: int) -> None:
        """Forget the oldest of an organisation, so that no more than so many are under way."""
        theirs = (SignInStepRow.kind == STEP, SignInStepRow.tenant_id_wanted == tenant_id)
        moments = self.every().where(*theirs).with_only_columns(SignInStepRow.created_at)
        last = await self._tx.scalar(moments.order_by(SignInStepRow.created_at.desc()).offset(most).limit(1))
        if last is not None:
            await self.run(self.removing().where(*theirs, SignInStepRow.created_at <= last))

    async def forget_expired(self, moment: datetime) -> int:
        return await self.run(self.removing().where(SignInStepRow.kind == STEP, SignInStepRow.expires_at <= moment))


class SpentTokens(SystemRepository[SpentTokenRow]):
    table = SpentTokenRow

    async def spend(self, provider_id: UUID, token_id: str, expires: datetime) -> bool:
        """Tell whether nobody used this token before."""
        return await self.add_if_absent(
            SpentTokenRow(key=hashed(f"logout {provider_id} {token_id}".encode()), expires_at=expires)
        )

    async def forget_expired(self, moment: datetime) -> int:
        return await self.run(self.removing().where(SpentTokenRow.expires_at <= moment))


def _its_tenant() -> ColumnElement[bool]:
    return TenantRow.id == IdentityProviderRow.tenant_id


def _is_open() -> ColumnElement[bool]:
    return and_(IdentityProviderRow.enabled.is_(True), TenantRow.suspended_at.is_(None))
