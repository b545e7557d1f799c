"""From credentials to a `Scope`: the one path, for every surface and every channel."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from starlette.requests import HTTPConnection

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database, DatabaseUnavailableError
from chimera.tenancy.channels import SAFE_METHODS, presented, require_same_origin
from chimera.tenancy.credentials import hashed, is_mistyped
from chimera.tenancy.errors import UnauthenticatedError
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import held, implied
from chimera.tenancy.repository import Users
from chimera.tenancy.sessions.beginning import IDLE, LONGEST
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import UserRow

log = structlog.get_logger()

RECHECK_S = 5.0
_RECHECK_UNKNOWN_S = 1.0
_MOST_KNOWN = 10_000
_LONGEST_SECRET = 512
_NOTED_EVERY = timedelta(hours=1)

_LookUp = Callable[[str], Awaitable[Scope | None]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a credential was worth when it was last looked up, and how long that is believed."""

    scope: Scope | None
    until: float


class Authenticator:
    """Turns the credentials of a request into a `Scope`, mostly from memory.

    Each credential is looked up again after at most `recheck_s`, by one request while others wait for it; that is also
    how long a revoked one may work on another replica. Secrets are held only as SHA-256.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        recheck_s: float = RECHECK_S,
    ) -> None:
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._recheck_s = recheck_s
        # Apart, so that a flood of made-up keys does not push the real ones out.
        self._good: OrderedDict[str, _Known] = OrderedDict()
        self._bad: OrderedDict[str, _Known] = OrderedDict()
        self._revocations = 0
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, connection: HTTPConnection) -> Scope:
        """Who sent this request.

        Accepts `Authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key`, and the session cookie where none of
        them is present. A key that is wrong is refused even if a good cookie came along.

        Raises:
            UnauthenticatedError: without a valid credential.
            CrossSiteRequestError: if an unsafe method, or a WebSocket, comes with a cookie from another site.
            DatabaseUnavailableError: if the credential must be looked up and cannot be.
        """
        shown = presented(connection.scope["headers"])
        if shown.key is not None:
            scope = None if is_mistyped(shown.key) else await self._recall("key", shown.key, self._by_key)
        elif shown.session is not None:
            if connection.scope.get("method") not in SAFE_METHODS:
                require_same_origin(shown.headers)
            scope = await self._recall("session", shown.session, self._by_session)
        else:
            raise UnauthenticatedError("Sign in, or send an API key as `Authorization: Bearer …`.")
        if scope is None:
            raise UnauthenticatedError("This API key or session is unknown, expired or revoked.")
        return scope

    def forget(self) -> None:
        """Look every credential up again: something was revoked."""
        self._revocations += 1
        self._good.clear()

    async def _recall(self, kind: str, secret: bytes, look_up: _LookUp) -> Scope | None:
        if len(secret) > _LONGEST_SECRET:
            return None
        digest = hashed(secret)
        name = f"{kind} {digest}"
        known = self._remembered(name)
        if known is None:
            lock = self._asking.setdefault(name, asyncio.Lock())
            async with lock:
                known = self._remembered(name) or await self._learn(name, digest, look_up)
        return known.scope

    def _remembered(self, name: str) -> _Known | None:
        known = self._good.get(name) or self._bad.get(name)
        return known if known is not None and self._monotonic() < known.until else None

    async def _learn(self, name: str, digest: str, look_up: _LookUp) -> _Known:
        # The time counts from before the question: an answer may be old when it arrives.
        asked, revocations = self._monotonic(), self._revocations
        scope = await look_up(digest)
        memory, belief_s = (
            (self._good, self._recheck_s) if scope else (self._bad, min(_RECHECK_UNKNOWN_S, self._recheck_s))
        )
        self._good.pop(name, None)
        self._bad.pop(name, None)
        known = _Known(scope, asked + belief_s)
        if revocations != self._revocations:
            return known
        memory[name] = known
        if len(memory) > _MOST_KNOWN:
            memory.popitem(last=False)
        return known

    async def _by_key(self, digest: str) -> Scope | None:
        async with self._database.system_reading() as tx:
            found = await AllApiKeys(tx).by_hash(digest)
        if found is None:
            return None
        key, user = found
        now = self._now()
        is_live = key.revoked_at is None and (key.expires_at is None or now < key.expires_at)
        if not is_live or user.disabled_at is not None or not compare_digest(key.secret_hash, digest):
            return None
        if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
            await self._note_use(key, now)
        return _scope(user, frozenset(key.permissions), key_id=key.id)

    async def _by_session(self, digest: str) -> Scope | None:
        async with self._database.system_reading() as tx:
            found = await AllSessions(tx).by_hash(digest)
        if found is None:
            return None
        session, user = found
        now = self._now()
        if now >= session.expires_at or user.disabled_at is not None or not compare_digest(session.token_hash, digest):
            return None
        if now - session.last_seen_at >= _NOTED_EVERY:
            await self._prolong(session, now)
        return _scope(user, None)

    async def _note_use(self, key: ApiKeyRow, now: datetime) -> None:
        try:
            async with self._database.system_transaction() as tx:
                await AllApiKeys(tx).used(key.id, now)
        except DatabaseUnavailableError as error:
            # It was found, so it is good; that it was used is noted next time.
            log.warning("tenancy.use_not_noted", code=error.code)

    async def _prolong(self, session: SessionRow, now: datetime) -> None:
        expires = min(now + IDLE, session.created_at + LONGEST)
        try:
            async with self._database.system_transaction() as tx:
                await AllSessions(tx).prolong(session.id, seen=now, expires=expires)
        except DatabaseUnavailableError as error:
            log.warning("tenancy.session_not_prolonged", code=error.code)


async def acting_for(database: Database, tenant_id: UUID, user_id: UUID, granted: frozenset[str]) -> Scope | None:
    """What a person who is not there may do now of what they had granted earlier; `None` if they are shut out."""
    scope = Scope(tenant_id=tenant_id, actor_id=user_id, permissions=frozenset())
    async with database.reading(scope) as tx:
        user = await Users(tx, scope).get(user_id)
    return None if user is None or user.disabled_at is not None else _scope(user, granted)


def _scope(user: UserRow, granted: frozenset[str] | None, *, key_id: UUID | None = None) -> Scope:
    """A key may do what it was given and its owner still may; a session all that its owner may."""
    may = held(user.role, operator=user.operator)
    return Scope(
        tenant_id=user.tenant_id,
        actor_id=user.id,
        permissions=may if granted is None else may & implied(granted),
        key_id=key_id,
    )
