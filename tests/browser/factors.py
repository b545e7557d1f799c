"""Second factors of people who look at the app: an authenticator app, and Chromium's own authenticator."""

import base64
import time
from typing import Any

import httpx2
from playwright.async_api import APIRequestContext, BrowserContext, Page
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running

from chimera.tenancy.factors import totp

_VIRTUAL = {"protocol": "ctap2", "transport": "internal"} | dict.fromkeys(
    ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
)


def code_of(secret: str, *, offset: int = 0) -> str:
    """What the app shows now, or showed some steps of 30 s ago; of each step it is good once."""
    return totp.code_at(base64.b32decode(secret), int(time.time()) // 30 + offset)


async def with_an_app(context: BrowserContext) -> tuple[str, list[str]]:
    """Give the owner an authenticator app, and sign out: its secret, and the recovery codes."""
    request = context.request
    await _posted(request, "/api/v1/session", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    await _posted(request, "/api/v1/session/proof", {"password": OWNER_PASSWORD})
    secret = (await _posted(request, "/api/v1/factors/totp"))["secret"]
    await _posted(request, "/api/v1/factors/totp/confirm", {"code": code_of(secret, offset=-1)})
    codes = (await _posted(request, "/api/v1/factors/recovery-codes"))["codes"]
    await context.clear_cookies()
    return secret, codes


async def with_an_authenticator(page: Page) -> None:
    """Put Chromium's own authenticator behind the page, whose person always says yes."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": _VIRTUAL})


async def demand_a_second_factor(chimera: Running) -> None:
    """Have the owner's organisation want one of everybody who comes with a password."""
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        (await owner.put("/api/v1/policies/sign_in", json={"second_factor": True})).raise_for_status()


async def _posted(request: APIRequestContext, path: str, body: object = None) -> Any:
    answer = await request.post(path, data=body)
    assert answer.ok, await answer.text()
    return await answer.json() if answer.status != 204 else None
