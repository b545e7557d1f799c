"""API keys: made, listed, changed, rotated and revoked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder, Unrecorded
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.errors import ApiKeyNotFoundError, PermissionDeniedError, UnauthenticatedError, UserNotFoundError
from chimera.tenancy.keys.bounds import Bounds, moved, narrowest
from chimera.tenancy.keys.key import KeyInfo, KeyTerms, NewKey
from chimera.tenancy.keys.repository import ApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import KEYS_MANAGE, KEYS_OWN, implied, narrowed, require
from chimera.tenancy.repository import Users
from chimera.tenancy.tables import UserRow

_LATEST_EXPIRY: Final = timedelta(days=3653)
_SERVICE: Final = "service"
# Each key counts what those made with it ask, and theirs: a chain without an end would cost every call.
_LONGEST_CHAIN: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which keys, and which of their pages."""

    prefix: str | None = None
    user_id: UUID | None = None
    cursor: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of the caller's organisation: one's own, and for those who manage them everybody's.

    A secret is given only to who could do without it what it can do: keys are made and rotated for oneself and for
    service accounts, and what one makes or changes is never wider than the credential with which it is done.

    Attributes:
        on_revoked: Called when a key may less than before, so that this replica forgets it at once.
    """

    database: Database
    on_revoked: Callable[[], None]
    recorder: Recorder = field(default_factory=Unrecorded)
    now: Callable[[], datetime] = utc_now

    async def create(self, scope: Scope, terms: KeyTerms) -> NewKey:
        """Make a key that acts for the caller or a service account, with the caller's permissions or fewer.

        Raises:
            PermissionDeniedError: if the caller may not make such keys, or would give more than they hold, or is the
                last key of a long chain of keys that made keys.
            UserNotFoundError: if the organisation has nobody of the id.
            InvalidRequestError: if a permission is unknown, or the expiry past or absurd.
        """
        require(scope, KEYS_OWN)
        if scope.key_id is not None and len(scope.makers) >= _LONGEST_CHAIN - 1:
            raise PermissionDeniedError("This key was made with a key that was made with a key: it makes no more keys.")
        given = narrowed(scope, terms.permissions)
        self._check_expiry(terms.bounds.expires_at)
        secret = new_api_key()
        row = ApiKeyRow(
            user_id=terms.user_id or scope.actor_id,
            name=terms.name,
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            permissions=sorted(given),
            made_by_key=scope.key_id,
            created_at=self.now(),
        )
        async with self.database.transaction(scope) as tx:
            owner = await _owner(tx, scope, row.user_id)
            _write(row, terms.bounds.within(await self._held(tx, scope, is_own=owner.id == scope.actor_id)))
            await ApiKeys(tx, scope).add(row)
            await self.recorder.record(tx, scope, _act("key.created", row.id))
        return NewKey(info=_info(row), secret=secret)

    async def page(self, scope: Scope, wanted: Wanted) -> tuple[Sequence[KeyInfo], str | None]:
        """Keys that were not revoked, newest first, and where the next page begins. Raises PermissionDeniedError."""
        require(scope, KEYS_OWN)
        owner = wanted.user_id
        if KEYS_MANAGE not in scope.permissions:
            if owner not in {None, scope.actor_id}:
                return (), None
            owner = scope.actor_id
        async with self.database.reading(scope) as tx:
            keys = ApiKeys(tx, scope)
            query = keys.active(prefix=wanted.prefix, user_id=owner)
            page = await keys.page(query, by=ApiKeyRow.created_at, cursor=wanted.cursor, limit=wanted.limit)
        return [_info(row) for row in page.rows], page.next_cursor

    async def get(self, scope: Scope, id: UUID) -> KeyInfo:
        """One key that was not revoked.

        Raises:
            PermissionDeniedError: if the caller may not see keys.
            ApiKeyNotFoundError: if there is none, or not for the caller.
        """
        require(scope, KEYS_OWN)
        async with self.database.reading(scope) as tx:
            return _info(_reached(scope, await ApiKeys(tx, scope).get(id)))

    async def exists(self, scope: Scope, id: UUID) -> bool:
        """Whether the organisation has a key of this id that was not revoked."""
        async with self.database.reading(scope) as tx:
            row = await ApiKeys(tx, scope).get(id)
        return row is not None and row.revoked_at is None

    async def change(self, scope: Scope, id: UUID, *, name: str | None, bounds: Callable[[Bounds], Bounds]) -> KeyInfo:
        """Rename a key and move its bounds.

        Raises:
            PermissionDeniedError: if it would become wider than the caller's credential, or wider at all where it may
                do what the caller may not.
            ApiKeyNotFoundError: if there is none, or not for the caller.
            InvalidRequestError: if a bound makes no sense.
        """
        require(scope, KEYS_OWN)
        async with self.database.transaction(scope) as tx:
            row = _reached(scope, await ApiKeys(tx, scope).locked(id))
            held = await self._held(tx, scope, is_own=True)
            present = _bounds(row)
            wanted = bounds(present)
            if wanted.expires_at != present.expires_at:
                self._check_expiry(wanted.expires_at)
            if row.user_id != scope.actor_id:
                held = replace(held, models=narrowest(scope.models))
            chosen = moved(present, wanted, held)
            if not chosen.is_within(present):
                _check_holding(scope, row)
            row.name = row.name if name is None else name
            _write(row, chosen)
            await self.recorder.record(tx, scope, _act("key.changed", row.id))
        self.on_revoked()
        return _info(row)

    async def rotate(self, scope: Scope, id: UUID, *, overlap_s: int) -> NewKey:
        """Give a key a new secret; the old one is good for `overlap_s` more seconds, any before that no more.

        Raises:
            PermissionDeniedError: if it acts for another person, or is wider than the caller's credential.
            ApiKeyNotFoundError: if there is none, or not for the caller.
        """
        require(scope, KEYS_OWN)
        secret, now = new_api_key(), self.now()
        async with self.database.transaction(scope) as tx:
            row = _reached(scope, await ApiKeys(tx, scope).locked(id))
            held = await self._held(tx, scope, is_own=True)
            await _owner(tx, scope, row.user_id)
            if row.id != scope.key_id:
                _check_holding(scope, row)
                if scope.key_id is not None and not _bounds(row).is_within(held):
                    raise PermissionDeniedError("A key does not rotate one that is wider than it.")
            row.former_hash, row.former_until = row.secret_hash, now + timedelta(seconds=overlap_s)
            row.secret_hash, row.prefix = hashed(secret.encode()), shown_prefix(secret)
            await self.recorder.record(tx, scope, _act("key.rotated", row.id, overlap_s=overlap_s))
        self.on_revoked()
        return NewKey(info=_info(row), secret=secret)

    async def revoke(self, scope: Scope, id: UUID) -> None:
        """Make a key and all that were made with it useless: here at once, on other replicas within seconds.

        Raises:
            PermissionDeniedError: if the caller may not revoke keys.
            ApiKeyNotFoundError: if there is none, or not for the caller, or it was revoked before.
        """
        require(scope, KEYS_OWN)
        async with self.database.transaction(scope) as tx:
            keys = ApiKeys(tx, scope)
            _reached(scope, await keys.locked(id))
            for revoked in await keys.revoke(id, self.now()):
                await self.recorder.record(tx, scope, _act("key.revoked", revoked))
        self.on_revoked()

    async def _held(self, tx: Transaction, scope: Scope, *, is_own: bool) -> Bounds:
        """What the caller's credential is bound to. Its row is held, so that nothing is made of a key as it is revoked.

        Raises:
            UnauthenticatedError: if it was revoked meanwhile.
        """
        if scope.key_id is None:
            # The roles bind every key of the same user by themselves, and later otherwise than now.
            return Bounds(models=None if is_own else narrowest(scope.models))
        row = await ApiKeys(tx, scope).held(scope.key_id)
        if row is None or row.revoked_at is not None:
            raise UnauthenticatedError("This API key is revoked.")
        return replace(_bounds(row), models=narrowest(scope.models))

    def _check_expiry(self, moment: datetime | None) -> None:
        if moment is not None and not self.now() < moment <= self.now() + _LATEST_EXPIRY:
            raise InvalidRequestError("The expiry must lie within the next ten years.", field="expires_at")


async def _owner(tx: Transaction, scope: Scope, user_id: UUID) -> UserRow:
    """Whom a key may act for whose secret the caller is given.

    Raises:
        UserNotFoundError: if the organisation has nobody of the id, or the caller would not know.
        PermissionDeniedError: if it is another person.
    """
    user = await Users(tx, scope).get(user_id)
    if user is not None and user.id == scope.actor_id:
        return user
    require(scope, KEYS_MANAGE)
    if user is None:
        raise UserNotFoundError("There is no such user.")
    if user.kind != _SERVICE:
        raise PermissionDeniedError("A key acts for yourself or for a service account, never for another person.")
    return user


def _reached(scope: Scope, row: ApiKeyRow | None) -> ApiKeyRow:
    """The key, if the caller may know of it."""
    is_known = row is not None and (row.user_id == scope.actor_id or KEYS_MANAGE in scope.permissions)
    if row is None or not is_known or row.revoked_at is not None:
        raise ApiKeyNotFoundError("There is no such API key.")
    return row


def _check_holding(scope: Scope, row: ApiKeyRow) -> None:
    if not implied(frozenset(row.permissions)) <= scope.permissions:
        raise PermissionDeniedError("This key may do what you may not. Somebody who may must do this.")


def _bounds(row: ApiKeyRow) -> Bounds:
    return Bounds(
        models=None if row.models is None else tuple(row.models),
        networks=None if row.networks is None else tuple(row.networks),
        expires_at=row.expires_at,
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
    )


def _write(row: ApiKeyRow, bounds: Bounds) -> None:
    row.models = None if bounds.models is None else list(bounds.models)
    row.networks = None if bounds.networks is None else list(bounds.networks)
    row.expires_at = bounds.expires_at
    row.requests_per_minute, row.tokens_per_minute = bounds.requests_per_minute, bounds.tokens_per_minute


def _info(row: ApiKeyRow) -> KeyInfo:
    return KeyInfo(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        prefix=row.prefix,
        permissions=frozenset(row.permissions),
        bounds=_bounds(row),
        made_by_key=row.made_by_key,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        former_until=row.former_until,
    )


def _act(name: str, id: UUID, **details: int) -> Act:
    return Act(name=name, target_kind="key", target_id=str(id), details=details)
