"""What a browser does to sign in at a provider, without a browser."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from tests.identity_provider import CLIENT_SECRET
from tests.serving import Running

CALLBACK = "/api/v1/sso/callback"


async def configured(by: httpx2.AsyncClient, issuer: str, **terms: Any) -> dict[str, Any]:
    """Configure a provider; what is not said is as for `oidc-provider`."""
    body = {
        "name": terms.pop("name", f"Login {issuer}"),
        "issuer": issuer,
        "client_id": "chimera",
        "client_secret": CLIENT_SECRET,
        "domains": ["example.com"],
    } | terms
    made = await by.post("/api/v1/identity-providers", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


@asynccontextmanager
async def browser(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    headers = {"accept": "application/json", "user-agent": "A browser"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers, timeout=20) as http:
        yield http


async def sign_in(http: httpx2.AsyncClient, provider_id: str, login: str, *, return_to: str = "/") -> httpx2.Response:
    """Go to the provider, sign in there, and come back: the answer of our callback."""
    start = f"/api/v1/sso/{provider_id}/start"
    form = await http.get(start, params={"return_to": return_to}, follow_redirects=True)
    assert "<form" in form.text, form.text
    return await http.post(form.url, data={"login": login}, follow_redirects=True)


async def departed(http: httpx2.AsyncClient, provider_id: str) -> dict[str, str]:
    """Begin a sign-in, and read what the provider would be told."""
    start = await http.get(f"/api/v1/sso/{provider_id}/start")
    assert start.status_code == 302, start.text
    return {name: values[0] for name, values in parse_qs(urlsplit(start.headers["location"]).query).items()}


async def me(http: httpx2.AsyncClient) -> dict[str, Any] | None:
    """Who is signed in, if anybody is."""
    answer = await http.get("/api/v1/session")
    return answer.json() if answer.status_code == 200 else None
