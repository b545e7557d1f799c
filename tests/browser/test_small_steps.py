"""What stands around answers: questions back, recaps, titles, switches, and how a conversation ends."""

import httpx2
import pytest
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.test_accessibility import _check
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER

SAID = "Alice met Eve in Porto yesterday. Alice said that the map was in the harbour."


async def _begun(chimera: Running) -> str:
    """A conversation with a prompt of the library, where the organisation asks back."""
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        policy = {"clarifying": True, "titles": False}
        (await owner.put("/api/v1/policies/steps", json=policy)).raise_for_status()
        wanted = {"name": "Minutes", "description": "", "text": "Be short."}
        prompt = (await owner.post("/api/v1/prompts", json=wanted)).json()
        begun = {"prompt": {"id": prompt["id"]}, "model": "openai/gpt-5"}
        made = (await owner.post("/api/v1/conversations", json=begun)).json()
    return str(made["id"])


async def _complete(app: App, axe_source: str) -> None:
    """End the conversation by its menu, which is open."""
    page = app.page
    await page.get_by_role("menuitem", name="Where it stands…").click()
    life = page.get_by_role("dialog", name="Where this conversation stands")
    await expect(life.get_by_text("Its words are deleted")).to_be_visible()
    await life.get_by_role("button", name="It is over").click()
    await expect(life.get_by_role("status")).to_contain_text("Completed since")
    await _check(page, axe_source)
    await page.keyboard.press("Escape")
    await expect(life).to_have_count(0)
    await expect(page.get_by_role("button", name="Completed")).to_be_visible()
    await expect(app.conversations.first.get_by_role("img", name="Completed")).to_be_visible()


@pytest.mark.timeout(120)
async def test_a_question_back_is_answered_by_a_button_and_the_conversation_summed_up_named_and_ended(
    people: Visit, chimera: Running, fake: FakeUpstream, axe_source: str
) -> None:
    conversation = await _begun(chimera)
    app = await people(chimera.url, f"/c/{conversation}", reduced_motion="reduce")
    page = app.page
    fake.say(Answer(text="Alice told Eve about the map."))
    await app.ask(SAID)
    await expect(app.answer.get_by_role("link", name="Minutes, version 1")).to_be_visible()
    await app.ask("And what did she do then?")
    choices = app.answer.get_by_role("list", name="What you may mean")
    await expect(choices.get_by_role("button")).to_have_text(["Alice", "Eve"])
    await expect(app.answer).not_to_contain_text("openai/gpt-5")
    await _check(page, axe_source)
    fake.say(Answer(text="Eve wrote it down."))
    await choices.get_by_role("button", name="Eve").click()
    await expect(app.messages).to_have_count(6)
    await expect(app.answer).to_contain_text("Eve wrote it down.")
    await expect(app.messages.nth(4)).to_contain_text("Eve")
    await expect(page.get_by_role("list", name="What you may mean")).to_have_count(0)

    more = page.get_by_role("button", name="More about this conversation")
    await expect(app.stop_button).to_have_count(0)
    await more.click()
    await page.get_by_role("menuitem", name="Recap now").click()
    await expect(app.answer.get_by_text("Recap up to here")).to_be_visible()
    await expect(app.answer.get_by_text("without a model")).to_be_visible()

    await more.click()
    await page.get_by_role("menuitem", name="Small steps…").click()
    steps = page.get_by_role("dialog", name="Small steps around answers")
    asking = steps.get_by_role("combobox", name="Ask back")
    await expect(asking).to_contain_text("As usual here: On")
    await _check(page, axe_source)
    async with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        await asking.select_option("Off")
    await page.keyboard.press("Escape")
    await expect(steps).to_have_count(0)
    await expect(more).to_be_focused()

    await more.click()
    await _complete(app, axe_source)
    await page.reload()
    await expect(page.get_by_role("button", name="Completed")).to_be_visible()
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        kept = (await owner.get(f"/api/v1/conversations/{conversation}")).json()
    assert kept["steps"]["clarifying"] is False
