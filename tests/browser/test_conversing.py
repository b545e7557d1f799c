"""A conversation from its first word to its end, over reloads and restarts."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.texts import CODE, FIRST, LAST, MARKDOWN, slowly
from tests.fakes import Answer, FakeUpstream, ToolUse
from tests.serving import Running, running

pytestmark = IN_BROWSER

ASKED = "Teach me addition"


async def test_the_first_words_of_an_answer_are_there_before_its_last(app: App, fake: FakeUpstream) -> None:
    fake.next(slowly())
    await app.send(ASKED)
    await app.partial(FIRST, LAST)
    await expect(app.stop_button).to_be_visible()
    await app.idle()
    await expect(app.answer).to_contain_text(LAST)
    await expect(app.page).to_have_url(re.compile("/c/"))
    await expect(app.page).to_have_title(f"{ASKED} · Chimera")


async def test_markdown_becomes_headings_code_lists_and_tables_and_stays_so(app: App, fake: FakeUpstream) -> None:
    await app.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fake.say(Answer(text=MARKDOWN, chunks=30))
    await app.ask(ASKED)
    for _ in range(2):
        await expect(app.answer.get_by_role("heading", name="A short lesson")).to_be_visible()
        await expect(app.answer.get_by_role("listitem")).to_have_text(["first point", "second point"])
        await expect(app.answer.get_by_role("table").get_by_role("cell")).to_have_text(["one", "1", "two", "2"])
        await expect(app.answer.locator("pre code")).to_have_text(CODE)
        await expect(app.conversations).to_have_text([ASKED])
        await app.page.reload()

    await app.answer.get_by_role("button", name="Copy code").click()
    await expect(app.answer.get_by_role("button", name="Copied")).to_be_visible()
    assert await app.page.evaluate("navigator.clipboard.readText()") == CODE


async def test_thoughts_and_tool_calls_are_folded_away_and_can_be_opened(app: App, fake: FakeUpstream) -> None:
    call = ToolUse(name="get_weather", arguments='{"city":"Oslo"}')
    fake.next(Answer(text="I look.", reasoning="Hidden plans.", tool_calls=(call,)))
    await app.pick("haiku")
    await app.ask("Weather?")
    await expect(app.answer.get_by_text("Hidden plans.")).to_be_hidden()
    await app.answer.get_by_text("Thoughts").click()
    await expect(app.answer.get_by_text("Hidden plans.")).to_be_visible()
    await expect(app.answer.get_by_text("Not run")).to_be_visible()
    await app.answer.get_by_text("get_weather").click()
    await expect(app.answer.get_by_text('"city": "Oslo"')).to_be_visible()


async def test_everything_is_still_there_after_a_restart_of_the_server(
    people: Visit, providers: dict[str, str], sqlite_url: str, tmp_path: Path
) -> None:
    flags = {"data_dir": tmp_path}
    async with running(sqlite_url, providers, flags) as server:
        app = await people(server.url)
        app.expect_complaints("ERR_CONNECTION_REFUSED")
        await app.ask("Before the restart")
    async with running(sqlite_url, providers, flags | {"port": urlsplit(server.url).port}):
        await app.ask("After the restart")
        await app.page.reload()
        await expect(app.conversations).to_have_text(["Before the restart"])
        await expect(app.messages).to_have_count(4)
        await expect(app.messages.nth(1)).to_contain_text("You said: Before the restart")
        await expect(app.messages.nth(3)).to_contain_text("You said: After the restart")
        await app.page.context.close()


async def test_a_conversation_is_renamed_found_and_deleted(app: App, chimera: Running) -> None:
    await app.ask("About cats")
    await app.page.get_by_role("link", name="New chat").click()
    await app.ask("About dogs")
    await expect(app.conversations).to_have_text(["About dogs", "About cats"])

    await app.conversations.first.hover()
    await app.page.get_by_role("button", name="Actions for About dogs").click()
    await app.page.get_by_role("menuitem", name="Rename").click()
    await app.page.get_by_role("textbox", name="New title").fill("Wolves")
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("heading", name="Wolves", level=1)).to_be_visible()
    await app.page.reload()
    await expect(app.conversations).to_have_text(["Wolves", "About cats"])

    await app.page.get_by_role("searchbox", name="Search conversations").fill("CATS")
    await expect(app.conversations).to_have_text(["About cats"])
    await app.page.get_by_role("button", name="Clear search").click()

    await app.conversations.first.hover()
    await app.page.get_by_role("button", name="Actions for Wolves").click()
    await app.page.get_by_role("menuitem", name="Delete").click()
    question = app.page.get_by_role("alertdialog", name="Delete this conversation?")
    await expect(question).to_contain_text("Wolves")
    await question.get_by_role("button", name="Delete").click()
    await expect(app.conversations).to_have_text(["About cats"])
    await expect(app.page).to_have_url(f"{chimera.url}/")
    await app.page.reload()
    await expect(app.conversations).to_have_text(["About cats"])
