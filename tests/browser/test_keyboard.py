"""Everything without a mouse."""

import re

from playwright.async_api import Locator, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.fakes import FakeUpstream, Fault
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running

pytestmark = IN_BROWSER

MOST_STEPS = 25


async def _tab_to(app: App, goal: Locator, key: str = "Tab") -> None:
    """Press Tab until the goal has the focus, as far as a patient person would."""
    for _ in range(MOST_STEPS):
        await app.page.keyboard.press(key)
        if await goal.evaluate("goal => goal === document.activeElement"):
            return
    await expect(goal).to_be_focused()


async def _closes_and_leaves_the_focus_at(app: App, dialog: Locator, place: Locator) -> None:
    await expect(dialog.locator(":focus")).to_have_count(1)
    await app.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(place).to_be_focused()


async def test_a_person_without_a_mouse_signs_in_writes_stops_and_switches(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    app = await people(chimera.url, signed_in=False)
    keyboard = app.page.keyboard
    await expect(app.page.get_by_label("Email")).to_be_focused()
    await keyboard.type(OWNER_EMAIL)
    await keyboard.press("Tab")
    await keyboard.type(OWNER_PASSWORD)
    await keyboard.press("Enter")

    await expect(app.composer).to_be_focused()
    await keyboard.type("First topic")
    await keyboard.press("Enter")
    await app.idle()

    await _tab_to(app, app.page.get_by_role("link", name="New chat"), "Shift+Tab")
    await keyboard.press("Enter")
    await expect(app.composer).to_be_focused()
    fake.next(Fault.HANG_MIDWAY)
    await keyboard.type("Second topic")
    await keyboard.press("Enter")
    await expect(app.answer).to_contain_text("You said")
    await _tab_to(app, app.stop_button)
    await keyboard.press("Enter")
    await expect(app.answer).to_contain_text("You stopped this answer.")

    await expect(app.conversations).to_have_text(["Second topic", "First topic"])
    await _tab_to(app, app.conversations.nth(1), "Shift+Tab")
    await keyboard.press("Enter")
    await expect(app.page.get_by_role("heading", name="First topic", level=1)).to_be_visible()
    await expect(app.answer).to_contain_text("You said: First topic")


async def test_the_first_tab_offers_to_skip_the_sidebar(app: App) -> None:
    await app.page.reload()
    await app.composer.evaluate("field => field.blur()")
    await app.page.evaluate("document.body.focus()")
    skip = app.page.get_by_role("button", name="Skip to the conversation")
    await _tab_to(app, skip)
    await expect(skip).to_be_in_viewport()
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("main")).to_be_focused()


async def test_menus_and_dialogs_take_the_focus_and_give_it_back(app: App) -> None:
    await app.ask("Hello")
    keyboard = app.page.keyboard
    account = app.page.get_by_role("button", name=re.compile("^Account:"))
    await _tab_to(app, account, "Shift+Tab")
    await keyboard.press("Enter")
    await expect(app.page.get_by_role("menu")).to_be_visible()
    await keyboard.press("Escape")
    await expect(account).to_be_focused()

    await keyboard.press("?")
    await _closes_and_leaves_the_focus_at(app, app.page.get_by_role("dialog", name="Keyboard shortcuts"), account)
    await keyboard.press("Enter")
    await app.page.get_by_role("menuitem", name="Keyboard shortcuts").press("Enter")
    await _closes_and_leaves_the_focus_at(app, app.page.get_by_role("dialog", name="Keyboard shortcuts"), account)

    actions = app.page.get_by_role("button", name="Actions for Hello")
    await _tab_to(app, actions, "Shift+Tab")
    await keyboard.press("Enter")
    await app.page.get_by_role("menuitem", name="Delete").press("Enter")
    await _closes_and_leaves_the_focus_at(app, app.page.get_by_role("alertdialog"), actions)

    await _tab_to(app, app.picker)
    await keyboard.press("Enter")
    await expect(app.page.get_by_role("combobox", name="Search models")).to_be_focused()
    await keyboard.press("Escape")
    await expect(app.picker).to_be_focused()

    await keyboard.press("Control+k")
    commands = app.page.get_by_role("dialog", name="Commands")
    await expect(commands.get_by_role("combobox")).to_be_focused()
    await _closes_and_leaves_the_focus_at(app, commands, app.picker)
    await keyboard.press("/")
    await expect(app.page.get_by_role("searchbox", name="Search conversations")).to_be_focused()
    await keyboard.press("Control+Shift+O")
    await expect(app.page.get_by_role("heading", name=re.compile("^Good "))).to_be_visible()


async def test_a_screen_reader_hears_that_an_answer_begins_and_how_it_ended(app: App) -> None:
    status = app.page.get_by_role("status")
    await app.ask("Hello")
    await expect(status.filter(has_text="Answer finished. You said: Hello")).to_have_count(1)
