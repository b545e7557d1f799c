"""A conversation is shared by a link, read by somebody who is not signed in, and gone once the link is revoked."""

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect
from tests.browser.app import IN_BROWSER, App, Witness
from tests.browser.conftest import Visit
from tests.browser.test_accessibility import _check
from tests.browser.texts import MARKDOWN
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER

QUESTION = "What should I know? Write to ada@example.com."
FOREIGN = "![a picture](https://elsewhere.example/spy.png)"


async def _shared(app: App) -> str:
    """Make a link for anybody, and return it."""
    await app.page.get_by_role("button", name="Share", exact=True).click()
    dialog = app.page.get_by_role("dialog", name="Share this conversation")
    await dialog.get_by_role("radio", name="Anybody with the link").check(force=True)
    async with app.page.expect_response(lambda answer: answer.url.endswith("/shares") and answer.status == 201) as made:
        await dialog.get_by_role("button", name="Create link").click()
    await expect(dialog.get_by_text("never opened")).to_be_visible()
    path: str = (await (await made.value).json())["path"]
    return path


async def _open(chromium: Browser, chimera: Running, path: str, **screen: object) -> tuple[Page, Witness]:
    context = await chromium.new_context(base_url=chimera.url, locale="en-GB", **screen)  # type: ignore[arg-type]  # a screen
    page, witness = await context.new_page(), Witness(origin=chimera.url)
    witness.watch(page)
    await page.goto(path)
    return page, witness


@pytest.mark.timeout(120)
async def test_a_link_is_read_by_anybody_until_it_is_revoked(
    people: Visit, chromium: Browser, chimera: Running, fake: FakeUpstream, axe_source: str
) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        (await owner.put("/api/v1/policies/sharing", json={"audience": "anybody"})).raise_for_status()
    app = await people(chimera.url, reduced_motion="reduce")
    fake.say(Answer(text=f"{MARKDOWN}\n\n{FOREIGN}", reasoning="a thought"))
    await app.ask(QUESTION)
    path = await _shared(app)
    await _check(app.page, axe_source)

    screen = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
    page, witness = await _open(chromium, chimera, path, **screen)
    await expect(page.get_by_role("heading", level=1).first).to_contain_text("What should I know?")
    await expect(page.get_by_role("article", name="Question")).to_contain_text("Write to ⟨e-mail⟩.")
    await expect(page.get_by_role("article", name="Answer")).to_contain_text("The end.")
    await expect(page.get_by_text("Left out: pictures and files, costs")).to_be_visible()
    content = await page.content()
    assert "ada@example.com" not in content
    assert "a thought" not in content
    await _check(page, axe_source)
    assert witness.foreign() == []

    dialog = app.page.get_by_role("dialog", name="Share this conversation")
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)
    await app.page.get_by_role("button", name="Share", exact=True).click()
    await expect(dialog.get_by_text("opened 1 time")).to_be_visible()
    await dialog.get_by_role("button", name="Change when it ends").click()
    async with app.page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        await app.page.get_by_role("menuitem", name="In 7 days").click()
    await expect(dialog).to_be_visible()
    await app.page.goto("/settings/shares")
    links = app.page.get_by_role("list", name="Your links").get_by_role("listitem")
    await expect(links).to_have_count(1)
    await expect(links).to_contain_text("What should I know?")
    await _check(app.page, axe_source)
    await links.get_by_role("button", name="Revoke link").click()
    await expect(app.page.get_by_text("You have shared nothing.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="This link shows nothing")).to_be_visible()
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    # Nobody being signed in, and nothing being there, are answers.
    assert [error for error in witness.errors if "40" not in error] == []


async def test_somebody_of_the_organisation_goes_on_with_what_is_shown(people: Visit, chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        turn = (await owner.post("/api/v1/chat", json={"message": "A question"})).json()
        made = (await owner.post(f"/api/v1/conversations/{turn['conversation_id']}/shares")).json()
    app = await people(chimera.url)
    await app.page.goto(made["path"])
    await expect(app.page.get_by_text("This is your link, as others see it.")).to_be_visible()
    await app.page.get_by_role("button", name="Continue this conversation").click()
    await expect(app.composer).to_be_visible()
    await expect(app.messages).to_have_count(2)
    await expect(app.messages.first).to_contain_text("A question")
    assert turn["conversation_id"] not in app.page.url
