"""Credentials of directories: made, listed, revoked by administrators, and believed at the door of SCIM."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed
from chimera.tenancy.permissions import SSO_MANAGE, require
from chimera.tenancy.scim.errors import ScimTokenNotFoundError, ScimUnauthenticatedError
from chimera.tenancy.scim.repository import AllScimTokens, ScimTokens
from chimera.tenancy.scim.tables import ScimTokenRow
from chimera.tenancy.scim.token import NewToken, TokenInfo

MARK: Final = "cs_"
_SHOWN: Final = 11
_LONGEST: Final = 200
_LATEST_EXPIRY: Final = timedelta(days=3653)
_NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTokens:
    """Of the caller's organisation, for those who may manage sign-in."""

    database: Database
    recorder: Recorder
    now: Callable[[], datetime] = utc_now

    async def create(self, scope: Scope, name: str, *, expires_at: datetime | None) -> NewToken:
        """Let a directory in. Groups' roles that the maker does not hold it cannot give.

        Raises:
            InvalidRequestError: if the expiry is past or absurd.
        """
        require(scope, SSO_MANAGE)
        now = self.now()
        if expires_at is not None and not now < expires_at <= now + _LATEST_EXPIRY:
            raise InvalidRequestError("The expiry must lie within the next ten years.", field="expires_at")
        secret = f"{MARK}{token_urlsafe(32)}"
        row = ScimTokenRow(
            name=name,
            prefix=secret[:_SHOWN],
            token_hash=hashed(secret.encode()),
            created_by=scope.actor_id,
            created_at=now,
            expires_at=expires_at,
        )
        async with self.database.transaction(scope) as tx:
            await ScimTokens(tx, scope).add(row)
            await self.recorder.record(tx, scope, _act("scim_token.created", row.id))
        return NewToken(info=_info(row), secret=secret)

    async def page(self, scope: Scope, *, cursor: str | None, limit: int) -> tuple[Sequence[TokenInfo], str | None]:
        """Those that were not revoked, the newest first, and where the next page begins."""
        require(scope, SSO_MANAGE)
        async with self.database.reading(scope) as tx:
            tokens = ScimTokens(tx, scope)
            page = await tokens.page(tokens.live(), by=ScimTokenRow.created_at, cursor=cursor, limit=limit)
        return [_info(row) for row in page.rows], page.next_cursor

    async def revoke(self, scope: Scope, id: UUID) -> None:
        """Shut a directory out, at once and everywhere. Raises ScimTokenNotFoundError."""
        require(scope, SSO_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await ScimTokens(tx, scope).revoke(id, self.now()):
                raise ScimTokenNotFoundError("There is no such SCIM token.")
            await self.recorder.record(tx, scope, _act("scim_token.revoked", id))

    async def caller(self, secret: str) -> Scope:
        """Whose directory brings this secret: asked of the database with every request, for these are few.

        The scope has no permission, and names the maker of the token: what they may not, it may not.

        Raises:
            ScimUnauthenticatedError: if it is unknown, expired or revoked.
        """
        now = self.now()
        row = None
        if secret.startswith(MARK) and len(secret) <= _LONGEST:
            async with self.database.system_reading() as tx:
                row = await AllScimTokens(tx).by_hash(hashed(secret.encode()))
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            raise ScimUnauthenticatedError("This SCIM token is unknown, expired or revoked.")
        if row.last_used_at is None or now - row.last_used_at >= _NOTED_EVERY:
            async with self.database.system_transaction() as tx:
                await AllScimTokens(tx).used(row, now)
        return Scope(tenant_id=row.tenant_id, actor_id=row.created_by, permissions=frozenset())


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="scim_token", target_id=str(id))


def _info(row: ScimTokenRow) -> TokenInfo:
    return TokenInfo(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
