"""Credentials in the trail: a use once an hour from each address, and every refusal of what is, or was, somebody's."""

import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from msgspec.structs import replace
from starlette.requests import HTTPConnection

from chimera.audit.writing import placed
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.tenancy.channels import presented
from chimera.tenancy.credentials import hashed, is_signed_token
from chimera.tenancy.errors import PermissionDeniedError, TenancyError
from chimera.tenancy.permissions import require
from chimera.tenancy.whose import Refused

_AGAIN_S: Final = 3600.0
_MOST_SEEN: Final = 20_000
_MOST_REFUSED: Final = 500
_PATH_LETTERS: Final = 200
_LONGEST_SECRET: Final = 512
_LONGEST_TOKEN: Final = 8_192

Whose: TypeAlias = Callable[[Sequence[Refused]], Awaitable[Mapping[str, Scope]]]
"""By the hashes of secrets, on whose behalf they speak, or spoke while they were good."""


@dataclass(slots=True, kw_only=True, eq=False)
class WatchedCredentials:
    """Stands around the authenticator, whose answers it passes on.

    Attributes:
        authenticate: Finds out who calls.
        whose: Asked in rounds, so that a refusal takes no longer than it did.
    """

    authenticate: Callable[[HTTPConnection], Awaitable[Scope]]
    trail: Trail
    whose: Whose
    monotonic: Callable[[], float] = time.monotonic
    _seen: OrderedDict[tuple[UUID, str], float] = field(default_factory=OrderedDict[tuple[UUID, str], float])
    _refused: deque[tuple[Refused, Act]] = field(
        default_factory=lambda: deque[tuple[Refused, Act]](maxlen=_MOST_REFUSED)
    )
    # Of sessions that came in here, as nothing is kept of one that was ended.
    _sessions: OrderedDict[str, Scope] = field(default_factory=OrderedDict[str, Scope])

    async def __call__(self, connection: HTTPConnection) -> Scope:
        """Who sent this request. Raises what the authenticator raises."""
        try:
            scope = await self.authenticate(connection)
        except TenancyError as error:
            self._note_refusal(connection, error)
            raise
        client = connection.scope.get("client")
        place = (scope.key_id or scope.session_id or scope.actor_id, client[0] if client else "")
        now = self.monotonic()
        if now >= self._seen.get(place, 0.0):
            self._note_use(scope, place, now)
            self._remember(scope, connection)
        return scope

    def demand(self, scope: Scope, permission: str) -> None:
        """Let the caller through, or not, and note that it was not. Raises PermissionDeniedError."""
        try:
            require(scope, permission)
        except PermissionDeniedError as error:
            act = Act(name="request.refused", outcome=error.code, target_kind="permission", target_id=permission)
            self.trail.note(scope, placed(act))
            raise

    async def look(self) -> None:
        """Note refusals under whom they concern: one round. Raises DatabaseUnavailableError.

        Of the same credential, from the same address and for the same reason, one entry tells how many times.
        """
        if not self._refused:
            return
        refused, self._refused = self._refused, deque(maxlen=_MOST_REFUSED)
        found = await self.whose([shown for shown, _ in refused])
        alike: dict[tuple[str, str, str], list[Act]] = {}
        for shown, act in refused:
            alike.setdefault((shown.digest, act.outcome, act.address), []).append(act)
        for (digest, _, _), acts in alike.items():
            scope = found.get(digest) or self._sessions.get(digest)
            if scope is not None:
                kind = "key" if scope.key_id else "session" if scope.session_id else "token"
                self.trail.note(scope, replace(acts[0], details={"credential": kind, "times": len(acts)}))

    def _remember(self, scope: Scope, connection: HTTPConnection) -> None:
        token = presented(connection.scope["headers"]).session
        if scope.session_id is None or token is None:
            return
        digest = hashed(token)
        self._sessions[digest] = Scope(
            tenant_id=scope.tenant_id,
            actor_id=scope.actor_id,
            permissions=frozenset(),
            session_id=scope.session_id,
        )
        self._sessions.move_to_end(digest)
        if len(self._sessions) > _MOST_SEEN:
            self._sessions.popitem(last=False)

    def _note_use(self, scope: Scope, place: tuple[UUID, str], now: float) -> None:
        self._seen[place] = now + _AGAIN_S
        self._seen.move_to_end(place)
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        kind = "key" if scope.key_id else "session" if scope.session_id else "token"
        self.trail.note(scope, Act(name=f"{kind}.used", target_kind=kind, target_id=str(place[0]), address=place[1]))

    def _note_refusal(self, connection: HTTPConnection, error: AppError) -> None:
        shown, client = presented(connection.scope["headers"]), connection.scope.get("client")
        secret = shown.session if shown.key is None else shown.key
        if secret is None:
            return
        is_token = shown.key is not None and is_signed_token(secret)
        if len(secret) > (_LONGEST_TOKEN if is_token else _LONGEST_SECRET):
            return
        act = Act(
            name="credential.refused",
            outcome=error.code,
            target_kind="path",
            target_id=str(connection.scope["path"])[:_PATH_LETTERS],
            address=client[0] if client else "",
            request_id=str(connection.scope.get("chimera.request_id", "")),
        )
        self._refused.append((Refused(hashed(secret), secret if is_token else None), act))
