"""Signing in where a password is not enough: a code, a recovery code, a passkey, or an app set up on the way."""

import base64
import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest_asyncio
from playwright.async_api import APIRequestContext, BrowserContext, Page, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running

from chimera.tenancy.factors import totp

pytestmark = IN_BROWSER

REFUSED_ONCE = r"\b401\b"
VIRTUAL = {"protocol": "ctap2", "transport": "internal"} | dict.fromkeys(
    ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
)


def code_of(secret: str, *, offset: int = 0) -> str:
    """What the app shows now, or showed some steps of 30 s ago; of each step it is good once."""
    return totp.code_at(base64.b32decode(secret), int(time.time()) // 30 + offset)


def named(chimera: Running) -> str:
    """The server by a name, since no passkey is made for a bare address."""
    return f"http://localhost:{urlsplit(chimera.url).port}"


async def posted(request: APIRequestContext, path: str, body: object = None) -> Any:
    answer = await request.post(path, data=body)
    assert answer.ok, await answer.text()
    return await answer.json() if answer.status != 204 else None


async def with_an_app(context: BrowserContext) -> tuple[str, list[str]]:
    """Give the owner an authenticator app, and sign out: its secret, and the recovery codes."""
    request = context.request
    await posted(request, "/api/v1/session", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    await posted(request, "/api/v1/session/proof", {"password": OWNER_PASSWORD})
    secret = (await posted(request, "/api/v1/factors/totp"))["secret"]
    await posted(request, "/api/v1/factors/totp/confirm", {"code": code_of(secret, offset=-1)})
    codes = (await posted(request, "/api/v1/factors/recovery-codes"))["codes"]
    await context.clear_cookies()
    return secret, codes


async def with_an_authenticator(page: Page) -> None:
    """Put Chromium's own authenticator behind the page, whose person always says yes."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})


async def prove(page: Page) -> None:
    await page.get_by_role("dialog", name="Is it you?").get_by_label("Password", exact=True).fill(OWNER_PASSWORD)
    await page.keyboard.press("Enter")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^Account:")).click()
    await page.get_by_role("menuitem", name="Sign out").click()


async def demand_a_second_factor(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        (await owner.put("/api/v1/policies/sign_in", json={"second_factor": True})).raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(people: Visit, chimera: Running) -> App:
    """Somebody who is not signed in."""
    app = await people(chimera.url, signed_in=False)
    app.expect_complaints(REFUSED_ONCE)
    return app


async def test_a_code_of_the_app_signs_in_and_a_wrong_one_may_be_tried_again(visitor: App) -> None:
    secret, _ = await with_an_app(visitor.page.context)
    await visitor.page.goto("/c/01890a5d-ac96-774b-bcce-b302099a8057")
    visitor.expect_complaints(r"\b404\b")
    await visitor.sign_in(OWNER_PASSWORD)
    field = visitor.page.get_by_role("textbox", name="Code", exact=True)
    await expect(field).to_be_focused()
    await field.fill("000 000")
    await field.press("Enter")
    await expect(visitor.page.get_by_role("alert")).to_contain_text("This code is not right")
    await expect(field).to_have_value("")
    await field.fill(code_of(secret))
    await field.press("Enter")
    await expect(visitor.page).to_have_url(re.compile("/c/01890a5d"))
    await expect(visitor.page.get_by_role("heading", name="This conversation is not there")).to_be_visible()


async def test_a_recovery_code_signs_in_who_lost_the_app(visitor: App) -> None:
    _, codes = await with_an_app(visitor.page.context)
    await visitor.sign_in(OWNER_PASSWORD)
    await visitor.page.get_by_role("button", name="Use a recovery code").click()
    await visitor.page.get_by_label("Recovery code").fill(codes[3])
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.composer).to_be_focused()


async def test_who_needs_an_app_and_has_none_sets_it_up_and_keeps_recovery_codes(
    visitor: App, chimera: Running
) -> None:
    await demand_a_second_factor(chimera)
    await visitor.sign_in(OWNER_PASSWORD)
    await expect(visitor.page.get_by_role("img", name="QR code")).to_be_visible()
    secret = (await visitor.page.locator("code").inner_text()).replace(" ", "")
    await visitor.page.get_by_role("textbox", name="Code", exact=True).fill(code_of(secret))
    await visitor.page.keyboard.press("Enter")
    codes = visitor.page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    async with visitor.page.expect_download() as kept:
        await visitor.page.get_by_role("link", name="Download").click()
    file = await (await kept.value).path()
    assert file.read_text().split() == await codes.all_inner_texts()
    await visitor.page.get_by_role("button", name="I have kept them").click()
    await expect(visitor.composer).to_be_focused()


async def test_a_passkey_is_added_and_named_and_signs_in_by_every_door_and_is_removed(
    people: Visit, chimera: Running
) -> None:
    app = await people(named(chimera), "/settings/security", signed_in=False)
    app.expect_complaints(REFUSED_ONCE, r"\b403\b")
    page = app.page
    await app.sign_in(OWNER_PASSWORD)
    await with_an_authenticator(page)
    await page.get_by_role("button", name="Add a passkey").click()
    await prove(page)
    await page.get_by_role("button", name="Rename “Chrome, Linux”").click()
    await page.get_by_role("textbox", name="Name").fill("The grey laptop")
    await page.keyboard.press("Enter")
    passkeys = page.get_by_role("region", name="Passkeys")
    await expect(passkeys).to_contain_text("The grey laptop")

    # Offered in the field of the address, where the authenticator's person picks it at once.
    await sign_out(page)
    await expect(app.composer).to_be_focused()
    await page.evaluate("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    await sign_out(page)
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(app.composer).to_be_focused()
    await demand_a_second_factor(chimera)
    await sign_out(page)
    await app.sign_in(OWNER_PASSWORD)
    await expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(app.composer).to_be_focused()

    await page.goto("/settings/security")
    await page.get_by_role("button", name="Remove “The grey laptop”").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await prove(page)
    await expect(passkeys.get_by_role("listitem")).to_have_count(0)
