"""Who may come in: what finds that out, what people do with their accounts, and the doors to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from fastapi import APIRouter

from chimera.adapters.fetchers.http import HttpFetcher
from chimera.adapters.fetchers.http import Settings as FetcherSettings
from chimera.audit.credentials import WatchedCredentials
from chimera.bootstrap.access import people as access
from chimera.bootstrap.access import signing_in, sso, tokens
from chimera.bootstrap.access.audit import Audit
from chimera.bootstrap.access.encryption import Sealing
from chimera.bootstrap.access.encryption import routers as encryption_routers
from chimera.bootstrap.settings import Settings
from chimera.crypto.sealing import Sealer
from chimera.kit.fetching import Fetcher
from chimera.kit.mail import Mailer
from chimera.kit.trail import Trail
from chimera.policies.service import Policies
from chimera.spend.budgets import Kind
from chimera.spend.planning.keeping import Knows
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.first_run import FirstRun, first_run
from chimera.tenancy.keys import endpoints as keys
from chimera.tenancy.keys.service import Keys
from chimera.tenancy.mailing.posting import Post, Spawn
from chimera.tenancy.roles import endpoints as roles
from chimera.tenancy.roles.service import Roles
from chimera.tenancy.sessions.passwords import SHORTEST, Passwords

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who may come in, and how that is found out.

    Attributes:
        watched: Finds out who calls, and notes it.
        sealer: Seals what nobody may read in the database.
        fetcher: Asks addresses that somebody gave us.
        recorder: Of acts of administration, in the transactions that do them.
        trail: Of what happens all the time.
        first_run: What was generated for the first owner, if this was the first start; to be shown once.
    """

    credentials: tokens.Credentials
    watched: WatchedCredentials
    signing_in: signing_in.SigningIn
    keys: Keys
    roles: Roles
    members: access.Members
    sso: sso.Sso
    sealing: Sealing
    sealer: Sealer
    fetcher: Fetcher
    mailer: Mailer
    recorder: Recorder
    trail: Trail
    first_run: FirstRun | None

    @property
    def authenticate(self) -> Authenticator:
        return self.credentials.authenticate

    @property
    def known(self) -> Mapping[Kind, Knows]:
        """Whether there is one of an id, by what it is."""
        return {"user": self.signing_in.accounts.exists, "key": self.keys.exists, "team": self.members.teams.exists}


async def open_people(settings: Settings, policies: Policies, audit: Audit, sealing: Sealing, spawn: Spawn) -> People:
    """After all that can fail, so that the first secrets are shown once they are made.

    What the house opens later is only put together from what is there.
    """
    database, passwords = policies.database, Passwords()
    sealer, recorder = sealing.keyring, audit.recorder
    fetcher = HttpFetcher(FetcherSettings(private_networks=settings.private_networks))
    credentials = tokens.open_credentials(settings, database, sealer, recorder, fetcher)
    authenticate = credentials.authenticate
    mailer = signing_in.open_mailer(settings)
    return People(
        credentials=credentials,
        watched=audit.watched(authenticate, credentials.whose),
        signing_in=signing_in.open_signing_in(
            signing_in.Means(
                policies=policies,
                passwords=passwords,
                sealer=sealer,
                recorder=recorder,
                trail=audit.notes,
                on_revoked=authenticate.forget,
                post=Post(mailer=mailer, spawn=spawn),
                site=signing_in.site_of(settings),
                public_url=settings.public_url,
            )
        ),
        keys=Keys(database=database, on_revoked=authenticate.forget, recorder=audit.recorder),
        roles=Roles(database=database, on_changed=authenticate.forget, recorder=audit.recorder),
        members=access.open_members(settings, policies, passwords, recorder, authenticate),
        sso=sso.open_sso(
            sso.Means(
                database=database,
                fetcher=fetcher,
                sealer=sealer,
                recorder=recorder,
                trail=audit.notes,
                authenticate=authenticate,
                rules=signing_in.sign_in_rules(policies),
            ),
            settings.public_url,
        ),
        sealing=sealing,
        sealer=sealer,
        fetcher=fetcher,
        mailer=mailer,
        recorder=recorder,
        trail=audit.notes,
        first_run=await _first_run(settings, database, passwords),
    )


def routers(people: People) -> tuple[APIRouter, ...]:
    """What the web application includes of this part."""
    own = (
        keys.router(people.keys),
        roles.router(people.roles),
        sso.router(people.sso),
        *tokens.routers(people.credentials),
    )
    sealing = encryption_routers(people.sealing)
    return *signing_in.routers(people.signing_in), *own, *access.routers(people.members), *sealing


async def _first_run(settings: Settings, database: Database, passwords: Passwords) -> FirstRun | None:
    password, key = settings.owner_password, settings.bootstrap_api_key
    made = await first_run(
        database,
        passwords,
        email=settings.owner_email,
        password=password.get_secret_value() if password else None,
        api_key=key.get_secret_value() if key else None,
        # On a laptop a person may choose what they like to type; the server cannot be reached from elsewhere.
        shortest_password=8 if settings.is_local else SHORTEST,
    )
    if made is None and (settings.owner_email or password or key):
        log.info("house.owner_exists", unused="CHIMERA_OWNER_EMAIL, CHIMERA_OWNER_PASSWORD, CHIMERA_BOOTSTRAP_API_KEY")
    return made
