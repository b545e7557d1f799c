"""Signing in at a provider: sending a browser there, and what it brings back (authorization code flow with PKCE)."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import structlog

from chimera.crypto.sealing import Sealer
from chimera.kit.clock import utc_now
from chimera.kit.trail import Trail
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed
from chimera.tenancy.sessions import attempts
from chimera.tenancy.sessions.beginning import Proof, Visitor, note_begun, welcome
from chimera.tenancy.sessions.rules import Rules, house_rules
from chimera.tenancy.sessions.tables import SignInStepRow
from chimera.tenancy.sso.admitting import Admission
from chimera.tenancy.sso.claims import UnbelievableError, Vouched
from chimera.tenancy.sso.discovery import Metadata
from chimera.tenancy.sso.errors import (
    IdentityProviderNotFoundError,
    SignInExpiredError,
    SignInRefusedError,
)
from chimera.tenancy.sso.exchanging import Client, Exchange, Grant
from chimera.tenancy.sso.repository import STEP, AllProviders, Departures
from chimera.tenancy.sso.tables import IdentityProviderRow

log = structlog.get_logger()

SECRET_PURPOSE: Final = IdentityProviderRow.sealed_columns["client_secret"]
PATIENCE: Final = timedelta(minutes=10)
_MOST_LISTED: Final = 20
# Of one organisation's people under way; beyond, those who were sent first begin anew.
_MOST_UNDER_WAY: Final = 5_000
_LONGEST: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where a browser is sent, and what it keeps meanwhile: whoever brings the answer back must hold the secret."""

    url: str
    state: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a provider's redirect says, as it came.

    Attributes:
        error: A code of RFC 6749, 4.1.2.1, in place of `code`.
        issuer: `iss` of RFC 9207.
        secret: The cookie of the browser that was sent with this state.
    """

    state: str | None
    code: str | None = field(repr=False)
    error: str | None
    issuer: str | None
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A session that began, and where its person wanted to go."""

    token: str = field(repr=False)
    return_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """Lets people sign in at their organisation's provider.

    Attributes:
        on_revoked: Called when somebody may do something else than before.
        rules: How long an organisation lets a session last; asked outside of transactions.
    """

    database: Database
    exchange: Exchange
    sealer: Sealer
    recorder: Recorder
    trail: Trail
    on_revoked: Callable[[], None]
    rules: Rules = house_rules
    now: Callable[[], datetime] = utc_now

    async def providers_of(self, domain: str) -> Sequence[IdentityProviderRow]:
        """Where people with an address of this domain may sign in, at providers of organisations whose it is."""
        async with self.database.system_reading() as tx:
            return await AllProviders(tx).of_domain(domain.strip().lower(), most=_MOST_LISTED)

    async def start(self, provider_id: UUID, *, redirect_uri: str, return_to: str, address: str) -> Departure:
        """Send the browser of an address to a provider.

        Raises:
            IdentityProviderNotFoundError: if there is none of that id where anybody may sign in.
            TooManyAttemptsError: if too many of the address were sent and did not come back.
            IdentityProviderUnusableError: if it does not say where to go.
        """
        provider = await self._open(provider_id)
        async with self.database.system_transaction() as tx:
            await attempts.sent_away(tx, address, self.now())
        metadata = await self.exchange.issuers.metadata(provider.issuer)
        state, secret, now = token_urlsafe(32), token_urlsafe(32), self.now()
        kept = {"provider_id": str(provider.id), "secret_hash": hashed(secret.encode())}
        async with self.database.system_transaction() as tx:
            departures = Departures(tx)
            await departures.forget_expired(now)
            await departures.keep_newest(provider.tenant_id, _MOST_UNDER_WAY - 1)
            row = SignInStepRow(
                token_hash=hashed(state.encode()),
                kind=STEP,
                tenant_id_wanted=provider.tenant_id,
                data={**kept, "redirect_uri": redirect_uri, "return_to": return_to},
                created_at=now,
                expires_at=now + PATIENCE,
            )
            await departures.add(row)
        return Departure(url=_address(metadata, provider, state, secret, redirect_uri), state=state, secret=secret)

    async def finish(self, returned: Returned, visitor: Visitor) -> Arrival:
        """Begin a session for whom the provider vouches. Whatever comes of it, the return is used up.

        Raises:
            SignInExpiredError: if this browser was not sent there, too long ago, or came back before.
            SignInRefusedError: if the provider refuses, or what it says does not hold.
            NotInvitedError: if whom it vouches for may not come in.
            IdentityProviderUnusableError: if it does not answer, or not as it should.
        """
        step = await self._taken(returned)
        provider = await self._open(UUID(str(step.data["provider_id"])))
        try:
            who = await self._vouched(provider, returned, step)
        except UnbelievableError as error:
            log.warning("sso.refused", provider_id=str(provider.id), reason=str(error))
            raise SignInRefusedError("The identity provider did not vouch for you. Try to sign in again.") from error
        token = await self._begin(provider.id, provider.tenant_id, who, visitor)
        return Arrival(token=token, return_to=str(step.data["return_to"]))

    async def sweep(self) -> None:
        """Forget those who were sent and did not come back in time, also where nobody else is sent any more."""
        async with self.database.system_transaction() as tx:
            await Departures(tx).forget_expired(self.now())

    async def _open(self, provider_id: UUID) -> IdentityProviderRow:
        async with self.database.system_reading() as tx:
            provider = await AllProviders(tx).open(provider_id)
        if provider is None:
            raise IdentityProviderNotFoundError("There is no such identity provider.")
        return provider

    async def _taken(self, returned: Returned) -> SignInStepRow:
        state, secret = returned.state or "", returned.secret or ""
        async with self.database.system_transaction() as tx:
            step = await Departures(tx).take(state, self.now()) if 0 < len(state) <= _LONGEST else None
        if step is None or not compare_digest(hashed(secret.encode()), str(step.data["secret_hash"])):
            raise SignInExpiredError("This sign-in has expired, or began in another browser. Begin anew.")
        return step

    async def _vouched(self, provider: IdentityProviderRow, returned: Returned, step: SignInStepRow) -> Vouched:
        metadata = await self.exchange.issuers.metadata(provider.issuer)
        # RFC 9207, 2.4: a provider that says who it is always does; another's answer must not be taken to this one.
        if returned.issuer != provider.issuer and (metadata.says_issuer or returned.issuer is not None):
            raise UnbelievableError("iss of the redirect")
        if returned.error is not None or not returned.code or len(returned.code) > _LONGEST:
            raise UnbelievableError("no code")
        secret = returned.secret or ""
        grant = Grant(
            code=returned.code,
            verifier=_verifier(secret),
            nonce=_nonce(secret),
            redirect_uri=str(step.data["redirect_uri"]),
        )
        return await self.exchange.redeem(await self._client(provider), grant)

    async def _client(self, provider: IdentityProviderRow) -> Client:
        sealed = provider.client_secret
        secret = await self.sealer.open(provider.tenant_id, sealed, purpose=SECRET_PURPOSE) if sealed else None
        return Client(
            issuer=provider.issuer,
            client_id=provider.client_id,
            client_secret=None if secret is None else secret.decode(),
            group_claim=provider.group_claim,
        )

    async def _begin(self, provider_id: UUID, tenant_id: UUID, who: Vouched, visitor: Visitor) -> str:
        now, rules = self.now(), await self.rules(tenant_id)
        async with self.database.system_transaction() as tx:
            provider = await AllProviders(tx).open(provider_id)
            if provider is None:
                raise IdentityProviderNotFoundError("There is no such identity provider.")
            admission = Admission(tx=tx, provider=provider, recorder=self.recorder, now=now)
            admitted = await admission.admit(who)
            proof = Proof(
                method="oidc",
                address=visitor.address,
                user_agent=visitor.user_agent,
                provider_id=provider.id,
                provider_session=who.session,
            )
            signed_in = await welcome(tx, admitted.user, proof, now=now, rules=rules)
            await attempts.came_back(tx, visitor.address)
        if admitted.narrowed:
            self.on_revoked()
        note_begun(self.trail, signed_in, proof)
        return signed_in.token


def _address(metadata: Metadata, provider: IdentityProviderRow, state: str, secret: str, redirect_uri: str) -> str:
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(dict.fromkeys(("openid", *provider.scopes))),
        "state": state,
        "nonce": _nonce(secret),
        "code_challenge": _challenge(_verifier(secret)),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"


# Both follow from what only the browser keeps: who reads our database can finish nobody's sign-in.
def _verifier(secret: str) -> str:
    return hashed(f"verifier {secret}".encode())


def _nonce(secret: str) -> str:
    return hashed(f"nonce {secret}".encode())


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
