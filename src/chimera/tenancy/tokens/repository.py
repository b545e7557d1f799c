"""Queries of signing keys, families of tokens, refresh tokens and other issuers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, and_, tuple_
from sqlalchemy.exc import IntegrityError

from chimera.store import Repository, SystemRepository
from chimera.tenancy.errors import TokenIssuerExistsError
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import let_in
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.sso.tables import IdentityProviderRow, IdentityRow
from chimera.tenancy.tables import TenantRow, UserRow
from chimera.tenancy.tokens.tables import RefreshTokenRow, SigningKeyRow, TokenFamilyRow, TokenIssuerRow

Named: TypeAlias = tuple[UUID, UUID]
"""A family: the organisation, and the id in it."""


class SigningKeyRows(SystemRepository[SigningKeyRow]):
    table = SigningKeyRow

    async def published(self, now: datetime) -> Sequence[SigningKeyRow]:
        """Those that have not left, whether they sign yet or not, oldest first."""
        query = self.every().where(SigningKeyRow.removed_at > now).order_by(SigningKeyRow.signs_from)
        return list(await self._tx.scalars(query))

    async def forget_removed(self, now: datetime) -> int:
        return await self.run(self.removing().where(SigningKeyRow.removed_at <= now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A family, whom it acts for, and what it was begun with, as far as that is still there."""

    family: TokenFamilyRow
    user: UserRow
    key: ApiKeyRow | None
    session: SessionRow | None


class TokenFamilies(Repository[TokenFamilyRow]):
    table = TokenFamilyRow

    def live_of(self, user_id: UUID, now: datetime) -> Select[TokenFamilyRow]:
        theirs = self.mine().where(TokenFamilyRow.user_id == user_id)
        return theirs.where(TokenFamilyRow.revoked_at.is_(None), TokenFamilyRow.expires_at > now)

    async def revoke(self, id: UUID, user_id: UUID, moment: datetime) -> bool:
        theirs = self.changing().where(TokenFamilyRow.id == id, TokenFamilyRow.user_id == user_id)
        live = theirs.where(TokenFamilyRow.revoked_at.is_(None), TokenFamilyRow.expires_at > moment)
        return await self.run(live.values(revoked_at=moment, revoked_as="wish")) > 0


class AllTokenFamilies(SystemRepository[TokenFamilyRow]):
    table = TokenFamilyRow

    async def begun(self, named: Collection[Named]) -> Mapping[Named, Begun]:
        """Those of the families whose users are not shut out."""
        query: Select[Any] = self.every().join(
            UserRow, and_(UserRow.tenant_id == TokenFamilyRow.tenant_id, UserRow.id == TokenFamilyRow.user_id)
        )
        query = (
            let_in(query)
            .outerjoin(
                ApiKeyRow,
                and_(
                    ApiKeyRow.tenant_id == TokenFamilyRow.tenant_id,
                    ApiKeyRow.user_id == TokenFamilyRow.user_id,
                    ApiKeyRow.id == TokenFamilyRow.key_id,
                ),
            )
            .outerjoin(
                SessionRow,
                and_(
                    SessionRow.tenant_id == TokenFamilyRow.tenant_id,
                    SessionRow.user_id == TokenFamilyRow.user_id,
                    SessionRow.id == TokenFamilyRow.session_id,
                ),
            )
            .add_columns(UserRow, ApiKeyRow, SessionRow)
            .where(tuple_(TokenFamilyRow.tenant_id, TokenFamilyRow.id).in_(named))
        )
        return {
            (family.tenant_id, family.id): Begun(family=family, user=user, key=key, session=session)
            for family, user, key, session in await self._tx.execute(query)
        }

    async def revoke(self, row: TokenFamilyRow, moment: datetime, *, reason: str) -> int:
        mine = self.changing().where(TokenFamilyRow.tenant_id == row.tenant_id, TokenFamilyRow.id == row.id)
        return await self.run(
            mine.where(TokenFamilyRow.revoked_at.is_(None)).values(revoked_at=moment, revoked_as=reason)
        )

    async def forget_before(self, moment: datetime) -> int:
        return await self.run(self.removing().where(TokenFamilyRow.expires_at <= moment))


class RefreshTokens(Repository[RefreshTokenRow]):
    table = RefreshTokenRow


class AllRefreshTokens(SystemRepository[RefreshTokenRow]):
    table = RefreshTokenRow

    async def by_hash(self, token_hash: str) -> RefreshTokenRow | None:
        return (await self._tx.scalars(self.every().where(RefreshTokenRow.token_hash == token_hash))).one_or_none()

    async def use(self, row: RefreshTokenRow, moment: datetime) -> bool:
        """Use it up; false if somebody did before."""
        unused = self.changing().where(RefreshTokenRow.token_hash == row.token_hash, RefreshTokenRow.used_at.is_(None))
        return await self.run(unused.values(used_at=moment)) > 0


class TokenIssuers(Repository[TokenIssuerRow]):
    table = TokenIssuerRow

    async def keep(self, row: TokenIssuerRow) -> None:
        """Write a new one. Raises TokenIssuerExistsError if its tokens for this audience are believed already."""
        try:
            await self.add(row)
        except IntegrityError as error:
            raise TokenIssuerExistsError("Tokens of this issuer for this audience are believed already.") from error


class AllTokenIssuers(SystemRepository[TokenIssuerRow]):
    table = TokenIssuerRow

    async def open(self, issuer: str, audience: str) -> tuple[TokenIssuerRow, TenantRow] | None:
        """Whose tokens for this audience are believed, and by which organisation."""
        query: Select[Any] = self.every().join(TenantRow, TenantRow.id == TokenIssuerRow.tenant_id)
        query = query.where(TokenIssuerRow.issuer == issuer, TokenIssuerRow.audience == audience)
        query = query.where(TokenIssuerRow.enabled, TenantRow.suspended_at.is_(None)).add_columns(TenantRow)
        found = (await self._tx.execute(query)).one_or_none()
        return None if found is None else (found[0], found[1])


class KnownSubjects(SystemRepository[UserRow]):
    table = UserRow

    async def by_identity(self, row: TokenIssuerRow, subject: str) -> UserRow | None:
        """Whom an identity provider of the organisation, the same as the issuer, knows as this subject."""
        query = let_in(
            self.every()
            .join(IdentityRow, and_(IdentityRow.tenant_id == UserRow.tenant_id, IdentityRow.user_id == UserRow.id))
            .join(
                IdentityProviderRow,
                and_(
                    IdentityProviderRow.tenant_id == IdentityRow.tenant_id,
                    IdentityProviderRow.id == IdentityRow.provider_id,
                ),
            )
        ).where(
            UserRow.tenant_id == row.tenant_id, IdentityProviderRow.issuer == row.issuer, IdentityRow.subject == subject
        )
        return (await self._tx.scalars(query)).first()

    async def by_email(self, tenant_id: UUID, email: str) -> UserRow | None:
        query = let_in(self.every()).where(UserRow.tenant_id == tenant_id, UserRow.email == email)
        return (await self._tx.scalars(query)).one_or_none()
