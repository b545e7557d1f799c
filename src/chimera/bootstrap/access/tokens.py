"""Who believes credentials, put together: the authenticator, and the tokens that we sign."""

import asyncio
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from chimera.bootstrap.settings import Settings
from chimera.crypto.sealing import Sealer
from chimera.kit.fetching import Fetcher
from chimera.kit.rounds import rounds
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.tokens import endpoints
from chimera.tenancy.tokens.issuers import ForeignJudge, TokenIssuersOf
from chimera.tenancy.tokens.issuing import Tokens
from chimera.tenancy.tokens.judging import TokenJudge
from chimera.tenancy.tokens.signing import SigningKeys
from chimera.tenancy.whose import Whose

# What we call ourselves in tokens where no public address was configured; keys tell installations apart.
_NAMELESS: Final = "chimera"
_SWEPT_EVERY_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What finds out who asks, and the tokens that people begin.

    Attributes:
        authenticate: For every door.
        whose: Tells on whose behalf those speak, or spoke, that are refused.
    """

    authenticate: Authenticator
    whose: Whose
    tokens: Tokens
    issuers: TokenIssuersOf

    async def run(self) -> None:
        """Change keys on time and forget what is over, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.tokens.keys.run())
            group.create_task(rounds(self.tokens.sweep, every_s=_SWEPT_EVERY_S, named="token_families"))


def open_credentials(
    settings: Settings, database: Database, sealer: Sealer, recorder: Recorder, fetcher: Fetcher
) -> Credentials:
    issuer = settings.public_url or _NAMELESS
    keys = SigningKeys(database, sealer, algorithm=settings.token_algorithm)
    others = ForeignJudge(database=database, issuers=Issuers(fetcher))
    judge = TokenJudge(database=database, keys=keys, issuer=issuer, others=others)
    authenticate = Authenticator(database, judge_tokens=judge)
    return Credentials(
        authenticate=authenticate,
        whose=Whose(database=database, spoke_for=judge.spoke_for),
        issuers=TokenIssuersOf(database=database, own=issuer, recorder=recorder, on_revoked=authenticate.forget),
        tokens=Tokens(database=database, keys=keys, issuer=issuer, recorder=recorder, on_revoked=authenticate.forget),
    )


def routers(credentials: Credentials) -> tuple[APIRouter, ...]:
    return endpoints.router(credentials.tokens), endpoints.issuer_router(credentials.issuers)
