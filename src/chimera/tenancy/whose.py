"""Whose a credential is, or was: for whoever must tell an organisation that one of its own was refused."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.sessions.repository import AllSessions


class Refused(NamedTuple):
    """What was shown.

    Attributes:
        digest: Its SHA-256.
        token: All of it, where it has the form of a signed token: only that tells whose it is.
    """

    digest: str
    token: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Finds out on whose behalf credentials speak, or spoke while they were good.

    Attributes:
        spoke_for: For whom a token was signed here, good still or not.
    """

    database: Database
    spoke_for: Callable[[bytes], Awaitable[Scope | None]]

    async def __call__(self, refused: Sequence[Refused]) -> Mapping[str, Scope]:
        """Scopes without any permission, by the hashes of secrets; none for what never was a credential of ours.

        Of sessions those that are kept: one that was signed out is not there any more.

        Raises:
            DatabaseUnavailableError: if it cannot be looked up now.
        """
        digests = {each.digest for each in refused if each.token is None}
        async with self.database.system_reading() as tx:
            keys = await AllApiKeys(tx).of_hashes(digests)
            sessions = await AllSessions(tx).of_hashes(digests)
        found: dict[str, Scope] = {}
        for key in keys:
            scope = Scope(tenant_id=key.tenant_id, actor_id=key.user_id, permissions=frozenset(), key_id=key.id)
            found |= {shown: scope for shown in (key.secret_hash, key.former_hash) if shown}
        for session in sessions:
            found[session.token_hash] = Scope(
                tenant_id=session.tenant_id, actor_id=session.user_id, permissions=frozenset(), session_id=session.id
            )
        for token, digest in {each.token: each.digest for each in refused if each.token is not None}.items():
            if spoken := await self.spoke_for(token):
                found[digest] = spoken
        return found
