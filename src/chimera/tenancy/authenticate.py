"""From credentials to a `Scope`: the one path, for every surface and every channel."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection

from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.channels import SAFE_METHODS, Presented, presented, require_same_origin, require_tenant
from chimera.tenancy.credentials import hashed, is_mistyped, is_signed_token
from chimera.tenancy.errors import NetworkNotAllowedError, UnauthenticatedError
from chimera.tenancy.lookups import LookUps
from chimera.tenancy.standing import Answer, Standing, admits

# With the 2 seconds between two looks at what goes on, whatever is revoked is over within 5.
RECHECK_S: Final = 3.0
# Where an ASGI scope tells whose request it was found to be.
SEEN: Final = "chimera.seen"
_RECHECK_UNKNOWN_S: Final = 1.0
_MOST_KNOWN = 10_000
_LONGEST_SECRET: Final = 512
_LONGEST_TOKEN: Final = 8_192

# At once from the database: the event loop reads the rows of a lot in a few milliseconds.
_LOT: Final = 64

JudgeTokens: TypeAlias = Callable[[Sequence[bytes]], Awaitable[Sequence[Answer]]]
"""What each of some signed tokens is worth now, if anything."""
Kind: TypeAlias = Literal["key", "session", "token"]


class _Shown(NamedTuple):
    """A credential as it was shown.

    Attributes:
        name: Under which it is remembered, which does not tell the secret.
    """

    kind: Kind
    name: str
    secret: bytes


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
        judge_tokens: JudgeTokens | None = None,
    ) -> None:
        self._look_ups = LookUps(database=database, now=now)
        self._judge_tokens = judge_tokens
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
        standing = await self._of(shown)
        _require_place(standing, connection)
        require_tenant(shown.tenant, standing.scope.tenant_id)
        connection.scope[SEEN] = standing.scope
        return standing.scope

    async def afresh(self, connections: Sequence[HTTPConnection]) -> Sequence[Scope | AppError]:
        """Who sent each of these requests, as the database says now: for what goes on long after it began.

        It is asked once about each credential, for a whole lot of them at a time. The errors are those that a request
        would meet.
        """
        shown = [self._shown(presented(connection.scope["headers"])) for connection in connections]
        found: dict[str, Answer] = {}
        for lot in _lots({each.name: each for each in shown if each is not None}.values()):
            found |= await self._learn(lot)
        answers = (None if each is None else found[each.name] for each in shown)
        return [_judged(answer, connection) for answer, connection in zip(answers, connections, strict=True)]

    def forget(self) -> None:
        """Look every credential up again: something was revoked."""
        self._revocations += 1
        self._good.clear()

    async def _of(self, shown: Presented) -> Standing:
        if shown.key is None and shown.session is None:
            raise UnauthenticatedError("Sign in, or send an API key as `Authorization: Bearer …`.")
        credential = self._shown(shown)
        if credential is None:
            raise _unknown()
        known = self._remembered(credential.name)
        if known is not None and known.standing is not None:
            return known.standing
        return _standing(None if known else await self._ask(credential))

    def _shown(self, shown: Presented) -> _Shown | None:
        """Which credential that is, if it can be one at all."""
        secret = shown.key
        if secret is None:
            secret = shown.session
            if secret is None or len(secret) > _LONGEST_SECRET:
                return None
            return _Shown("session", f"session {hashed(secret)}", secret)
        if self._judge_tokens is not None and is_signed_token(secret):
            return None if len(secret) > _LONGEST_TOKEN else _Shown("token", f"token {hashed(secret)}", secret)
        if len(secret) > _LONGEST_SECRET or is_mistyped(secret):
            return None
        return _Shown("key", f"key {hashed(secret)}", secret)

    async def _ask(self, shown: _Shown) -> Answer:
        lock = self._asking.setdefault(shown.name, asyncio.Lock())
        async with lock:
            if known := self._remembered(shown.name):
                return known.standing
            return (await self._learn([shown]))[shown.name]

    def _remembered(self, name: str) -> _Known | None:
        known = self._good.get(name) or self._bad.get(name)
        return known if known is not None and self._monotonic() < known.until else None

    async def _learn(self, shown: Sequence[_Shown]) -> Mapping[str, Answer]:
        """What some credentials of one kind are worth, by their names; believed from now on for a while."""
        # The time counts from before the question: an answer may be old when it arrives.
        asked, revocations = self._monotonic(), self._revocations
        try:
            answers = await self._look_up(shown[0].kind, [each.secret for each in shown])
        except AppError as error:
            answers = [error] * len(shown)
        for each, answer in zip(shown, answers, strict=True):
            if not isinstance(answer, AppError):
                self._believe(each.name, answer, asked=asked, is_kept=revocations == self._revocations)
        return {each.name: answer for each, answer in zip(shown, answers, strict=True)}

    async def _look_up(self, kind: Kind, secrets: Sequence[bytes]) -> Sequence[Answer]:
        match kind:
            case "token":
                assert self._judge_tokens is not None, "without a judge they are none"
                return await self._judge_tokens(secrets)
            case "key":
                look_up = self._look_ups.keys
            case "session":
                look_up = self._look_ups.sessions
        digests = [hashed(secret) for secret in secrets]
        found = await look_up(digests)
        return [found.get(digest) for digest in digests]

    def _believe(self, name: str, standing: Standing | None, *, asked: float, is_kept: bool) -> None:
        self._good.pop(name, None)
        self._bad.pop(name, None)
        if not is_kept:
            return
        memory, belief_s = (
            (self._good, self._recheck_s) if standing else (self._bad, min(_RECHECK_UNKNOWN_S, self._recheck_s))
        )
        if standing is not None and standing.expires_at is not None:
            belief_s = min(belief_s, (standing.expires_at - self._now()).total_seconds())
        memory[name] = _Known(standing, asked + belief_s)
        if len(memory) > _MOST_KNOWN:
            memory.popitem(last=False)


def _lots(shown: Iterable[_Shown]) -> Iterator[Sequence[_Shown]]:
    """Of one kind each."""
    for _, those in groupby(sorted(shown), key=lambda each: each.kind):
        kept = list(those)
        yield from (kept[start : start + _LOT] for start in range(0, len(kept), _LOT))


def _judged(answer: Answer, connection: HTTPConnection) -> Scope | AppError:
    try:
        standing = _standing(answer)
        _require_place(standing, connection)
    except AppError as error:
        return error
    return standing.scope


def _standing(answer: Answer) -> Standing:
    if isinstance(answer, AppError):
        raise answer
    if answer is None:
        raise _unknown()
    return answer


def _unknown() -> UnauthenticatedError:
    return UnauthenticatedError("This API key, token or session is unknown, expired or revoked.")


def _require_place(standing: Standing, connection: HTTPConnection) -> None:
    if standing.networks is None:
        return
    client = connection.scope.get("client")
    if client is None or not admits(standing.networks, client[0]):
        raise NetworkNotAllowedError("This API key may not be used from this network.")
