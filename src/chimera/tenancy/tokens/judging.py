"""From a signed token to its `Standing`: whose it is, whether it holds, and what it is worth now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chimera.kit.clock import utc_now
from chimera.store import Database
from chimera.tenancy.standing import Standing
from chimera.tenancy.tokens.families import family_now
from chimera.tenancy.tokens.signing import SigningKeys
from chimera.tenancy.tokens.verifying import Peeked, UnbelievableTokenError, believed, key_named, peeked


async def nobody(_token: bytes, _peeked: Peeked) -> Standing | None:
    """Believes no issuer but ourselves."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenJudge:
    """Judges the tokens that we signed, and has those of others judged.

    Attributes:
        issuer: What we call ourselves in tokens.
        others: Judges the tokens of other issuers.
    """

    database: Database
    keys: SigningKeys
    issuer: str
    others: Callable[[bytes, Peeked], Awaitable[Standing | None]] = nobody
    now: Callable[[], datetime] = utc_now

    async def __call__(self, token: bytes) -> Standing | None:
        """What the token is worth; `None`: nothing. Raises DatabaseUnavailableError."""
        try:
            said = peeked(token)
            if said.issuer != self.issuer:
                return await self.others(token, said)
            return await self._own(token, said)
        except UnbelievableTokenError:
            return None

    async def _own(self, token: bytes, said: Peeked) -> Standing | None:
        key = await self.keys.named(key_named(said.header))
        if key is None:
            return None
        now = self.now()
        access = believed(token, key.public, key.algorithm, issuer=self.issuer, now=now)
        async with self.database.system_reading() as tx:
            family = await family_now(tx, access.tenant_id, access.family_id, now=now)
        if family is None or family.standing.scope.actor_id != access.user_id:
            return None
        standing = family.standing
        scope = replace(standing.scope, permissions=standing.scope.permissions & access.permissions)
        ends = access.expires_at if standing.expires_at is None else min(access.expires_at, standing.expires_at)
        return replace(standing, scope=scope, expires_at=ends)
