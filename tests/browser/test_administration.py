"""The admin area: what a person does there without a terminal."""

import re

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Locator, Route, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER


async def _refused_by(asking: App, budget: str) -> Locator:
    """Ask, and read why there is no answer, what helps, and which budget it is."""
    await asking.send("Hello")
    note = asking.answer.get_by_role("alert")
    await expect(note).to_contain_text("Too little is left in a budget.")
    await expect(note).to_contain_text("Ask whoever runs this server for more")
    await note.get_by_text("Details", exact=True).click()
    await expect(note).to_contain_text(budget)
    return note


@pytest.mark.timeout(180)
async def test_a_budget_is_made_seen_refusing_changed_and_deleted(
    app: App, people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    page = app.page
    app.expect_complaints(r"\b422\b")
    fake.say(Answer(text="The answer."))
    await page.get_by_role("navigation", name="Places").get_by_role("link", name="Admin").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_text("No budget yet")).to_be_visible()

    await page.get_by_role("link", name="Budgets", exact=True).click()
    await page.get_by_role("button", name="New budget").first.click()
    drawer = page.get_by_role("dialog", name="New budget")
    await expect(drawer.get_by_label("Name")).to_be_focused()
    await drawer.get_by_label("Name").fill("All of us")
    await drawer.get_by_label("Whom it binds").select_option(label="The whole organisation")
    await drawer.get_by_label("Limit").fill("much")
    await drawer.get_by_role("button", name="New budget").click()
    # What the server finds wrong stands at its field, which has the focus.
    await expect(drawer.get_by_label("Limit")).to_be_focused()
    await expect(drawer.get_by_role("alert")).to_contain_text("decimal")
    await drawer.get_by_label("Limit").fill("0.000000001")
    await drawer.get_by_role("button", name="New budget").click()
    await expect(drawer).to_have_count(0)
    await expect(page.get_by_text("$0.000000001 a month")).to_be_visible()

    # Who asks meanwhile reads why there is no answer and what helps, and goes on when it was raised.
    asking = await people(chimera.url)
    note = await _refused_by(asking, "All of us")
    await page.get_by_role("button", name="All of us").click()
    detail = page.get_by_role("dialog", name="All of us")
    await detail.get_by_label("Limit").fill("5.00")
    await detail.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("$5.00 a month")).to_be_visible()
    await note.get_by_role("button", name="Send again").click()
    await asking.idle()
    await expect(asking.answer).to_contain_text("The answer.")

    # The bar moves by itself.
    await expect(detail.get_by_text(re.compile(r"^\$0\.00\d+ of \$5\.00"))).to_be_visible(timeout=25_000)
    await detail.get_by_role("button", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Say what may be spent")).to_be_visible()

    await page.get_by_role("link", name="Usage and cost").click()
    await page.get_by_role("button", name="openai/gpt-5").click()
    await expect(page.get_by_role("dialog", name="openai/gpt-5").get_by_text("Tokens read")).to_be_visible()


async def test_a_key_is_made_used_bound_and_revoked_and_somebody_is_asked_in(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    page = (await people(chimera.url)).page
    fake.say(Answer(text="The answer."))
    await page.goto("/admin/users")
    await page.get_by_role("button", name="New service account").click()
    drawer = page.get_by_role("dialog", name="New service account")
    await drawer.get_by_label("Name").fill("Nightly report")
    await drawer.get_by_role("button", name="New service account").click()
    await expect(page.get_by_role("button", name="Nightly report")).to_be_visible()
    await page.get_by_role("button", name="Invite").click()
    drawer = page.get_by_role("dialog", name="Invite")
    await drawer.get_by_label("Email").fill("ada@example.org")
    await drawer.get_by_role("button", name="Invite").click()
    await page.get_by_role("button", name="Take back the invitation of ada@example.org").click()
    await expect(page.get_by_text("None is open.")).to_be_visible()

    await page.get_by_role("link", name="API keys").click()
    await page.get_by_role("button", name="New key").click()
    drawer = page.get_by_role("dialog", name="New key")
    await drawer.get_by_label("Name").fill("For the report")
    await drawer.get_by_label("Acts for").select_option(label="Nightly report")
    await drawer.get_by_label("It may do").select_option(label="Only what I choose")
    await drawer.get_by_label("Only these models").fill("openai/*")
    await drawer.get_by_role("button", name="New key").click()
    shown = page.get_by_role("dialog", name="Your new key")
    secret = await shown.locator("code").inner_text()
    await shown.get_by_role("button", name="I have kept it").click()
    await expect(shown).to_have_count(0)

    async with AsyncClient(base_url=chimera.url, headers={"Authorization": f"Bearer {secret}"}) as http:

        async def asked(model: str) -> int:
            question = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
            return (await http.post("/v1/chat/completions", json=question)).status_code

        assert await asked("openai/gpt-5") == 200
        assert await asked("anthropic/claude-haiku-4-5") == 403
        await page.get_by_role("button", name="For the report").click()
        await page.get_by_role("dialog", name="For the report").get_by_role("button", name="Revoke").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
        await expect(page.get_by_text("The key was revoked").first).to_be_visible()
        assert await asked("openai/gpt-5") == 401


async def test_a_trail_is_proved_a_policy_is_set_and_a_broken_account_is_told_what_is_wrong(
    people: Visit, chimera: Running
) -> None:
    page = (await people(chimera.url)).page
    await page.goto("/admin/policies")
    memory = page.get_by_role("region", name="Memory")
    await memory.get_by_label("It remembers").select_option(label="Nothing of anybody")
    await memory.get_by_role("button", name="Save").click()
    await expect(memory.get_by_role("button", name="Back to the defaults")).to_be_visible()

    await page.get_by_role("link", name="Providers", exact=True).click()
    await page.get_by_role("button", name="Connect an account").click()
    drawer = page.get_by_role("dialog", name="Connect an account")
    await drawer.get_by_label("Kind").select_option(label="OpenAI-compatible (vLLM, Groq, Mistral, …)")
    await drawer.get_by_label("Name", exact=True).fill("Our vLLM")
    await drawer.get_by_label("Key of the provider").fill("sk-wrong")
    await drawer.get_by_label("Address").fill("https://llm.invalid/v1")
    await drawer.get_by_label("Name in models' ids").fill("vllm")
    await drawer.get_by_role("button", name="Connect an account").click()
    detail = page.get_by_role("dialog", name="Our vLLM")
    await detail.get_by_role("button", name="Test the connection").click()
    await expect(detail.get_by_role("status").get_by_text("Not answering.")).to_be_visible()
    await page.keyboard.press("Escape")

    await page.get_by_role("link", name="Audit trail").click()
    await expect(page.get_by_role("button", name="policy.changed").first).to_be_visible()
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text(re.compile(r"^\d+ entries, unbroken$"))).to_be_visible()
    await expect(page.get_by_text("Signed by this server up to entry")).to_be_visible()


async def test_an_organisation_gives_the_app_its_name_and_a_colour_that_can_be_read(
    people: Visit, chimera: Running
) -> None:
    app = await people(chimera.url, color_scheme="light")
    app.expect_complaints(r"\b401\b")  # of what is asked for while the cookies go
    page = app.page
    await page.goto("/admin/policies")
    branding = page.get_by_role("region", name="Branding")
    await branding.get_by_label("Name, instead of Chimera").fill("Acme")
    await branding.get_by_label("Colour").fill("#ffe600")
    await branding.get_by_role("button", name="Save").click()
    await expect(branding.get_by_role("button", name="Back to the defaults")).to_be_visible()
    # Yellow is no colour of letters on white: it is made dark enough.
    assert await page.evaluate(_ACCENT) < 0.35
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(_ACCENT) > 0.6
    await page.goto("/")
    await expect(page.get_by_text("Acme", exact=True)).to_be_visible()
    async with AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers, timeout=60) as http:
        talk = (await http.post("/conversations", json={"title": "The lease", "model": "openai/gpt-5"})).json()
        assert (await http.post(f"/conversations/{talk['id']}/messages", json={"text": "Hello"})).is_success
        link = (await http.post(f"/conversations/{talk['id']}/shares", json={"audience": "organisation"})).json()
    # At sign-in nobody is known yet: the browser keeps what it showed. On a link's page it is told with the link.
    await page.evaluate("localStorage.clear()")
    await page.goto(str(link["path"]))
    await expect(page.get_by_role("link", name="Acme")).to_be_visible()
    await page.goto("/")
    await expect(page.get_by_text("Acme", exact=True)).to_be_visible()
    await page.context.clear_cookies()
    await page.reload()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("Acme", exact=True)).to_be_visible()


# How light the colour of accents is.
_ACCENT = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--color-accent)";
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return (0.21 * red + 0.72 * green + 0.07 * blue) / 255;
}"""


async def test_who_may_not_see_a_page_is_not_offered_it(people: Visit, chimera: Running) -> None:
    app = await people(chimera.url, "/")
    page = app.page

    async def session_of_a_member(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json() | {"permissions": ["chat", "models:read", "keys:own"]}
        await route.fulfill(response=answer, json=body)

    await page.route("**/api/v1/session", session_of_a_member)
    await page.goto("/admin")
    await expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    await expect(page.get_by_role("link", name="Limits")).to_have_count(0)
    await page.goto("/admin/limits")
    await expect(page.get_by_role("heading", name="This page is not for you")).to_be_visible()
