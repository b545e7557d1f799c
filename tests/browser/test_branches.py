"""A conversation is a tree: what was said is said otherwise, answered again, compared, and every branch stays."""

import re

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.fakes import Answer, FakeUpstream, Fault

pytestmark = IN_BROWSER


async def test_a_question_is_edited_and_both_versions_are_led_to_by_keyboard_and_address(
    app: App, fake: FakeUpstream
) -> None:
    await app.ask("Name a colour")
    await app.ask("And another")
    question = app.messages.nth(2)
    await question.hover()
    await question.get_by_role("button", name="Edit").click()
    field = app.page.get_by_role("textbox", name="Edit message")
    await expect(field).to_have_value("And another")
    await field.fill("And a third")
    await field.press("Enter")
    await expect(app.answer).to_contain_text("You said: And a third")
    await app.idle()
    await expect(app.messages).to_have_count(4)
    versions = app.messages.nth(2).get_by_role("group", name="Version 2 of 2")
    await expect(versions).to_be_visible()
    await expect(app.page).to_have_url(re.compile("leaf="))

    await versions.get_by_role("button", name="Previous version").focus()
    await app.page.keyboard.press("ArrowLeft")
    await expect(app.answer).to_contain_text("You said: And another")
    await expect(app.messages.nth(2).get_by_role("button", name="Previous version")).to_be_focused()
    await app.page.reload()
    await expect(app.answer).to_contain_text("You said: And another")
    other = await app.another_tab()
    await expect(other.answer).to_contain_text("You said: And another")
    await app.ask("More of it")
    await expect(app.messages).to_have_count(6)
    await expect(app.messages.nth(2)).to_contain_text("And another")


async def test_an_answer_is_given_again_by_the_same_or_another_model_and_a_cut_one_is_ended(
    app: App, fake: FakeUpstream
) -> None:
    fake.next(Answer(text="First thoughts."), Answer(text="Second thoughts."))
    await app.ask("Think")
    await app.answer.get_by_role("button", name="Answer again").click()
    await expect(app.answer).to_contain_text("Second thoughts.")
    await app.idle()
    await expect(app.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()

    await app.answer.get_by_role("button", name="More").click()
    await app.page.get_by_role("menuitem", name="Answer with another model…").click()
    await app.page.get_by_role("combobox", name="Search models").fill("haiku")
    await app.page.keyboard.press("Enter")
    await expect(app.answer.get_by_role("group", name="Version 3 of 3")).to_be_visible()
    await expect(app.answer).to_contain_text("haiku")

    fake.next(Fault.HANG_MIDWAY)
    await app.send("one two three four")
    await expect(app.answer).to_contain_text("You said")
    await app.stop_button.click()
    await app.answer.get_by_role("button", name="Continue").click()
    await expect(app.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    await expect(app.answer).not_to_contain_text("You stopped this answer.")


async def test_several_models_answer_side_by_side_and_one_of_the_answers_is_gone_on_with(app: App) -> None:
    page = app.page
    await page.get_by_role("button", name="Compare models").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("checkbox", name=re.compile("opus")).first.check()
    await dialog.get_by_role("button", name="Use these").click()
    await app.send("Which is best?")
    columns = app.answer.get_by_role("region")
    await expect(app.answer.get_by_role("button", name="Go on with this")).to_have_count(2)
    await expect(columns.filter(has_text="You said: Which is best?")).to_have_count(3)  # with the one around both
    await page.reload()
    await expect(app.answer.get_by_role("button", name="Go on with this")).to_have_count(2)
    await page.get_by_role("button", name="Go on with this").last.click()
    await expect(app.answer).to_contain_text("opus")
    await expect(app.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()
    await app.ask("Why?")
    await expect(app.messages).to_have_count(4)
    await app.messages.nth(1).get_by_role("button", name="Show side by side").click()
    await expect(app.messages.nth(1).get_by_role("button", name="Go on with this")).to_have_count(2)


async def test_an_answer_is_judged_and_what_was_said_of_it_stays(app: App) -> None:
    page = app.page
    await app.ask("Judge me")
    await app.answer.get_by_role("button", name="Bad answer").click()
    await page.get_by_role("textbox", name="What was it?").fill("Too short.")
    await page.get_by_role("button", name="Keep").click()
    await page.reload()
    bad = app.answer.get_by_role("button", name="Bad answer")
    await expect(bad).to_have_attribute("aria-pressed", "true")
    await bad.click()
    await expect(bad).to_have_attribute("aria-pressed", "false")
    await app.answer.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="What the model saw…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("The whole conversation was sent.")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Branch map").click()
    await expect(page.get_by_role("treeitem")).to_have_count(1)


async def test_a_temporary_chat_is_marked_listed_nowhere_and_may_be_kept(app: App) -> None:
    await app.page.get_by_role("switch", name="Temporary").click()
    await app.ask("For a moment")
    await expect(app.page.get_by_text("it is listed nowhere")).to_be_visible()
    await app.page.reload()
    await expect(app.conversations).to_have_count(0)
    await app.page.get_by_role("button", name="Keep it").click()
    await expect(app.conversations).to_have_text(["For a moment"])
    await expect(app.page.get_by_text("it is listed nowhere")).to_have_count(0)


async def test_a_branch_is_forked_off_and_cut_after_a_question(app: App) -> None:
    page = app.page
    await app.ask("Keep this")
    await app.ask("Drop this")
    await app.messages.nth(1).get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Continue in a new conversation").click()
    await expect(app.conversations).to_have_count(2)
    await expect(app.messages).to_have_count(2)
    await page.go_back()
    await expect(app.messages).to_have_count(4)
    await app.messages.nth(2).hover()
    await app.messages.nth(2).get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Delete from here…").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(app.messages).to_have_count(2)
    await page.reload()
    await expect(app.answer).to_contain_text("You said: Keep this")
    await expect(app.messages).to_have_count(2)
