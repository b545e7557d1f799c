"""An organisation's identity providers: configured, tried, changed and removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.crypto.sealing import Sealer
from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.fetching import Fetcher
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.people.ranks import check_giving
from chimera.tenancy.permissions import SSO_MANAGE, require
from chimera.tenancy.sso.discovery import Issuers, Metadata, check_issuer
from chimera.tenancy.sso.domains import proven
from chimera.tenancy.sso.errors import IdentityProviderNotFoundError, IdentityProviderUnusableError
from chimera.tenancy.sso.flow import SECRET_PURPOSE
from chimera.tenancy.sso.provider import Change, ProviderInfo, Terms
from chimera.tenancy.sso.repository import Providers, ProviderSessions
from chimera.tenancy.sso.tables import IdentityProviderRow

_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProviders:
    """Providers of the caller's organisation, for those who may manage sign-in.

    Attributes:
        on_revoked: Called when sessions ended, so that this replica forgets them at once.
    """

    database: Database
    issuers: Issuers
    fetcher: Fetcher
    sealer: Sealer
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, *, cursor: str | None, limit: int) -> tuple[Sequence[ProviderInfo], str | None]:
        """Providers, the newest first, and where the next page begins."""
        require(scope, SSO_MANAGE)
        async with self.database.reading(scope) as tx:
            providers = Providers(tx, scope)
            by = IdentityProviderRow.created_at
            page = await providers.page(providers.mine(), by=by, cursor=cursor, limit=limit)
        return [_info(row) for row in page.rows], page.next_cursor

    async def get(self, scope: Scope, id: UUID) -> ProviderInfo:
        """Raises IdentityProviderNotFoundError."""
        require(scope, SSO_MANAGE)
        async with self.database.reading(scope) as tx:
            return _info(_found(await Providers(tx, scope).get(id)))

    async def create(self, scope: Scope, issuer: str, terms: Terms, *, secret: str | None) -> ProviderInfo:
        """Configure one. Nothing is asked of it: `check` does that.

        Raises:
            InvalidRequestError: if the issuer can be none, or there are too many.
            PermissionDeniedError: if a role that it gives may do more than the caller.
            RoleNotFoundError: if there is no such role.
            IdentityProviderExistsError: if another has its name.
        """
        require(scope, SSO_MANAGE)
        row = IdentityProviderRow(id=new_id(), issuer=check_issuer(issuer), created_at=self.now())
        row.client_secret = await self._sealed(scope, secret)
        async with self.database.transaction(scope) as tx:
            if await Providers(tx, scope).count() >= _MOST:
                raise InvalidRequestError(f"An organisation has at most {_MOST} identity providers.")
            await self._keep(tx, scope, row, terms)
            await self._record(tx, scope, "identity_provider.created", row)
        return _info(row)

    async def change(self, scope: Scope, id: UUID, change: Change) -> ProviderInfo:
        """Change it. Disabled, all sessions that it vouched for end.

        Raises:
            IdentityProviderNotFoundError: if there is none of that id.
            PermissionDeniedError: if a role that it then gives may do more than the caller.
            RoleNotFoundError: if there is no such role.
            IdentityProviderExistsError: if another has its name.
        """
        require(scope, SSO_MANAGE)
        sealed = await self._sealed(scope, change.client_secret)
        async with self.database.transaction(scope) as tx:
            row = _found(await Providers(tx, scope).get(id))
            if change.sets_secret:
                row.client_secret = sealed
            await self._keep(tx, scope, row, replace(_terms(row), **change.values))  # type: ignore[arg-type]  # of Terms
            if not row.enabled:
                await ProviderSessions(tx, scope).end(id)
            await self._record(tx, scope, "identity_provider.changed", row)
        if not row.enabled:
            self.on_revoked()
        return _info(row)

    async def delete(self, scope: Scope, id: UUID) -> None:
        """Remove it: its sessions end, and nobody is known by it any more. Raises IdentityProviderNotFoundError."""
        require(scope, SSO_MANAGE)
        async with self.database.transaction(scope) as tx:
            providers = Providers(tx, scope)
            row = _found(await providers.get(id))
            await ProviderSessions(tx, scope).end(id)
            await providers.delete(id)
            await self._record(tx, scope, "identity_provider.removed", row)
        self.on_revoked()

    async def prove_domains(self, scope: Scope, id: UUID) -> ProviderInfo:
        """Ask the web site of each domain whether it is the organisation's, and note those that say so.

        Raises:
            IdentityProviderNotFoundError: if there is none of that id.
        """
        named = (await self.get(scope, id)).terms.domains
        found = await proven(self.fetcher, named, scope.tenant_id)
        async with self.database.transaction(scope) as tx:
            row = _found(await Providers(tx, scope).get(id))
            row.proven_domains = [domain for domain in row.domains if domain in found]
            act = Act(
                name="identity_provider.domains_proven",
                target_kind="identity_provider",
                target_id=str(row.id),
                details={"domains": " ".join(row.proven_domains)},
            )
            await self.recorder.record(tx, scope, act)
        return _info(row)

    async def check(self, scope: Scope, id: UUID) -> Metadata | str:
        """Ask the provider what it says of itself, now: that, or what is wrong with it, in a sentence.

        Raises:
            IdentityProviderNotFoundError: if there is none of that id.
        """
        issuer = (await self.get(scope, id)).issuer
        self.issuers.forget(issuer)
        try:
            metadata = await self.issuers.metadata(issuer)
            await self.issuers.keys(metadata.jwks_uri)
        except IdentityProviderUnusableError as error:
            return error.message
        return metadata

    async def _keep(self, tx: Transaction, scope: Scope, row: IdentityProviderRow, terms: Terms) -> None:
        for role in {*terms.roles_by_group.values(), *({terms.default_role} - {None})}:
            await check_giving(tx, scope, str(role))
        row.name, row.client_id = terms.name, terms.client_id
        row.scopes, row.domains = list(terms.scopes), sorted({domain.lower() for domain in terms.domains})
        row.proven_domains = [domain for domain in row.proven_domains or () if domain in row.domains]
        row.group_claim, row.roles_by_group = terms.group_claim, dict(terms.roles_by_group)
        row.default_role, row.just_in_time, row.enabled = terms.default_role, terms.just_in_time, terms.enabled
        row.ceiling, row.updated_at = sorted(scope.permissions), self.now()
        await Providers(tx, scope).keep(row)

    async def _sealed(self, scope: Scope, secret: str | None) -> bytes | None:
        if secret is None:
            return None
        return await self.sealer.seal(scope.tenant_id, secret.encode(), purpose=SECRET_PURPOSE)

    async def _record(self, tx: Transaction, scope: Scope, name: str, row: IdentityProviderRow) -> None:
        act = Act(name=name, target_kind="identity_provider", target_id=str(row.id), details={"enabled": row.enabled})
        await self.recorder.record(tx, scope, act)


def _found(row: IdentityProviderRow | None) -> IdentityProviderRow:
    if row is None:
        raise IdentityProviderNotFoundError("There is no such identity provider.")
    return row


def _terms(row: IdentityProviderRow) -> Terms:
    return Terms(
        name=row.name,
        client_id=row.client_id,
        scopes=row.scopes,
        domains=row.domains,
        group_claim=row.group_claim,
        roles_by_group=row.roles_by_group,
        default_role=row.default_role,
        just_in_time=row.just_in_time,
        enabled=row.enabled,
    )


def _info(row: IdentityProviderRow) -> ProviderInfo:
    return ProviderInfo(
        id=row.id,
        issuer=row.issuer,
        has_secret=row.client_secret is not None,
        terms=_terms(row),
        proven_domains=row.proven_domains,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
