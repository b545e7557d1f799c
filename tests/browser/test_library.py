"""What is one's own: prompts and personas that are made and used, and what is remembered, in one's own hands."""

import re

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.test_accessibility import _check
from tests.fakes import Answer, FakeUpstream

pytestmark = IN_BROWSER


async def _go(app: App, place: str) -> None:
    await app.page.get_by_role("navigation", name="Places").get_by_role("link", name=place).click()


async def test_a_prompt_is_written_with_a_strict_preview_used_and_goes_on_in_versions(
    app: App, fake: FakeUpstream
) -> None:
    app.expect_complaints("400 .*/prompts/preview")
    await _go(app, "Library")
    await app.page.get_by_role("link", name="New prompt").click()
    await app.page.get_by_label("Name", exact=True).fill("City guide")
    text, preview = app.page.get_by_label("Text", exact=True), app.page.get_by_role("region", name="As the model reads")
    await text.fill("Hello.\nTell of {{ city( }}.")
    await expect(preview.get_by_role("alert")).to_contain_text("text, line 2")
    await text.fill("Tell of {{ city }}.")
    await expect(preview).to_contain_text("Tell of \u2039city\u203a.")
    await preview.get_by_label("city").fill("Rome")
    await expect(preview).to_contain_text("Tell of Rome.")
    await app.page.get_by_role("button", name="Save").click()
    await expect(app.page.get_by_role("heading", name="City guide")).to_be_visible()

    await text.fill("Tell of {{ city }} in short.")
    await app.page.get_by_label("What is new in it").fill("Shorter.")
    await app.page.get_by_role("button", name="Save as a new version").click()
    await app.page.get_by_role("button", name="What changed").click()
    await expect(app.page.get_by_text("+Tell of {{ city }} in short.")).to_be_visible()
    await app.page.get_by_role("button", name="Set", exact=True).click()
    await expect(app.page.get_by_text("stands for version 2 (100%)")).to_be_visible()

    await app.page.get_by_role("button", name="Use in a chat").click()
    await app.page.get_by_role("dialog").get_by_label("city").fill("Oslo")
    await app.page.get_by_role("button", name="Begin").click()
    used = app.page.get_by_role("list", name="Used here").get_by_role("link", name="City guide")
    await expect(used).to_be_visible()
    fake.say(Answer(text="By the sea."))
    await app.ask("Go on")
    assert "Tell of Oslo in short." in str(fake.requests[-1].body)
    await app.page.get_by_role("button", name="Go on without this prompt").click()
    await expect(used).to_have_count(0)
    await expect(app.answer.get_by_role("link", name="City guide, version 2")).to_be_visible()


async def test_a_persona_is_made_talked_to_and_put_on_a_panel(app: App) -> None:
    await _go(app, "Library")
    await app.page.get_by_role("link", name="Personas").click()
    await app.page.get_by_role("link", name="New persona").click()
    await app.page.get_by_label("Name", exact=True).fill("Sceptic")
    await app.page.get_by_label("What it is told").fill("You doubt.")
    await app.page.get_by_label("Greeting").fill("What shall I doubt?")
    await app.page.get_by_role("button", name="Save").click()
    await app.page.get_by_role("button", name="Talk to them").click()
    await expect(app.page.get_by_text("What shall I doubt?")).to_be_visible()
    await app.page.get_by_role("link", name="New chat").click()
    await expect(app.page.get_by_role("button", name="Sceptic")).to_be_visible()
    await app.page.get_by_role("link", name=re.compile("^Start a panel")).click()
    await app.page.get_by_role("button", name="Choose a persona").first.click()
    await app.page.get_by_role("menuitem", name="Sceptic").click()
    await app.page.get_by_role("button", name="Begin").click()
    stage = app.page.get_by_role("region", name="Stage")
    await expect(stage.get_by_role("button", name="Sceptic")).to_be_visible()


async def test_what_is_remembered_is_read_changed_ended_and_forgotten(app: App) -> None:
    await _go(app, "Memory")
    await app.page.get_by_role("switch", name="Remember me across conversations").click()
    await expect(app.page.get_by_text("Models are shown what matters")).to_be_visible()
    for statement in ("I live in Porto.", "I prefer short answers."):
        await app.page.get_by_role("button", name="Add a memory").first.click()
        await app.page.get_by_label("Sentence").fill(statement)
        await app.page.get_by_role("button", name="Save").click()
        await expect(app.page.get_by_text(statement, exact=True)).to_be_visible()
    home = app.page.get_by_role("listitem").filter(has_text="I live in Porto.")
    await app.page.get_by_text("1 relation as a list").click()
    await expect(app.page.get_by_role("listitem").filter(has_text="You").filter(has_text="Porto")).to_be_visible()
    await home.get_by_role("button", name="No longer true").click()
    await expect(home).to_have_count(0)
    await app.page.get_by_label("Include past ones").check()
    await expect(home).to_contain_text("over since")
    await home.get_by_role("button", name="Forget").click()
    await app.page.get_by_role("alertdialog").get_by_role("button", name="Forget").click()
    await expect(home).to_have_count(0)
    await app.page.get_by_role("button", name="Forget all").click()
    await app.page.get_by_role("alertdialog").get_by_role("button", name="Forget all").click()
    await app.page.get_by_label("Include past ones").uncheck()
    await expect(app.page.get_by_text("Nothing is remembered yet")).to_be_visible()


async def test_memories_that_an_answer_was_shown_open_under_it_and_are_forgotten_there(
    app: App, fake: FakeUpstream, axe_source: str
) -> None:
    app.expect_complaints("404 .*/memories/")
    await _go(app, "Memory")
    await app.page.get_by_role("switch", name="Remember me across conversations").click()
    for statement in ("My name is Ada.", "I live in Porto."):
        await app.page.get_by_role("button", name="Add a memory").first.click()
        await app.page.get_by_label("Sentence").fill(statement)
        await app.page.get_by_role("button", name="Save").click()
        await expect(app.page.get_by_text(statement, exact=True)).to_be_visible()
    await app.page.get_by_role("link", name="New chat").click()
    fake.say(Answer(text="By the sea."))
    await app.ask("What is my name, and where do I live, in Porto?")
    await app.answer.get_by_role("button", name="2 memories").press("Enter")
    shown = app.page.get_by_role("dialog", name="Memories of you")
    await expect(shown.get_by_role("listitem")).to_have_count(2)
    await _check(app.page, axe_source)
    await shown.get_by_role("listitem").filter(has_text="Porto").get_by_role("button", name="Forget").press("Enter")
    asked = app.page.get_by_role("alertdialog", name="Forget this?")
    await expect(asked).to_contain_text("I live in Porto.")
    await asked.get_by_role("button", name="Forget").press("Enter")
    await expect(shown).to_contain_text("1 of them is not remembered any more.")
    await expect(shown.get_by_role("listitem")).to_have_text(["My name is Ada."])
    await shown.get_by_role("link", name="See them").press("Enter")
    await expect(app.page.get_by_role("region", name="What this answer was shown")).to_contain_text("My name is Ada.")
