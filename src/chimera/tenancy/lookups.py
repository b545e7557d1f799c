"""Looking credentials up in the database: from a secret to its `Standing`, and from somebody who is not there, too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

import structlog

from chimera.kit.clock import utc_now
from chimera.kit.scope import KeyRates, Scope
from chimera.store import Database, DatabaseUnavailableError
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import implied
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.rules import prolonged
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.standing import Standing, held_by, networks_of, scope_of

log = structlog.get_logger()

_NOTED_EVERY = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUps:
    """What API keys and sessions are worth now. Every look-up asks the database; `None` means refused.

    All raise DatabaseUnavailableError if it cannot be asked.
    """

    database: Database
    now: Callable[[], datetime] = utc_now

    async def key(self, digest: str) -> Standing | None:
        """Of an API key, by the hash of its secret."""
        async with self.database.system_reading() as tx:
            found = await AllApiKeys(tx).by_hash(digest)
            bonds = await AllUsers(tx).bonds_of(found[1]) if found else ()
            makers = await AllApiKeys(tx).makers(found[0]) if found else ()
        if found is None:
            return None
        (key, user), now = found, self.now()
        ends = _end_of(key, digest)
        if key.revoked_at is not None or (ends is not None and ends <= now):
            return None
        if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
            await self._note_use(key, now)
        scope = with_key(scope_of(user, held_by(user, bonds), None, key.models), key, makers)
        return Standing(scope=scope, networks=networks_of(key.networks), expires_at=ends)

    async def session(self, digest: str) -> Standing | None:
        """Of a browser's session, by the hash of its token."""
        async with self.database.system_reading() as tx:
            found = await AllSessions(tx).by_hash(digest)
            bonds = await AllUsers(tx).bonds_of(found[1]) if found else ()
        if found is None:
            return None
        (session, user), now = found, self.now()
        if now >= session.expires_at or not compare_digest(session.token_hash, digest):
            return None
        expires = prolonged(session, now)
        if expires is not None:
            await self._prolong(session, now, expires)
        scope = replace(scope_of(user, held_by(user, bonds), None), session_id=session.id)
        return Standing(scope=scope, expires_at=expires or session.expires_at)

    async def _note_use(self, key: ApiKeyRow, now: datetime) -> None:
        try:
            async with self.database.system_transaction() as tx:
                await AllApiKeys(tx).used(key.id, now)
        except DatabaseUnavailableError as error:
            # It was found, so it is good; that it was used is noted next time.
            log.warning("tenancy.use_not_noted", code=error.code)

    async def _prolong(self, session: SessionRow, now: datetime, expires: datetime) -> None:
        try:
            async with self.database.system_transaction() as tx:
                await AllSessions(tx).prolong(session.id, seen=now, expires=expires)
        except DatabaseUnavailableError as error:
            log.warning("tenancy.session_not_prolonged", code=error.code)


async def acting_for(database: Database, earlier: Scope, *, now: Callable[[], datetime] = utc_now) -> Scope | None:
    """What somebody who is not there may do now of what they might do earlier, with the same key.

    `None` if they are shut out, or the key ended. Its networks are not asked for: nobody is there who comes from one.
    """
    async with database.system_reading() as tx:
        user = await AllUsers(tx).let_in(earlier.tenant_id, earlier.actor_id)
        bonds = await AllUsers(tx).bonds_of(user) if user else ()
        key = await AllApiKeys(tx).of(user, earlier.key_id) if user and earlier.key_id else None
        makers = await AllApiKeys(tx).makers(key) if key else ()
    if user is None or (earlier.key_id is not None and (key is None or not is_live(key, now()))):
        return None
    scope = scope_of(user, held_by(user, bonds), earlier.permissions, key.models if key else None)
    return scope if key is None else with_key(scope, key, makers)


def with_key(scope: Scope, key: ApiKeyRow, makers: Iterable[ApiKeyRow]) -> Scope:
    """The scope, told whose budget and rates bind it. A key that has less than it had binds more."""
    return replace(
        scope,
        permissions=scope.permissions & implied(frozenset(key.permissions)),
        key_id=key.id,
        requests_per_minute=key.requests_per_minute,
        tokens_per_minute=key.tokens_per_minute,
        makers=tuple(
            KeyRates(
                key_id=maker.id,
                requests_per_minute=maker.requests_per_minute,
                tokens_per_minute=maker.tokens_per_minute,
            )
            for maker in makers
        ),
    )


def is_live(key: ApiKeyRow, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def _end_of(key: ApiKeyRow, digest: str) -> datetime | None:
    """When this secret of the key ends: one before the rotation ends sooner."""
    if compare_digest(key.secret_hash, digest):
        return key.expires_at
    ends = (key.former_until or _LONG_AGO, key.expires_at)
    return min(moment for moment in ends if moment is not None)
