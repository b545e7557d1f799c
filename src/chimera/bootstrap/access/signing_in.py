"""How people sign in, put together: what organisations demand of it, and who takes e-mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter

from chimera.adapters.mailers.console import ConsoleMailer
from chimera.bootstrap.settings import Settings
from chimera.crypto.sealing import Sealer
from chimera.kit.loading import load
from chimera.kit.mail import Mailer
from chimera.kit.scope import Scope
from chimera.kit.trail import Trail
from chimera.policies.service import Policies
from chimera.store.recording import Recorder
from chimera.tenancy.factors.authenticators import Authenticators, second_factors
from chimera.tenancy.factors.challenges import Challenges
from chimera.tenancy.factors.endpoints import codes, helping, passkeys
from chimera.tenancy.factors.helping import Helping
from chimera.tenancy.factors.passkeys import PasskeyBook
from chimera.tenancy.factors.second_step import SecondStep
from chimera.tenancy.mailing import endpoints as mailing
from chimera.tenancy.mailing.posting import Post
from chimera.tenancy.mailing.proving import MailProofs
from chimera.tenancy.mailing.resetting import Letters, Resetting
from chimera.tenancy.sessions import device_endpoints as devices
from chimera.tenancy.sessions import endpoints as sessions
from chimera.tenancy.sessions.accounts import Accounts
from chimera.tenancy.sessions.devices import Devices
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.proving import Proving
from chimera.tenancy.sessions.rules import Rules, SignInRules

_NOBODY = UUID(int=0)


def open_mailer(settings: Settings) -> Mailer:
    """Whoever takes e-mail; the terminal where nobody was configured."""
    if settings.smtp_url is None:
        return ConsoleMailer()
    smtp = load("mailers", "smtp")
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    sender = settings.mail_from or f"chimera@{host}"
    mailer: Mailer = smtp.SmtpMailer(settings=smtp.Settings(url=settings.smtp_url, sender=sender))
    return mailer


def site_of(settings: Settings) -> str | None:
    """Where people reach the server; known without being told only where nobody else can."""
    if settings.public_url or not settings.is_local:
        return settings.public_url
    return f"http://{settings.host}:{settings.port}" if settings.port else None


def sign_in_rules(policies: Policies) -> Rules:
    """What the policy of an organisation says of signing in."""

    async def rules(tenant_id: UUID) -> SignInRules:
        # Nobody is signed in yet: the policy is read for the organisation, on nobody's behalf.
        policy = (await policies.of(Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset()))).sign_in
        return SignInRules(
            second_factor=policy.second_factor,
            provider_only=policy.provider_only,
            shortest_password=policy.shortest_password,
            idle=timedelta(minutes=policy.idle_minutes),
            longest=timedelta(hours=policy.longest_hours),
        )

    return rules


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """What people do to come in, and with what lets them."""

    accounts: Accounts
    proving: Proving
    authenticators: Authenticators
    second_step: SecondStep
    resetting: Resetting
    passkeys: PasskeyBook
    devices: Devices
    helping: Helping
    public_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What signing in is made of."""

    policies: Policies
    passwords: Passwords
    sealer: Sealer
    recorder: Recorder
    trail: Trail
    on_revoked: Callable[[], None]
    post: Post
    site: str | None
    public_url: str | None


def open_signing_in(means: Means) -> SigningIn:
    database, rules = means.policies.database, sign_in_rules(means.policies)
    authenticators = Authenticators(database=database, sealer=means.sealer, recorder=means.recorder)
    return SigningIn(
        accounts=Accounts(
            database=database,
            passwords=means.passwords,
            rules=rules,
            second_factors=second_factors,
            recorder=means.recorder,
            trail=means.trail,
            on_revoked=means.on_revoked,
        ),
        proving=Proving(database=database, passwords=means.passwords),
        authenticators=authenticators,
        second_step=SecondStep(database=database, authenticators=authenticators, rules=rules, trail=means.trail),
        resetting=Resetting(
            database=database,
            passwords=means.passwords,
            rules=rules,
            proofs=MailProofs(database=database),
            post=means.post,
            letters=Letters(site=means.site),
            recorder=means.recorder,
            on_revoked=means.on_revoked,
        ),
        passkeys=PasskeyBook(
            database=database,
            challenges=Challenges(sealer=means.sealer),
            rules=rules,
            recorder=means.recorder,
            trail=means.trail,
        ),
        devices=Devices(database=database, recorder=means.recorder, on_revoked=means.on_revoked),
        helping=Helping(database=database, recorder=means.recorder, on_revoked=means.on_revoked),
        public_url=means.public_url,
    )


def routers(parts: SigningIn) -> tuple[APIRouter, ...]:
    return (
        sessions.router(parts.accounts, parts.proving),
        codes.router(parts.authenticators, parts.second_step),
        passkeys.router(parts.passkeys, parts.public_url),
        devices.router(parts.devices),
        helping.router(parts.helping),
        mailing.router(parts.resetting),
    )
