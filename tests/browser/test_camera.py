"""A photo with a computer's own camera: refused, allowed, taken, sent."""

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit
from tests.fakes import FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER


async def test_a_camera_that_was_refused_is_asked_for_again_and_its_photo_is_sent(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    app = await people(chimera.url)
    opener = app.page.get_by_role("button", name="Take a photo")
    await opener.click()
    dialog = app.page.get_by_role("dialog", name="Take a photo")
    await expect(dialog.get_by_role("status")).to_contain_text("The camera was not allowed.")
    await app.page.context.grant_permissions(["camera"])
    await dialog.get_by_role("button", name="Try again").click()
    shoot = dialog.get_by_role("button", name="Take photo")
    await expect(shoot).to_be_enabled()
    await expect(dialog.get_by_role("status")).to_have_count(0)
    await shoot.click()
    await expect(dialog).to_have_count(0)
    await expect(app.page.get_by_role("button", name="Remove image 1")).to_be_visible()
    await app.send("What is this?")
    await expect(app.messages).to_have_count(2)
    await app.idle()
    asked = [request for request in fake.requests if request.operation == "chat"]
    assert "data:image/jpeg;base64," in str(asked[-1].json)
