"""`/openapi.json` as the walks over it need it."""

from collections.abc import Iterator
from typing import Any

import httpx2
from tests.serving import Running

# Who may call these without a key, and why.
PUBLIC = {
    ("post", "/api/v1/session"): "signing in",
    ("post", "/api/v1/session/second-factor"): "signing in",
    ("post", "/api/v1/session/second-factor/totp"): "signing in where a second factor is wanted first",
    ("post", "/api/v1/invitations/accept"): "becoming a user, with the token of a message",
    ("post", "/api/v1/password/reset"): "for who forgot the password",
    ("post", "/api/v1/password/reset/confirm"): "a token of an e-mail is the credential",
    ("post", "/api/v1/email/verify"): "a token of an e-mail is the credential",
    ("post", "/api/v1/session/passkey"): "signing in",
    ("post", "/api/v1/session/passkey/verify"): "signing in",
    ("delete", "/api/v1/session"): "signing out with a session that has ended",
    ("get", "/api/v1/sso"): "where one may sign in",
    ("get", "/api/v1/sso/{provider_id}/start"): "signing in",
    ("get", "/api/v1/sso/callback"): "signing in",
    ("post", "/api/v1/sso/backchannel-logout/{provider_id}"): "a provider's own signed token proves who it is",
    ("post", "/api/v1/token/refresh"): "a refresh token is the credential",
    ("post", "/api/v1/token/revoke"): "a refresh token is the credential",
    ("get", "/api/v1/shared/{token}"): "what is shared with anybody",
    ("get", "/api/v1/shared/{token}/pictures/{number}"): "a picture of that",
    ("get", "/.well-known/jwks.json"): "public keys",
    ("get", "/health/live"): "a probe",
    ("get", "/health/ready"): "a probe",
    ("get", "/health/startup"): "a probe",
}
# Of these, what they say to who knows nothing.
PUBLIC_REFUSALS = {
    ("get", "/api/v1/shared/{token}"): "share_not_found",
    ("get", "/api/v1/shared/{token}/pictures/{number}"): "share_not_found",
    ("post", "/api/v1/token/refresh"): "invalid_refresh_token",
    ("post", "/api/v1/session/passkey/verify"): "passkey_refused",
    ("post", "/api/v1/password/reset/confirm"): "mail_token_over",
    ("post", "/api/v1/email/verify"): "mail_token_over",
    ("post", "/api/v1/invitations/accept"): "invitation_not_found",
    ("post", "/api/v1/session"): "invalid_credentials",
    ("get", "/api/v1/sso"): "invalid_request",
    ("get", "/api/v1/sso/{provider_id}/start"): "identity_provider_unusable",
    ("get", "/api/v1/sso/callback"): "sign_in_expired",
    ("post", "/api/v1/sso/backchannel-logout/{provider_id}"): "invalid_request",
    ("post", "/api/v1/session/second-factor"): "sign_in_step_over",
    ("post", "/api/v1/session/second-factor/totp"): "sign_in_step_over",
}


async def described(chimera: Running) -> dict[str, Any]:
    async with httpx2.AsyncClient(base_url=chimera.url, timeout=60) as http:
        document: dict[str, Any] = (await http.get("/openapi.json")).json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        for method, operation in found.items():
            yield method, path, operation
