"""Looking credentials up in the database: from secrets to their `Standing`, and from those who are not there, too."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

import structlog

from chimera.kit.clock import utc_now
from chimera.kit.scope import KeyRates, Scope
from chimera.store import Database, DatabaseUnavailableError
from chimera.tenancy.keys.repository import AllApiKeys, Which
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import implied
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.rules import prolonged
from chimera.tenancy.standing import Standing, held_by, networks_of, scope_of

log = structlog.get_logger()

_NOTED_EVERY = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUps:
    """What API keys and sessions are worth now. Each look-up asks the database, for all at once; what lacks is refused.

    All raise DatabaseUnavailableError if it cannot be asked.
    """

    database: Database
    now: Callable[[], datetime] = utc_now

    async def keys(self, digests: Collection[str]) -> Mapping[str, Standing]:
        """Of API keys, by the hashes of their secrets."""
        async with self.database.system_reading() as tx:
            found = await AllApiKeys(tx).by_hashes(digests)
            bonds = await AllUsers(tx).bonds_of_all({(user.tenant_id, user.id) for _, user in found.values()})
            makers = await AllApiKeys(tx).makers([key for key, _ in found.values()])
        now, standings, unnoted = self.now(), dict[str, Standing](), set[Which]()
        for digest, (key, user) in found.items():
            ends = _end_of(key, digest)
            if key.revoked_at is not None or (ends is not None and ends <= now):
                continue
            if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
                unnoted.add((key.tenant_id, key.id))
            scope = scope_of(user, held_by(user, bonds[user.tenant_id, user.id]), None, key.models)
            standings[digest] = Standing(
                scope=with_key(scope, key, makers), networks=networks_of(key.networks), expires_at=ends
            )
        if unnoted:
            await self._note_use(unnoted, now)
        return standings

    async def sessions(self, digests: Collection[str]) -> Mapping[str, Standing]:
        """Of browsers' sessions, by the hashes of their tokens."""
        async with self.database.system_reading() as tx:
            found = await AllSessions(tx).by_hashes(digests)
            bonds = await AllUsers(tx).bonds_of_all({(user.tenant_id, user.id) for _, user in found.values()})
        now, standings, longer = self.now(), dict[str, Standing](), dict[UUID, datetime]()
        for digest, (session, user) in found.items():
            if now >= session.expires_at or not compare_digest(session.token_hash, digest):
                continue
            expires = prolonged(session, now)
            if expires is not None:
                longer[session.id] = expires
            scope = scope_of(user, held_by(user, bonds[user.tenant_id, user.id]), None)
            standings[digest] = Standing(
                scope=replace(scope, session_id=session.id), expires_at=expires or session.expires_at
            )
        if longer:
            await self._prolong(longer, now)
        return standings

    async def _note_use(self, ids: Collection[Which], now: datetime) -> None:
        try:
            async with self.database.system_transaction() as tx:
                await AllApiKeys(tx).used(ids, now)
        except DatabaseUnavailableError as error:
            # They were found, so they are good; that they were used is noted next time.
            log.warning("tenancy.use_not_noted", code=error.code)

    async def _prolong(self, longer: Mapping[UUID, datetime], now: datetime) -> None:
        try:
            async with self.database.system_transaction() as tx:
                for session_id, expires in sorted(longer.items()):
                    await AllSessions(tx).prolong(session_id, seen=now, expires=expires)
        except DatabaseUnavailableError as error:
            log.warning("tenancy.session_not_prolonged", code=error.code)


async def acting_for(database: Database, earlier: Scope, *, now: Callable[[], datetime] = utc_now) -> Scope | None:
    """What somebody who is not there may do now of what they might do earlier, with the same key.

    `None` if they are shut out, or the key ended. Its networks are not asked for: nobody is there who comes from one.
    """
    return (await acting_for_all(database, [earlier], now=now))[0]


async def acting_for_all(
    database: Database, earlier: Sequence[Scope], *, now: Callable[[], datetime] = utc_now
) -> Sequence[Scope | None]:
    """The same of many, in their order, with one question for all of a kind. Raises DatabaseUnavailableError."""
    async with database.system_reading() as tx:
        users = await AllUsers(tx).all_let_in({(each.tenant_id, each.actor_id) for each in earlier})
        bonds = await AllUsers(tx).bonds_of_all(users.keys())
        shown = {(each.tenant_id, each.key_id) for each in earlier if each.key_id}
        keys = await AllApiKeys(tx).of_ids(shown) if shown else {}
        makers = await AllApiKeys(tx).makers(keys.values())
    at = now()

    def acting(each: Scope) -> Scope | None:
        user = users.get((each.tenant_id, each.actor_id))
        key = keys.get((each.tenant_id, each.key_id)) if each.key_id else None
        if user is None:
            return None
        if each.key_id is not None and (key is None or key.user_id != user.id or not is_live(key, at)):
            return None
        held = held_by(user, bonds[user.tenant_id, user.id])
        scope = scope_of(user, held, each.permissions, key.models if key else None)
        return scope if key is None else with_key(scope, key, makers)

    return [acting(each) for each in earlier]


def with_key(scope: Scope, key: ApiKeyRow, makers: Mapping[Which, ApiKeyRow]) -> Scope:
    """The scope, told whose budget and rates bind it. A key that has less than it had binds more.

    Args:
        scope: Of its user.
        key: That was shown.
        makers: Of keys of any organisation; those of this one are found among them.
    """
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
            for maker in _chain(key, makers)
        ),
    )


def _chain(key: ApiKeyRow, makers: Mapping[Which, ApiKeyRow]) -> Iterator[ApiKeyRow]:
    passed, made_by = {key.id}, key.made_by_key
    while made_by is not None and made_by not in passed and (maker := makers.get((key.tenant_id, made_by))):
        yield maker
        passed.add(made_by)
        made_by = maker.made_by_key


def is_live(key: ApiKeyRow, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def _end_of(key: ApiKeyRow, digest: str) -> datetime | None:
    """When this secret of the key ends: one before the rotation ends sooner."""
    if compare_digest(key.secret_hash, digest):
        return key.expires_at
    ends = (key.former_until or _LONG_AGO, key.expires_at)
    return min(moment for moment in ends if moment is not None)
