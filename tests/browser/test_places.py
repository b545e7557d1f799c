"""Finding and keeping order: folders, tags, archive, search, commands, shortcuts, and files both ways."""

import json
import re

from playwright.async_api import Locator, expect
from tests.browser.app import IN_BROWSER, App
from tests.conversations.interchange.exports import chatgpt, claude
from tests.fakes import Answer, FakeUpstream

pytestmark = IN_BROWSER


async def _menu(app: App, title: str, *path: str) -> None:
    await app.page.get_by_role("link", name=title, exact=True).hover()
    await app.page.get_by_role("button", name=f"Actions for {title}", exact=True).click()
    for name in path:
        await app.page.get_by_role("menuitem", name=name, exact=True).click()


def _section(app: App, name: str) -> Locator:
    return app.page.get_by_role("region", name=name)


async def test_conversations_are_kept_in_folders_under_tags_and_in_the_archive(app: App, fake: FakeUpstream) -> None:
    page = app.page
    for topic in ("Cats", "Dogs", "Ships"):
        await page.get_by_role("link", name="New chat").click()
        await app.ask(topic)
    listed = page.get_by_role("navigation", name="Conversation list")

    # By the menu into a folder that is made for it, and out of it again.
    await _menu(app, "Cats", "Move to", "New folder…")
    await page.get_by_label("Name", exact=True).fill("Animals")
    await page.get_by_role("radio", name="Colour 2").press("Space")
    await page.get_by_role("button", name="Create folder").click()
    folder = _section(app, "Folders").get_by_role("button", name="Animals", exact=True)
    await expect(listed.get_by_role("link", name="Cats", exact=True)).to_have_count(0)
    await folder.click()
    await expect(_section(app, "Folders").get_by_role("link", name="Cats", exact=True)).to_be_visible()

    await _by_the_pointer(app, folder, listed)
    await _several_at_once(app)
    await _put_away_and_back(app, listed)

    # A folder goes, what lies in it stays.
    await folder.hover()
    await page.get_by_role("button", name="Actions for folder Animals").click()
    await page.get_by_role("menuitem", name="Delete folder").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete folder").click()
    await expect(folder).to_have_count(0)
    await expect(listed.get_by_role("link", name="Cats", exact=True)).to_be_visible()


async def _by_the_pointer(app: App, folder: Locator, listed: Locator) -> None:
    """Into a folder, and back by undoing."""
    page = app.page
    await page.get_by_role("link", name="Dogs", exact=True).drag_to(folder)
    await expect(_section(app, "Folders").get_by_role("link", name="Dogs", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Undo").last.click()
    await expect(_section(app, "Folders").get_by_role("link", name="Dogs", exact=True)).to_have_count(0)
    await expect(listed.get_by_role("link", name="Dogs", exact=True)).to_be_visible()


async def _several_at_once(app: App) -> None:
    page = app.page
    await page.get_by_role("button", name="What is listed").click()
    await page.get_by_role("menuitem", name="Select several").click()
    await page.get_by_role("checkbox", name="Dogs").check()
    await page.get_by_role("checkbox", name="Cats").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Tags…").click()
    await page.get_by_role("textbox", name="New tag").fill("pets")
    await page.get_by_role("button", name="Save").click()
    chip = page.get_by_role("group", name="Narrow the list").get_by_role("button", name="pets")
    await chip.click()
    await expect(app.conversations).to_have_count(2)
    await _menu(app, "Dogs", "Pin")
    await chip.click()
    await expect(_section(app, "Pinned").get_by_role("link", name="Dogs", exact=True)).to_be_visible()


async def _put_away_and_back(app: App, listed: Locator) -> None:
    page = app.page
    await _menu(app, "Ships", "Archive")
    await expect(listed.get_by_role("link", name="Ships", exact=True)).to_have_count(0)
    await page.reload()
    await expect(_section(app, "Folders").get_by_role("link", name="Cats", exact=True)).to_be_visible()
    await page.get_by_role("button", name="What is listed").click()
    await page.get_by_role("menuitem", name="Archive", exact=True).click()
    await expect(app.conversations).to_have_text(["Ships"])
    await _menu(app, "Ships", "Take out of the archive")
    await page.get_by_role("button", name="Stop showing only Archive").click()
    await expect(listed.get_by_role("link", name="Ships", exact=True)).to_be_visible()


async def test_what_was_said_is_found_and_led_to(app: App, fake: FakeUpstream) -> None:
    page = app.page
    fake.say(Answer(text="At the second harbour 🚀, beside the Café."))
    await app.ask("Where is the boat?")
    await page.get_by_role("link", name="New chat").click()
    fake.say(Answer(text="Nothing of the sort."))
    await app.ask("And the train?")
    await page.keyboard.press("Control+Shift+F")
    field = page.get_by_role("searchbox", name="Search all messages")
    await expect(field).to_be_focused()
    await page.keyboard.type("cafe harbour")
    await expect(page.get_by_role("mark")).to_have_text(["harbour", "Café"])
    await expect(page).to_have_url(re.compile(r"/search\?q=cafe"))
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(app.answer).to_contain_text("second harbour")
    await page.go_back()
    await expect(field).to_have_value("cafe harbour")
    await page.get_by_role("button", name="Filters").click()
    await page.get_by_label("Said by").select_option("Me")
    await expect(page.get_by_text("Nothing was found for")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(page.get_by_role("mark").first).to_be_visible()

    # Everything there is, by one key, which may be another.
    await page.keyboard.press("Control+k")
    await page.keyboard.type("shortcuts")
    await page.get_by_role("option", name="Shortcuts Settings").click()
    await page.get_by_role("button", name=re.compile("^Open the command palette")).click()
    await page.keyboard.press("Control+j")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Commands")).to_have_count(0)
    await page.keyboard.press("Control+j")
    await page.keyboard.type("boat")
    await page.get_by_role("option", name="Where is the boat?").click()
    await expect(app.answer).to_contain_text("second harbour")


async def test_conversations_come_as_a_file_and_leave_as_one(app: App) -> None:
    page = app.page
    await page.goto("/settings/data")
    held = json.dumps([chatgpt(), claude(), {"mapping": {}, "title": "Nothing in it"}]).encode()
    file = page.locator("input[type=file]")
    for new, there in ((2, 0), (0, 2)):
        await file.set_input_files({"name": "theirs.json", "mimeType": "application/json", "buffer": held})
        await expect(page.get_by_text("theirs.json was read: ChatGPT, Claude")).to_be_visible()
        counts = page.get_by_role("definition")
        await expect(counts).to_have_text([str(new), "0", str(there), "0", "1"])
    await expect(page.get_by_role("row", name="Nothing in it")).to_contain_text("no messages")
    await file.set_input_files({"name": "other.txt", "mimeType": "text/plain", "buffer": b"hello"})
    await expect(page.get_by_role("alert")).to_contain_text("Nothing in this file is a conversation")

    await page.get_by_role("radio", name=re.compile("^JSON Lines")).check()
    async with page.expect_download() as expected:
        await page.get_by_role("link", name="Download").click()
    lines = (await (await expected.value).path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert all(json.loads(line)["format"] == "chimera.conversation" for line in lines)

    async with page.expect_download() as expected:
        await page.get_by_role("button", name="Download my data").click()
    assert (await expected.value).suggested_filename == "my-data.zip"
