"""A passkey in a real browser, with Chromium's own authenticator behind it: made, used, refused elsewhere, copied."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Page
from tests.browser.app import IN_BROWSER
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running

pytestmark = IN_BROWSER

# What the web app does; `toJSON` and its likes are the browser's own.
SCRIPT = """
async ([what, body]) => {
  const send = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  };
  if (what === "send") return await send(body.path, body.body);
  if (what === "create") {
    const { step, options } = (await send("/api/v1/passkey-registration")).body;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = (await navigator.credentials.create({ publicKey })).toJSON();
    return await send("/api/v1/passkeys", { step, name: "Chromium", credential });
  }
  const { step, options } = (await send("/api/v1/session/passkey")).body;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  try {
    const credential = (await navigator.credentials.get({ publicKey })).toJSON();
    return await send("/api/v1/session/passkey/verify", { step, credential });
  } catch (error) {
    return { status: 0, body: error.name };
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a browser, and an authenticator in it."""

    page: Page
    devtools: CDPSession
    device: str

    async def send(self, path: str, body: object = None) -> Any:
        return await self.page.evaluate(SCRIPT, ["send", {"path": path, "body": body}])

    async def create(self) -> Any:
        return await self.page.evaluate(SCRIPT, ["create", None])

    async def sign_in(self) -> Any:
        return await self.page.evaluate(SCRIPT, ["get", None])


@pytest_asyncio.fixture(loop_scope="session")
async def person(chromium: Browser, chimera: Running) -> AsyncGenerator[Person]:
    # A name, since no passkey is made for a bare address.
    url = f"http://localhost:{urlsplit(chimera.url).port}"
    context = await chromium.new_context(base_url=url)
    page = await context.new_page()
    await page.goto("/docs")  # not the app, which offers passkeys by itself where somebody signs in
    devtools = await context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal"} | dict.fromkeys(
        ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
    )
    added = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Person(page=page, devtools=devtools, device=added["authenticatorId"])
    await context.close()


async def with_a_passkey(person: Person) -> None:
    await person.send("/api/v1/session", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    assert (await person.send("/api/v1/session/proof", {"password": OWNER_PASSWORD}))["status"] == 204
    assert (await person.create())["status"] == 201
    await person.page.context.clear_cookies()


async def test_a_passkey_made_in_a_browser_signs_in_there(person: Person) -> None:
    await with_a_passkey(person)
    opened = await person.sign_in()
    assert (opened["status"], opened["body"]["user"]["email"]) == (200, OWNER_EMAIL)
    assert (await person.page.context.request.get("/api/v1/session")).ok
    assert (await person.sign_in())["status"] == 200


async def test_a_copy_of_the_authenticator_is_refused_once_it_falls_behind(person: Person) -> None:
    await with_a_passkey(person)
    (credential,) = (await person.devtools.send("WebAuthn.getCredentials", {"authenticatorId": person.device}))[
        "credentials"
    ]
    assert (await person.sign_in())["status"] == 200
    where = {"authenticatorId": person.device}
    await person.devtools.send("WebAuthn.removeCredential", where | {"credentialId": credential["credentialId"]})
    await person.devtools.send("WebAuthn.addCredential", where | {"credential": credential})
    refused = await person.sign_in()
    assert (refused["status"], refused["body"]["code"]) == (401, "passkey_refused")


async def test_an_authenticator_that_verified_nobody_does_not_sign(person: Person) -> None:
    await with_a_passkey(person)
    await person.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": person.device, "isUserVerified": False})
    assert (await person.sign_in()) == {"status": 0, "body": "NotAllowedError"}
