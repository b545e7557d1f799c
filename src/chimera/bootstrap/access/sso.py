"""Single sign-on, put together: one memory of what providers say, for all who ask it."""

from dataclasses import dataclass

from fastapi import APIRouter

from chimera.crypto.sealing import Sealer
from chimera.kit.fetching import Fetcher
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.sso import endpoints
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.sso.exchanging import Exchange
from chimera.tenancy.sso.flow import SingleSignOn
from chimera.tenancy.sso.logout import BackChannel
from chimera.tenancy.sso.providers import IdentityProviders


@dataclass(frozen=True, slots=True)
class Means:
    """What single sign-on is made of."""

    database: Database
    fetcher: Fetcher
    sealer: Sealer
    recorder: Recorder
    authenticate: Authenticator


@dataclass(frozen=True, slots=True, kw_only=True)
class Sso:
    """Signing in at an organisation's own provider.

    Attributes:
        issuers: What providers say of themselves, and their keys.
        public_url: Under which browsers and providers reach this server, where that was configured.
    """

    issuers: Issuers
    providers: IdentityProviders
    sign_on: SingleSignOn
    back_channel: BackChannel
    public_url: str | None


def open_sso(means: Means, public_url: str | None) -> Sso:
    issuers, forget = Issuers(means.fetcher), means.authenticate.forget
    return Sso(
        issuers=issuers,
        providers=IdentityProviders(
            database=means.database, issuers=issuers, sealer=means.sealer, recorder=means.recorder, on_revoked=forget
        ),
        sign_on=SingleSignOn(
            database=means.database,
            exchange=Exchange(issuers=issuers),
            sealer=means.sealer,
            recorder=means.recorder,
            on_revoked=forget,
        ),
        back_channel=BackChannel(database=means.database, issuers=issuers, recorder=means.recorder, on_revoked=forget),
        public_url=public_url,
    )


def router(sso: Sso) -> APIRouter:
    return endpoints.router(sso.providers, sso.sign_on, sso.back_channel, public_url=sso.public_url)
