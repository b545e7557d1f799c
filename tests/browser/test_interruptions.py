"""What breaks into an answer: a wish to stop, a reload, a lost line, a second tab."""

import re
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.line import Line, line_to
from tests.browser.texts import FIRST, LAST, WORDS, slowly
from tests.fakes import FakeUpstream, Fault, Received
from tests.serving import Running

pytestmark = IN_BROWSER


@pytest_asyncio.fixture(loop_scope="session")
async def line(chimera: Running, stack: AsyncExitStack) -> Line:
    return await stack.enter_async_context(line_to(chimera.url))


@pytest_asyncio.fixture(loop_scope="session")
async def distant(line: Line, people: Visit) -> App:
    """Somebody at the other end of a line that may break."""
    return await people(line.url)


def _chats(fake: FakeUpstream) -> list[Received]:
    return [request for request in fake.requests if request.operation == "chat"]


async def _has_the_whole_answer_once(app: App) -> None:
    await app.idle()
    await expect(app.messages).to_have_count(2)
    text = await app.answer.inner_text()
    assert text.count(WORDS) == 1
    assert text.count(FIRST) == 1


async def test_stopping_keeps_what_was_written_so_far(app: App, fake: FakeUpstream) -> None:
    fake.say(slowly())
    fake.next(Fault.HANG_MIDWAY)
    await app.send("Count")
    await expect(app.answer).to_contain_text("word-1")
    await app.stop_button.click()
    for _ in range(2):
        await expect(app.answer).to_contain_text("You stopped this answer.")
        await expect(app.answer).to_contain_text("word-1 word-2")
        await expect(app.stop_button).to_have_count(0)
        await app.page.reload()
    request, *_ = _chats(fake)
    await request.over()
    assert request.client_left


async def test_escape_stops_too_and_the_next_message_goes_through(app: App, fake: FakeUpstream) -> None:
    fake.next(Fault.HANG_MIDWAY)
    await app.send("one two three four")
    await expect(app.answer).to_contain_text("You said")
    await app.page.keyboard.press("Escape")
    await expect(app.answer).to_contain_text("You stopped this answer.")
    await app.ask("And now?")
    await expect(app.answer).to_contain_text("You said: And now?")


async def test_a_reload_in_the_middle_takes_the_answer_up_and_follows_it_to_its_end(
    app: App, fake: FakeUpstream
) -> None:
    fake.next(slowly(seconds=4))
    await app.send("Count")
    await app.partial(FIRST, LAST)
    await app.page.reload()
    await app.partial(FIRST, LAST)
    await expect(app.stop_button).to_be_visible()
    await _has_the_whole_answer_once(app)
    await app.page.reload()
    await _has_the_whole_answer_once(app)


@pytest.mark.parametrize("long_enough_to_miss_the_end", [False, True], ids=["shortly", "past the end"])
async def test_a_line_that_breaks_in_the_middle_loses_nothing_and_doubles_nothing(
    line: Line, distant: App, fake: FakeUpstream, long_enough_to_miss_the_end: bool
) -> None:
    distant.expect_complaints("ERR_")
    fake.next(slowly())
    await distant.send("Count")
    await distant.partial(FIRST, LAST)
    await distant.page.context.set_offline(True)
    line.cut()
    await expect(distant.answer).to_contain_text("Reconnecting")
    request, *_ = _chats(fake)
    if long_enough_to_miss_the_end:
        await request.over()
    line.mend()
    await distant.page.context.set_offline(False)
    await _has_the_whole_answer_once(distant)
    assert not request.client_left
    await distant.page.reload()
    await _has_the_whole_answer_once(distant)


async def test_two_tabs_show_the_same_answer_as_it_is_written(app: App, fake: FakeUpstream) -> None:
    fake.next(slowly(seconds=4))
    await app.send("Count")
    await app.partial(FIRST, LAST)
    await expect(app.page).to_have_url(re.compile("/c/"))
    other = await app.another_tab()
    await other.partial(FIRST, LAST)
    for tab in (app, other):
        await _has_the_whole_answer_once(tab)


async def test_tabs_are_in_step_in_what_is_said_stopped_named_and_deleted(app: App, fake: FakeUpstream) -> None:
    app.expect_complaints(r"\b404\b")
    await app.ask("Hello")
    other = await app.another_tab()
    await other.idle()
    await other.composer.fill("Not sent yet")
    fake.next(Fault.HANG_MIDWAY)
    await app.send("From the first tab")
    await expect(other.messages.nth(2)).to_contain_text("From the first tab")
    await expect(other.answer).to_contain_text("You said")
    await expect(other.composer).to_have_value("Not sent yet")
    await other.stop_button.click()
    for tab in (app, other):
        await expect(tab.answer).to_contain_text("You stopped this answer.")

    await app.conversations.first.hover()
    await app.page.get_by_role("button", name="Actions for Hello").click()
    await app.page.get_by_role("menuitem", name="Rename").click()
    await app.page.get_by_role("textbox", name="New title").fill("In step")
    await app.page.keyboard.press("Enter")
    await expect(other.page.get_by_role("heading", name="In step", level=1)).to_be_visible()
    await expect(other.conversations).to_have_text(["In step"])

    await app.conversations.first.hover()
    await app.page.get_by_role("button", name="Actions for In step").click()
    await app.page.get_by_role("menuitem", name="Delete").click()
    await app.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(other.conversations).to_have_count(0)
    # Whoever is writing there is not robbed of it.
    await expect(other.composer).to_have_value("Not sent yet")
    await other.composer.fill("")
    await other.page.reload()
    await expect(other.page.get_by_role("heading", name="This conversation is not there")).to_be_visible()
