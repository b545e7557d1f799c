"""Signing in at an organisation's own provider, which is another site, and being signed in here afterwards."""

import httpx2
from playwright.async_api import Browser, expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Serve, Visit
from tests.identity_provider import CLIENT_SECRET, identity_provider

pytestmark = IN_BROWSER


async def test_a_person_signs_in_at_a_certified_provider_and_is_led_to_where_they_wanted(
    chromium: Browser, serve: Serve, providers: dict[str, str]
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", private_networks=True)
    async with identity_provider() as idp, httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        await idp.know_client(f"{chimera.url}/api/v1/sso/callback")
        await idp.know_person("ada", email="ada@example.com", email_verified=True, name="Ada", groups=["staff"])
        body = {"name": "Example login", "issuer": idp.issuer, "client_id": "chimera", "client_secret": CLIENT_SECRET}
        terms = {"domains": ["example.com"], "just_in_time": True, "roles_by_group": {"staff": "member"}}
        (await owner.post("/api/v1/identity-providers", json=body | terms)).raise_for_status()
        context = await chromium.new_context(base_url=chimera.url, locale="en-GB")
        page = await context.new_page()
        await page.goto("/settings/security")
        await page.get_by_label("Email").fill("ada@example.com")
        await page.get_by_role("link", name="Continue with Example login").click()
        await page.wait_for_url(f"{idp.issuer}/**")
        await page.get_by_label("Login").fill("ada")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"{chimera.url}/settings/security")
        cookies = {cookie["name"]: cookie for cookie in await context.cookies(chimera.url)}
        assert set(cookies) == {"chimera_session"}
        assert (cookies["chimera_session"]["sameSite"], cookies["chimera_session"]["httpOnly"]) == ("Strict", True)
        await expect(page.get_by_role("region", name="Single sign-on")).to_contain_text("Example login")
        answer = await page.evaluate("() => fetch('/api/v1/session').then((answer) => answer.json())")
        assert (answer["user"]["email"], answer["user"]["name"]) == ("ada@example.com", "Ada")
        await context.close()


async def test_who_is_refused_at_the_provider_is_told_why_where_they_sign_in(
    people: Visit, serve: Serve, providers: dict[str, str]
) -> None:
    chimera = await serve(providers, default_model="openai/gpt-5", private_networks=True)
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        body = {"name": "Nobody", "issuer": "http://127.0.0.1:9", "client_id": "chimera", "domains": ["example.com"]}
        (await owner.post("/api/v1/identity-providers", json=body)).raise_for_status()
    app = await people(chimera.url, signed_in=False)
    app.expect_complaints(r"\b503\b", r"\b400\b")
    await app.page.get_by_label("Email").fill("ada@example.com")
    await app.page.get_by_role("link", name="Continue with Nobody").click()
    await expect(app.page.get_by_role("alert").first).to_contain_text("provider does not answer as it should")
    await app.page.goto("/api/v1/sso/callback?state=forged&code=forged")
    await expect(app.page.get_by_role("alert").first).to_contain_text("took too long, or was used before")
    await expect(app.page.get_by_label("Email")).to_be_focused()
