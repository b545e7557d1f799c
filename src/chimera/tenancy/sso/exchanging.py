"""From the code that a browser brought back to whom the provider vouches for: everything that is asked of it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, quote_plus, urlencode

from chimera.kit.clock import utc_now
from chimera.kit.fetching import Outgoing
from chimera.tenancy.sso import claims as says
from chimera.tenancy.sso.claims import Claims, Expected, UnbelievableError, Vouched
from chimera.tenancy.sso.discovery import Issuers, Metadata, in_json

_MOST_BYTES: Final = 262_144
_LONGEST_ACCESS_TOKEN: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who we are at a provider, and what of its claims names the groups."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    group_claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a browser brought back, and what we had kept for it."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Asks providers, each with its own client."""

    issuers: Issuers
    now: Callable[[], datetime] = utc_now

    async def redeem(self, client: Client, grant: Grant) -> Vouched:
        """Give the code for tokens, once, and say for whom the provider vouches.

        Raises:
            UnbelievableError: if a token does not hold, or the provider refuses the code.
            IdentityProviderUnusableError: if it does not answer, or not as it should.
        """
        metadata = await self.issuers.metadata(client.issuer)
        tokens = await self._tokens(metadata, client, grant)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise UnbelievableError("no ID token")
        claims = await self._believed(metadata, client, id_token, nonce=grant.nonce)
        more: Claims = {}
        if isinstance(access_token, str) and len(access_token) <= _LONGEST_ACCESS_TOKEN:
            says.check_access_token(claims, access_token, says.header_of(id_token).algorithm)
            if metadata.userinfo_endpoint and not {"email", client.group_claim} <= claims.keys():
                more = await self._more(metadata.userinfo_endpoint, access_token, claims)
        return says.vouched(claims, more, group_claim=client.group_claim)

    async def _tokens(self, metadata: Metadata, client: Client, grant: Grant) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": grant.code,
            "redirect_uri": grant.redirect_uri,
            "code_verifier": grant.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if client.client_secret is None or metadata.posts_secret:
            form["client_id"] = client.client_id
            if client.client_secret is not None:
                form["client_secret"] = client.client_secret
        else:
            # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        asked = Outgoing(
            url=metadata.token_endpoint,
            method="POST",
            headers=headers,
            body=urlencode(form, quote_via=quote).encode(),
            most_bytes=_MOST_BYTES,
        )
        fetched = await self.issuers.fetched(asked)
        if 400 <= fetched.status < 500:
            raise UnbelievableError("the code was not taken")
        answer = in_json(fetched)
        return answer if isinstance(answer, dict) else {}

    async def _believed(self, metadata: Metadata, client: Client, token: str, *, nonce: str) -> Claims:
        header = says.header_of(token)
        if header.type not in {"jwt", ""}:
            raise UnbelievableError("type")
        claims = says.verified(token, await self.issuers.key(metadata.jwks_uri, header))
        expected = Expected(issuer=client.issuer, client_id=client.client_id, now=self.now())
        says.check_identity(claims, expected, nonce=nonce)
        return claims

    async def _more(self, url: str, access_token: str, claims: Claims) -> Claims:
        asked = Outgoing(url=url, headers={"Authorization": f"Bearer {access_token}"}, most_bytes=_MOST_BYTES)
        answer = in_json(await self.issuers.fetched(asked))
        # Core 1.0, 5.3.4: of anybody else it says nothing that we may use.
        if not isinstance(answer, dict) or answer.get("sub") != claims["sub"]:
            raise UnbelievableError("userinfo of somebody else")
        return answer
