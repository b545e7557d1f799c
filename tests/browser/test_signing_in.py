"""Signing in and out."""

import re

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.serving import OWNER_PASSWORD, Running

pytestmark = IN_BROWSER


async def test_what_is_missing_or_wrong_is_told_in_words_and_the_right_one_leads_in_and_out(
    people: Visit, chimera: Running
) -> None:
    app = await people(chimera.url, signed_in=False)
    await expect(app.page).to_have_title("Sign in · Chimera")
    await app.page.get_by_role("button", name="Sign in").click()
    await expect(app.page.get_by_role("alert")).to_have_text("Enter your email address.")
    await expect(app.page.get_by_label("Email")).to_be_focused()
    await app.sign_in("wrong")
    await expect(app.page.get_by_role("alert")).to_have_text(
        "Email or password is not right. Check both and try again."
    )
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.composer).to_be_focused()

    await app.page.get_by_role("button", name=re.compile("^Account:")).click()
    await app.page.get_by_role("menuitem", name="Sign out").click()
    await expect(app.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await app.page.goto("/")
    await expect(app.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_session_that_ends_leads_to_sign_in_and_keeps_what_was_being_written(app: App) -> None:
    app.expect_complaints(r"\b401\b")
    await app.ask("Hello")
    address = app.page.url
    await app.composer.fill("A long thought")
    await app.page.context.clear_cookies()
    await app.composer.press("Enter")
    await expect(app.page.get_by_text("Your session has ended.")).to_be_visible()
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.page).to_have_url(address)
    await expect(app.composer).to_have_value("A long thought")

    # Who comes by a link without a session has lost none, and reads what it leads to once signed in.
    await app.page.context.clear_cookies()
    await app.page.goto(address)
    await expect(app.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(app.page.get_by_text("Your session has ended.")).to_have_count(0)
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.page).to_have_url(address)
    await expect(app.messages.first).to_contain_text("Hello")
