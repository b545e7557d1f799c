"""Links that we send: an invitation, a new password, an address that is shown to be one's own."""

import asyncio
import re

import httpx2
import pytest
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Serve, Visit
from tests.browser.factors import demand_a_second_factor
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running

pytestmark = IN_BROWSER

NEW = "several unrelated words"
ELSEWHERE = "https://chat.example.org"


class Terminal:
    """What the server writes where it runs, e-mail among it; a test asks for it before the server starts."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        self._said = ""

    async def link(self, path: str) -> str:
        """The token of the last message with a link to the path."""
        for _ in range(200):
            self._said += self._captured.readouterr().err
            found = re.findall(rf"{ELSEWHERE}/{path}#(\S+)", self._said)
            if found:
                return f"/{path}#{found[-1]}"
            await asyncio.sleep(0.02)
        raise AssertionError(f"no message with a link to {path}")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


async def posted(chimera: Running, path: str, body: object) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        (await owner.post(path, json=body)).raise_for_status()


async def entered(app: App, email: str, password: str) -> None:
    await app.page.get_by_label("Email").fill(email)
    await app.page.get_by_label("Password", exact=True).fill(password)
    await app.page.keyboard.press("Enter")
    await expect(app.composer).to_be_focused()


async def test_who_is_invited_chooses_a_password_and_is_in(
    terminal: Terminal, serve: Serve, providers: dict[str, str], people: Visit
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", public_url=ELSEWHERE)
    await posted(chimera, "/api/v1/invitations", {"email": "ada@example.org"})
    link = await terminal.link("invitation")
    app = await people(chimera.url, link, signed_in=False)
    app.expect_complaints(r"\b400\b")
    await expect(app.page.get_by_label("Your name")).to_be_focused()
    await app.page.get_by_label("Your name").fill("Ada")
    await app.page.get_by_label("Password", exact=True).fill("short")
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("alert")).to_have_text("A password has at least 12 characters.")
    await app.page.get_by_label("Password", exact=True).fill(NEW)
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("heading", name=re.compile("^Good .*, Ada"))).to_be_visible()

    used = await people(chimera.url, link, signed_in=False)
    used.expect_complaints(r"\b404\b")
    await used.page.get_by_label("Password", exact=True).fill(NEW)
    await used.page.keyboard.press("Enter")
    await expect(used.page.get_by_role("alert")).to_contain_text("Ask whoever invited you for another.")


async def test_who_has_an_account_joins_with_its_password_and_goes_over_from_one_organisation_to_another(
    terminal: Terminal, serve: Serve, providers: dict[str, str], people: Visit
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", public_url=ELSEWHERE)
    await posted(chimera, "/api/v1/tenants", {"name": "Acme", "owner_email": OWNER_EMAIL})
    app = await people(chimera.url, await terminal.link("invitation"), signed_in=False)
    app.expect_complaints(r"\b401\b", r"\b403\b")
    await app.page.get_by_label("Password", exact=True).fill(NEW)
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("alert")).to_contain_text("has an account here already")
    await app.page.get_by_label("Password", exact=True).fill(OWNER_PASSWORD)
    await app.page.keyboard.press("Enter")
    account = app.page.get_by_role("button", name=re.compile("^Account:"))
    await expect(account).to_contain_text("Acme")
    await app.ask("Something of Acme alone")
    await app.composer.fill("Half a sentence")
    tab = await app.another_tab()
    await expect(tab.composer).to_have_value("Half a sentence")
    await account.click()
    await app.page.get_by_role("menuitemradio", name="My organisation").click()
    await expect(account).to_contain_text("My organisation")
    await expect(app.page.get_by_text("No conversations yet.")).to_be_visible()
    # No tab goes on under the one name and acts in the other.
    await expect(tab.page.get_by_role("button", name=re.compile("^Account:"))).to_contain_text("My organisation")
    await expect(tab.page.get_by_text("No conversations yet.")).to_be_visible()
    await tab.page.close()

    await demand_a_second_factor(chimera)
    await account.click()
    await app.page.get_by_role("menuitemradio", name="Acme").click()
    await expect(app.conversations).to_have_count(1)
    await app.conversations.first.click()
    await expect(app.composer).to_have_value("Half a sentence")
    await account.click()
    await app.page.get_by_role("menuitemradio", name="My organisation").click()
    await expect(app.page.get_by_role("status")).to_contain_text("asks for more than you have proved")
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.page.get_by_role("heading", name="Set up a second factor")).to_be_visible()


async def test_a_password_that_was_forgotten_is_made_anew(
    terminal: Terminal, serve: Serve, providers: dict[str, str], people: Visit
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", public_url=ELSEWHERE)
    app = await people(chimera.url, signed_in=False)
    app.expect_complaints(r"\b400\b")
    await app.page.get_by_role("link", name="Forgotten your password?").click()
    await app.page.get_by_label("Email").fill(OWNER_EMAIL)
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("status")).to_contain_text("a message is on its way")
    link = await terminal.link("new-password")
    await app.page.goto(link)
    await app.page.get_by_role("textbox", name="New password").fill(NEW)
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("status")).to_have_text("Your new password is set. Sign in with it.")
    await entered(app, OWNER_EMAIL, NEW)

    await app.page.goto(link)
    await app.page.get_by_role("textbox", name="New password").fill("yet another few words")
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("alert")).to_contain_text("This link is not good any more.")
    await app.page.get_by_role("link", name="Ask for another link").click()
    await expect(app.page.get_by_label("Email")).to_be_visible()


async def test_an_address_is_confirmed_by_who_reads_it(
    terminal: Terminal, serve: Serve, providers: dict[str, str], people: Visit
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", public_url=ELSEWHERE)
    app = await people(chimera.url)
    await app.page.goto("/settings/security")
    await app.page.get_by_role("button", name="Send a confirmation link").click()
    await app.page.goto(await terminal.link("verify"))
    await app.page.get_by_role("button", name="Yes, it is mine").click()
    await expect(app.page.get_by_role("status")).to_have_text("Your address is confirmed.")
    await app.page.get_by_role("link", name="To the start page").click()
    await expect(app.composer).to_be_focused()


async def test_without_an_address_of_its_own_the_server_sends_a_code_to_be_typed(
    capsys: pytest.CaptureFixture[str], serve: Serve, providers: dict[str, str], people: Visit
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5")
    app = await people(chimera.url, "/new-password", signed_in=False)
    await app.page.get_by_label("Email").fill(OWNER_EMAIL)
    await app.page.keyboard.press("Enter")
    await app.page.get_by_role("button", name="I have a code").click()
    said = ""
    while not (found := re.search(r"asked for it:\n(\S+)", said)):
        said += capsys.readouterr().err
        await asyncio.sleep(0.02)
    await app.page.get_by_label("Code from the message").fill(found[1])
    await app.page.get_by_role("textbox", name="New password").fill(NEW)
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("status")).to_contain_text("Your new password is set.")


async def test_a_new_password_of_who_is_signed_in_ends_all_other_sessions(people: Visit, chimera: Running) -> None:
    elsewhere, here = await people(chimera.url), await people(chimera.url, "/settings/security", signed_in=False)
    elsewhere.expect_complaints(r"\b401\b")
    here.expect_complaints(r"\b401\b")
    await here.sign_in(OWNER_PASSWORD)
    devices = here.page.get_by_role("region", name="Where you are signed in").get_by_role("listitem")
    await expect(devices).to_have_count(2)
    await _end_a_program(here)
    await here.page.get_by_role("button", name="Change").click()
    await here.page.get_by_label("Present password").fill("not this one at all")
    await here.page.get_by_role("textbox", name="New password").fill(NEW)
    await here.page.keyboard.press("Enter")
    await expect(here.page.get_by_role("alert")).to_have_text("This is not your password.")
    await here.page.get_by_label("Present password").fill(OWNER_PASSWORD)
    await here.page.keyboard.press("Enter")
    await expect(devices).to_have_count(1)
    await elsewhere.page.reload()
    await expect(elsewhere.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def _end_a_program(app: App) -> None:
    """What holds tokens is listed with what it may, and refused when it was ended."""
    request = app.page.context.request
    begun = await request.post("/api/v1/token", data={"client": "Phone", "permissions": ["chat"]})
    assert begun.ok, await begun.text()
    await app.page.reload()
    programs = app.page.get_by_role("region", name="Programs with access")
    await expect(programs.get_by_role("listitem")).to_contain_text("May: chat")
    await programs.get_by_role("button", name="End the access of Phone").click()
    await expect(programs).to_have_count(0)
    again = await request.post("/api/v1/token/refresh", data={"refresh_token": (await begun.json())["refresh_token"]})
    assert again.status == 401
