"""From signed tokens to their `Standing`: whose they are, whether they hold, and what they are worth now."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.standing import Answer, Standing
from chimera.tenancy.tokens.families import Family, families_now
from chimera.tenancy.tokens.signing import SigningKeys
from chimera.tenancy.tokens.verifying import (
    Access,
    Peeked,
    UnbelievableTokenError,
    believed,
    key_named,
    peeked,
    signed_for,
)


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

    async def __call__(self, tokens: Sequence[bytes]) -> Sequence[Answer]:
        """What each token is worth; `None`: nothing; an error: that one cannot be judged now.

        Ours with one question of a kind for all. Raises DatabaseUnavailableError.
        """
        answers: list[Answer] = [None] * len(tokens)
        own: dict[int, Access] = {}
        foreign: dict[int, Peeked] = {}
        for number, token in enumerate(tokens):
            try:
                said = peeked(token)
                if said.issuer != self.issuer:
                    foreign[number] = said
                elif access := await self._believed(token, said):
                    own[number] = access
            except UnbelievableTokenError:
                continue
        for number, standing in zip(own, await self._own(list(own.values())), strict=True):
            answers[number] = standing
        told = await asyncio.gather(*(self._foreign(tokens[number], said) for number, said in foreign.items()))
        for number, answer in zip(foreign, told, strict=True):
            answers[number] = answer
        return answers

    async def spoke_for(self, token: bytes) -> Scope | None:
        """For whom we signed a token, good now or not; `None` for what we did not. Raises DatabaseUnavailableError."""
        try:
            said = peeked(token)
            key = await self.keys.named(key_named(said.header)) if said.issuer == self.issuer else None
            access = None if key is None else signed_for(token, key.public, key.algorithm, issuer=self.issuer)
        except UnbelievableTokenError:
            return None
        if access is None:
            return None
        return Scope(
            tenant_id=access.tenant_id,
            actor_id=access.user_id,
            permissions=frozenset(),
            family_id=access.family_id,
        )

    async def _believed(self, token: bytes, said: Peeked) -> Access | None:
        key = await self.keys.named(key_named(said.header))
        if key is None:
            return None
        return believed(token, key.public, key.algorithm, issuer=self.issuer, now=self.now())

    async def _own(self, tokens: Sequence[Access]) -> Sequence[Standing | None]:
        if not tokens:
            return ()
        async with self.database.system_reading() as tx:
            named = {(access.tenant_id, access.family_id) for access in tokens}
            families = await families_now(tx, named, now=self.now())
        return [_worth(access, families.get((access.tenant_id, access.family_id))) for access in tokens]

    async def _foreign(self, token: bytes, said: Peeked) -> Answer:
        try:
            return await self.others(token, said)
        except UnbelievableTokenError:
            return None
        except AppError as error:
            # Of this one: whoever else asks for others' tokens is not to wait for its issuer.
            return error


def _worth(access: Access, family: Family | None) -> Standing | None:
    if family is None or family.standing.scope.actor_id != access.user_id:
        return None
    standing = family.standing
    scope = replace(standing.scope, permissions=standing.scope.permissions & access.permissions)
    ends = access.expires_at if standing.expires_at is None else min(access.expires_at, standing.expires_at)
    return replace(standing, scope=scope, expires_at=ends)
