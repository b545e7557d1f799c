"""What is said without a network is kept in the browser, and said once when the network is back."""

import re
from base64 import b64decode

import httpx2
from playwright.async_api import FilePayload, Locator, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.line import line_to
from tests.fakes import FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER

_PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
_PICTURE: FilePayload = {"name": "pixel.png", "mimeType": "image/png", "buffer": _PIXEL}


def _waiting(app: App) -> Locator:
    return app.page.get_by_role("region", name="Messages that wait").get_by_role("listitem")


def _asked(fake: FakeUpstream) -> int:
    return sum(request.operation == "chat" for request in fake.requests)


async def test_messages_wait_in_their_order_over_a_reload_and_are_said_once_by_one_of_two_tabs(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    async with line_to(chimera.url) as line:
        app = await people(line.url)
        app.expect_complaints("ERR_", r"\b409\b")
        await app.ask("Hello")
        line.cut()
        for text in ("Are you there?", "And now?", "Not this"):
            await app.send(text)
            await expect(_waiting(app).last).to_contain_text(text)
            await expect(app.stop_button).to_have_count(0)
        await expect(_waiting(app)).to_have_count(3)
        await expect(_waiting(app).first).to_contain_text("Waiting for the network")
        await _waiting(app).last.get_by_role("button", name="Do not send").click()
        await expect(_waiting(app)).to_have_count(2)
        # What is changed goes back to where it was written, and waits anew.
        await _waiting(app).last.get_by_role("button", name="Edit").click()
        await expect(app.composer).to_have_value("And now?")
        await app.send("And tomorrow?")
        await expect(_waiting(app)).to_have_count(2)
        url = app.page.url
        await app.page.goto("about:blank")
        line.mend()
        await app.page.goto(url)
        other = await app.another_tab()
        for tab in (app, other):
            await expect(tab.messages).to_have_count(6)
            await expect(_waiting(tab)).to_have_count(0)
            await expect(tab.messages.nth(3)).to_contain_text("You said: Are you there?")
            await expect(tab.messages.nth(5)).to_contain_text("You said: And tomorrow?")
            await tab.idle()
        assert _asked(fake) == 3
        await app.page.context.close()


async def test_a_new_chat_waits_with_its_picture_and_becomes_one_conversation(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    app = await people(chimera.url)
    app.expect_complaints("ERR_INTERNET_DISCONNECTED", r"\b404\b")
    await app.page.context.set_offline(True)
    await expect(app.page.get_by_text("No network.")).to_be_visible()
    await app.page.locator("input[type=file]").first.set_input_files(_PICTURE)
    await expect(app.page.get_by_role("button", name="Remove image 1")).to_be_visible()
    await app.send("What is this?")
    await expect(_waiting(app)).to_have_count(1)
    await expect(_waiting(app).get_by_role("img", name="Attached image 1")).to_be_visible()
    await app.send("And its colour?")
    await expect(_waiting(app)).to_have_count(2)
    await app.page.context.set_offline(False)
    await expect(app.messages).to_have_count(4)
    await app.idle()
    await expect(app.page).to_have_url(re.compile("/c/"))
    await expect(app.conversations).to_have_text(["What is this?"])
    assert _asked(fake) == 2
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        conversation = app.page.url.rsplit("/", 1)[1]
        await app.page.context.set_offline(True)
        await app.send("Are you there still?")
        await expect(_waiting(app)).to_have_count(1)
        (await owner.delete(f"/api/v1/conversations/{conversation}")).raise_for_status()
    await app.page.context.set_offline(False)
    await expect(app.page.get_by_text("This conversation is not there any more.").first).to_be_visible()
    await app.page.get_by_role("main").get_by_role("link", name="New chat").click()
    await expect(_waiting(app).get_by_role("alert")).to_contain_text("This message was not sent.")
    await _waiting(app).get_by_role("button", name="Edit").click()
    await expect(app.composer).to_have_value("Are you there still?")
    await expect(_waiting(app)).to_have_count(0)
