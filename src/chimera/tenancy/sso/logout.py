"""Back-channel logout: a provider says that somebody left, and their sessions here end (OpenID Connect, 1.0)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.sso import claims as says
from chimera.tenancy.sso.claims import Expected, LoggedOut, UnbelievableError
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.sso.errors import LogoutTokenError
from chimera.tenancy.sso.repository import AllProviders, Identities, ProviderSessions, SpentTokens
from chimera.tenancy.sso.tables import IdentityProviderRow

log = structlog.get_logger()

# Longer than any logout token is believed.
_REMEMBERED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackChannel:
    """Ends sessions on a provider's word.

    Attributes:
        on_revoked: Called when sessions ended, so that this replica forgets them at once.
    """

    database: Database
    issuers: Issuers
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def log_out(self, provider_id: UUID, token: str) -> None:
        """End the sessions that a logout token names. A token does so once.

        Raises:
            LogoutTokenError: if it does not hold, or there is no such provider; which of these is not told.
            IdentityProviderUnusableError: if its keys cannot be asked for.
        """
        async with self.database.system_reading() as tx:
            provider = await AllProviders(tx).open(provider_id)
        if provider is None:
            raise _unfounded()
        try:
            await self._end(provider, await self._believed(provider, token))
        except UnbelievableError as error:
            log.warning("sso.logout_refused", provider_id=str(provider_id), reason=str(error))
            raise _unfounded() from error
        self.on_revoked()

    async def _believed(self, provider: IdentityProviderRow, token: str) -> LoggedOut:
        header = says.header_of(token)
        metadata = await self.issuers.metadata(provider.issuer)
        claims = says.verified(token, await self.issuers.key(metadata.jwks_uri, header))
        expected = Expected(issuer=provider.issuer, client_id=provider.client_id, now=self.now())
        return says.check_logout(header, claims, expected)

    async def _end(self, provider: IdentityProviderRow, ended: LoggedOut) -> None:
        now = self.now()
        scope = Scope(tenant_id=provider.tenant_id, actor_id=provider.id, permissions=frozenset())
        async with self.database.system_transaction() as tx:
            spent = SpentTokens(tx)
            await spent.forget_expired(now)
            if not await spent.spend(provider.id, ended.token_id, now + _REMEMBERED):
                raise UnbelievableError("used before")
            identity = await Identities(tx, scope).of(provider.id, ended.subject) if ended.subject else None
            if ended.subject is not None and identity is None:
                return  # nobody of ours, whatever session is named beside them
            user_id = identity.user_id if identity else None
            count = await ProviderSessions(tx, scope).end(provider.id, session=ended.session, user_id=user_id)
            act = Act(
                name="session.ended_by_provider",
                target_kind="identity_provider",
                target_id=str(provider.id),
                details={"sessions": count},
            )
            await self.recorder.record(tx, scope, act)


def _unfounded() -> LogoutTokenError:
    return LogoutTokenError("This logout token does not hold.")
