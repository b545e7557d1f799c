"""Signing in where a password is not enough: a code, a recovery code, a passkey, or an app set up on the way."""

import re
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import Page, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.factors import code_of, demand_a_second_factor, with_an_app, with_an_authenticator
from tests.serving import OWNER_PASSWORD, Running

pytestmark = IN_BROWSER

REFUSED_ONCE = r"\b401\b"


def named(chimera: Running) -> str:
    """The server by a name, since no passkey is made for a bare address."""
    return f"http://localhost:{urlsplit(chimera.url).port}"


async def prove(page: Page) -> None:
    await page.get_by_role("dialog", name="Is it you?").get_by_label("Password", exact=True).fill(OWNER_PASSWORD)
    await page.keyboard.press("Enter")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^Account:")).click()
    await page.get_by_role("menuitem", name="Sign out").click()


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
