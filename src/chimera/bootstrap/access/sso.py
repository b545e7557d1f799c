"""Single sign-on and directories, put together: one memory of what providers say, for all who ask it."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.types import ASGIApp

from chimera.crypto.sealing import Sealer
from chimera.kit.fetching import Fetcher
from chimera.kit.trail import Trail
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.scim import endpoints as scim_tokens
from chimera.tenancy.scim.door import Directory, scim_app
from chimera.tenancy.scim.groups import DirectoryTeams
from chimera.tenancy.scim.tokens import DirectoryTokens
from chimera.tenancy.scim.users import DirectoryPeople
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.sso import endpoints
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.sso.exchanging import Exchange
from chimera.tenancy.sso.flow import SingleSignOn
from chimera.tenancy.sso.logout import BackChannel
from chimera.tenancy.sso.providers import IdentityProviders
from chimera.web.bodies import Bounded
from chimera.web.routers import join

# A request names a thousand members at most.
MOST_BYTES = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What single sign-on is made of."""

    database: Database
    fetcher: Fetcher
    sealer: Sealer
    recorder: Recorder
    trail: Trail
    authenticate: Authenticator
    rules: Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Sso:
    """Signing in at an organisation's own provider.

    Attributes:
        issuers: What providers say of themselves, and their keys.
        directory: What an organisation's directory reaches.
        public_url: Under which browsers and providers reach this server, where that was configured.
    """

    issuers: Issuers
    providers: IdentityProviders
    sign_on: SingleSignOn
    back_channel: BackChannel
    directory: Directory
    public_url: str | None


def open_sso(means: Means, public_url: str | None) -> Sso:
    database, issuers, forget = means.database, Issuers(means.fetcher), means.authenticate.forget
    return Sso(
        issuers=issuers,
        providers=IdentityProviders(
            database=database,
            issuers=issuers,
            fetcher=means.fetcher,
            sealer=means.sealer,
            recorder=means.recorder,
            on_revoked=forget,
        ),
        sign_on=SingleSignOn(
            database=database,
            exchange=Exchange(issuers=issuers),
            sealer=means.sealer,
            recorder=means.recorder,
            trail=means.trail,
            on_revoked=forget,
            rules=means.rules,
        ),
        back_channel=BackChannel(database=database, issuers=issuers, recorder=means.recorder, on_revoked=forget),
        directory=Directory(
            tokens=DirectoryTokens(database=database, recorder=means.recorder),
            people=DirectoryPeople(database=database, recorder=means.recorder, on_revoked=forget),
            teams=DirectoryTeams(database=database, recorder=means.recorder, on_revoked=forget),
        ),
        public_url=public_url,
    )


def router(sso: Sso) -> APIRouter:
    api = endpoints.router(sso.providers, sso.sign_on, sso.back_channel, public_url=sso.public_url)
    join(api, scim_tokens.router(sso.directory.tokens))
    return api


def door(sso: Sso) -> ASGIApp:
    """Where directories come in: `/scim/v2`."""
    return Bounded(scim_app(sso.directory), MOST_BYTES)
