"""API keys: made, listed and revoked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.errors import ApiKeyNotFoundError
from chimera.tenancy.keys.key import KeyInfo, NewKey
from chimera.tenancy.keys.repository import ApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import KEYS_MANAGE, narrowed, require

_LATEST_EXPIRY = timedelta(days=3653)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of the caller's organisation, for those who may manage them.

    Attributes:
        on_revoked: Called when a key was revoked, so that this replica forgets it at once.
    """

    database: Database
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def create(
        self, scope: Scope, name: str, *, permissions: Iterable[str] | None = None, expires_at: datetime | None = None
    ) -> NewKey:
        """Make a key that acts for the caller, with the caller's permissions or fewer.

        Raises:
            PermissionDeniedError: if the caller may not make keys, or would give more than they hold.
            InvalidRequestError: if a permission is unknown, or the expiry past or absurd.
        """
        require(scope, KEYS_MANAGE)
        given = narrowed(scope, permissions)
        if expires_at is not None and not self.now() < expires_at <= self.now() + _LATEST_EXPIRY:
            raise InvalidRequestError("The expiry must lie within the next ten years.", field="expires_at")
        secret = new_api_key()
        row = ApiKeyRow(
            user_id=scope.actor_id,
            name=name,
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            permissions=sorted(given),
            created_at=self.now(),
            expires_at=expires_at,
        )
        async with self.database.transaction(scope) as tx:
            await ApiKeys(tx, scope).add(row)
        return NewKey(info=_info(row), secret=secret)

    async def list(self, scope: Scope) -> Sequence[KeyInfo]:
        """Keys that were not revoked, oldest first. Raises PermissionDeniedError."""
        require(scope, KEYS_MANAGE)
        async with self.database.reading(scope) as tx:
            return [_info(row) for row in await ApiKeys(tx, scope).active()]

    async def exists(self, scope: Scope, id: UUID) -> bool:
        """Whether the organisation has a key of this id that was not revoked."""
        async with self.database.reading(scope) as tx:
            row = await ApiKeys(tx, scope).get(id)
        return row is not None and row.revoked_at is None

    async def revoke(self, scope: Scope, id: UUID) -> None:
        """Make a key useless: here at once, on other replicas within seconds.

        Raises:
            PermissionDeniedError: if the caller may not manage keys.
            ApiKeyNotFoundError: if the organisation has no such key, or revoked it before.
        """
        require(scope, KEYS_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await ApiKeys(tx, scope).revoke(id, self.now()):
                raise ApiKeyNotFoundError("There is no such API key.")
        self.on_revoked()


def _info(row: ApiKeyRow) -> KeyInfo:
    return KeyInfo(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        permissions=frozenset(row.permissions),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
