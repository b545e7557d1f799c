"""From credentials to a `Scope`: the one path, for every surface and every channel."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.channels import SAFE_METHODS, Presented, presented, require_same_origin, require_tenant
from chimera.tenancy.credentials import hashed, is_mistyped, is_signed_token
from chimera.tenancy.errors import NetworkNotAllowedError, UnauthenticatedError
from chimera.tenancy.lookups import LookUps
from chimera.tenancy.standing import Standing, admits

# With the 2 seconds between two looks at what goes on, whatever is revoked is over within 5.
RECHECK_S: Final = 3.0
# Where an ASGI scope tells whose request it was found to be.
SEEN: Final = "chimera.seen"
_RECHECK_UNKNOWN_S: Final = 1.0
_MOST_KNOWN = 10_000
_LONGEST_SECRET: Final = 512
_LONGEST_TOKEN: Final = 8_192

_LookUp = Callable[[], Awaitable[Standing | None]]
JudgeToken = Callable[[bytes], Awaitable[Standing | None]]
"""What a signed token is worth now, if anything."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a credential was worth when it was last looked up, and how long that is believed."""

    standing: Standing | None
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
        judge_token: JudgeToken | None = None,
    ) -> None:
        self._look_ups = LookUps(database=database, now=now)
        self._judge_token = judge_token
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
            NetworkNotAllowedError: if the key is bound to other networks than the client's.
            TenantMismatchError: if `X-Tenant-ID` names another organisation than the credential's.
            InvalidTenantError: if `X-Tenant-ID` is no id.
            DatabaseUnavailableError: if the credential must be looked up and cannot be.
        """
        shown = presented(connection.scope["headers"])
        if shown.session is not None and connection.scope.get("method") not in SAFE_METHODS:
            require_same_origin(shown.headers)
        standing = await self._of(shown, self._remembered)
        _require_place(standing, connection)
        require_tenant(shown.tenant, standing.scope.tenant_id)
        connection.scope[SEEN] = standing.scope
        return standing.scope

    async def afresh(self, connection: HTTPConnection) -> Scope:
        """Who sent this request, as the database says now: for what goes on long after it began.

        Raises the same errors.
        """
        standing = await self._of(presented(connection.scope["headers"]), _remembers_nothing)
        _require_place(standing, connection)
        return standing.scope

    def forget(self) -> None:
        """Look every credential up again: something was revoked."""
        self._revocations += 1
        self._good.clear()

    async def _of(self, shown: Presented, remembered: Callable[[str], _Known | None]) -> Standing:
        if shown.key is not None:
            known = await self._by_key(shown.key, remembered)
        elif shown.session is not None and len(shown.session) <= _LONGEST_SECRET:
            digest = hashed(shown.session)
            known = remembered(f"session {digest}") or await self._ask(
                f"session {digest}", lambda: self._look_ups.session(digest), remembered
            )
        else:
            raise UnauthenticatedError("Sign in, or send an API key as `Authorization: Bearer …`.")
        if known is None or known.standing is None:
            raise UnauthenticatedError("This API key, token or session is unknown, expired or revoked.")
        return known.standing

    async def _by_key(self, secret: bytes, remembered: Callable[[str], _Known | None]) -> _Known | None:
        judge = self._judge_token
        if judge is not None and is_signed_token(secret):
            if len(secret) > _LONGEST_TOKEN:
                return None
            name = f"token {hashed(secret)}"
            return remembered(name) or await self._ask(name, lambda: judge(secret), remembered)
        if len(secret) > _LONGEST_SECRET or is_mistyped(secret):
            return None
        digest = hashed(secret)
        name = f"key {digest}"
        return remembered(name) or await self._ask(name, lambda: self._look_ups.key(digest), remembered)

    async def _ask(self, name: str, look_up: _LookUp, remembered: Callable[[str], _Known | None]) -> _Known:
        lock = self._asking.setdefault(name, asyncio.Lock())
        async with lock:
            return remembered(name) or await self._learn(name, look_up)

    def _remembered(self, name: str) -> _Known | None:
        known = self._good.get(name) or self._bad.get(name)
        return known if known is not None and self._monotonic() < known.until else None

    async def _learn(self, name: str, look_up: _LookUp) -> _Known:
        # The time counts from before the question: an answer may be old when it arrives.
        asked, revocations = self._monotonic(), self._revocations
        standing = await look_up()
        memory, belief_s = (
            (self._good, self._recheck_s) if standing else (self._bad, min(_RECHECK_UNKNOWN_S, self._recheck_s))
        )
        if standing is not None and standing.expires_at is not None:
            belief_s = min(belief_s, (standing.expires_at - self._now()).total_seconds())
        self._good.pop(name, None)
        self._bad.pop(name, None)
        known = _Known(standing, asked + belief_s)
        if revocations != self._revocations:
            return known
        memory[name] = known
        if len(memory) > _MOST_KNOWN:
            memory.popitem(last=False)
        return known


def _remembers_nothing(name: str) -> None:
    """Memory for who must ask."""


def _require_place(standing: Standing, connection: HTTPConnection) -> None:
    if standing.networks is None:
        return
    client = connection.scope.get("client")
    if client is None or not admits(standing.networks, client[0]):
        raise NetworkNotAllowedError("This API key may not be used from this network.")
