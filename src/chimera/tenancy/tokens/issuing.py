"""Tokens: begun with a session or an API key, refreshed, and ended a family at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.errors import InvalidRefreshTokenError, PermissionDeniedError, TokenFamilyNotFoundError
from chimera.tenancy.permissions import narrowed
from chimera.tenancy.tokens.families import Family, family_now
from chimera.tenancy.tokens.repository import AllRefreshTokens, AllTokenFamilies, RefreshTokens, TokenFamilies
from chimera.tenancy.tokens.signing import SigningKeys
from chimera.tenancy.tokens.tables import RefreshTokenRow, TokenFamilyRow
from chimera.tenancy.tokens.token import FamilyInfo, FamilyPage, Issued, Wish
from chimera.tenancy.tokens.verifying import signed

log = structlog.get_logger()

# As with sessions: two weeks after the last use, three months after the beginning in any case.
IDLE: Final = timedelta(days=14)
LONGEST_FAMILY: Final = timedelta(days=90)
# Of an access token. Whatever ends its family ends it within seconds, too.
LASTS_S: Final = 900
MARK: Final = "cr_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What people do with tokens of their own.

    Attributes:
        issuer: What we call ourselves in them.
        on_revoked: Called when a family ended, so that this replica forgets it at once.
    """

    database: Database
    keys: SigningKeys
    issuer: str
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def begin(self, scope: Scope, wish: Wish) -> Issued:
        """Begin a family that acts for the caller, and ends with the session or API key that was shown.

        Raises:
            PermissionDeniedError: if the caller would give more than they hold, or showed a token.
            InvalidRequestError: if a permission is unknown.
        """
        if (scope.session_id is None and scope.key_id is None) or scope.family_id is not None:
            raise PermissionDeniedError("Tokens are begun with a session or an API key, not with a token.")
        given, now = narrowed(scope, wish.permissions), self.now()
        family = TokenFamilyRow(
            id=new_id(),
            tenant_id=scope.tenant_id,
            user_id=scope.actor_id,
            key_id=scope.key_id,
            session_id=scope.session_id,
            permissions=None if wish.permissions is None else sorted(given),
            client=wish.client,
            created_at=now,
            expires_at=now + LONGEST_FAMILY,
        )
        refresh = _new_refresh_token()
        async with self.database.transaction(scope) as tx:
            await TokenFamilies(tx, scope).add(family)
            await RefreshTokens(tx, scope).add(_refresh_row(family, refresh, now))
            await self.recorder.record(tx, scope, _act("token_family.begun", family))
        return await self._issued(family, given, refresh)

    async def refresh(self, refresh_token: str) -> Issued:
        """Give a new pair for a refresh token, once. One that comes again ends its whole family: it was stolen.

        Raises:
            InvalidRefreshTokenError: if it is unknown, used, expired, or its family has ended.
        """
        now, fresh, digest = self.now(), _new_refresh_token(), hashed(refresh_token.encode())
        async with self.database.system_transaction() as tx:
            shown = await AllRefreshTokens(tx).by_hash(digest)
            family = None if shown is None else await family_now(tx, shown.tenant_id, shown.family_id, now=now)
            is_reused = False
            if shown is not None and family is not None:
                is_reused = not await AllRefreshTokens(tx).use(shown, now)
                if is_reused:
                    await self._end_reused(tx, family, now)
                elif shown.expires_at > now:
                    await AllRefreshTokens(tx).add(_refresh_row(family.begun.family, fresh, now))
        if is_reused:
            self.on_revoked()
        if shown is None or family is None or is_reused or shown.expires_at <= now:
            raise InvalidRefreshTokenError("This refresh token is unknown, used, expired or revoked. Sign in again.")
        return await self._issued(family.begun.family, family.standing.scope.permissions, fresh)

    async def revoke(self, refresh_token: str) -> None:
        """End the family of a refresh token, if there is one (RFC 7009)."""
        now = self.now()
        async with self.database.system_transaction() as tx:
            shown = await AllRefreshTokens(tx).by_hash(hashed(refresh_token.encode()))
            family = None if shown is None else await family_now(tx, shown.tenant_id, shown.family_id, now=now)
            if family is not None:
                await AllTokenFamilies(tx).revoke(family.begun.family, now, reason="wish")
                await self.recorder.record(tx, family.standing.scope, _act("token_family.ended", family.begun.family))
        if family is not None:
            self.on_revoked()

    async def families(self, scope: Scope, *, cursor: str | None, limit: int) -> FamilyPage:
        """The caller's own that go on, newest first."""
        async with self.database.reading(scope) as tx:
            families = TokenFamilies(tx, scope)
            page = await families.page(
                families.live_of(scope.actor_id, self.now()),
                by=TokenFamilyRow.created_at,
                cursor=cursor,
                limit=limit,
            )
        return FamilyPage(families=[_info(row) for row in page.rows], next_cursor=page.next_cursor)

    async def end(self, scope: Scope, family_id: UUID) -> None:
        """End a family of the caller's: its tokens are refused here at once, on other replicas within seconds.

        Raises:
            TokenFamilyNotFoundError: if the caller has no such family that goes on.
        """
        async with self.database.transaction(scope) as tx:
            if not await TokenFamilies(tx, scope).revoke(family_id, scope.actor_id, self.now()):
                raise TokenFamilyNotFoundError("You have no such family of tokens.")
            act = Act(name="token_family.ended", target_kind="token_family", target_id=str(family_id))
            await self.recorder.record(tx, scope, act)
        self.on_revoked()

    async def sweep(self) -> None:
        """Forget families whose time is over, and their refresh tokens with them."""
        async with self.database.system_transaction() as tx:
            await AllTokenFamilies(tx).forget_before(self.now())

    async def _end_reused(self, tx: Transaction, family: Family, now: datetime) -> None:
        row = family.begun.family
        await AllTokenFamilies(tx).revoke(row, now, reason="reuse")
        log.warning("tokens.reused", family_id=str(row.id))
        await self.recorder.record(tx, family.standing.scope, _act("token_family.reused", row))

    async def _issued(self, family: TokenFamilyRow, permissions: frozenset[str], refresh: str) -> Issued:
        key, private = await self.keys.signer()
        now = int(self.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": str(family.user_id),
            "tid": str(family.tenant_id),
            "fam": str(family.id),
            "iat": now,
            "nbf": now,
            "exp": now + LASTS_S,
            "jti": uuid4().hex,
            "scope": " ".join(sorted(permissions)),
        }
        return Issued(
            family_id=family.id,
            access_token=signed(claims, private, kid=key.kid, algorithm=key.algorithm),
            refresh_token=refresh,
            expires_in_s=LASTS_S,
            permissions=permissions,
        )


def _new_refresh_token() -> str:
    return MARK + new_session_token()


def _refresh_row(family: TokenFamilyRow, token: str, now: datetime) -> RefreshTokenRow:
    return RefreshTokenRow(
        tenant_id=family.tenant_id,
        family_id=family.id,
        token_hash=hashed(token.encode()),
        created_at=now,
        expires_at=min(now + IDLE, family.expires_at),
    )


def _act(name: str, family: TokenFamilyRow) -> Act:
    return Act(name=name, target_kind="token_family", target_id=str(family.id))


def _info(row: TokenFamilyRow) -> FamilyInfo:
    return FamilyInfo(
        id=row.id,
        client=row.client,
        permissions=row.permissions,
        key_id=row.key_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
