"""Several models in one conversation, as somebody at the browser drives them."""

import re

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.texts import FIRST, LAST, WORDS, slowly
from tests.fakes import Answer, FakeUpstream, Fault
from tests.serving import Running

pytestmark = IN_BROWSER


async def _begin(app: App, policy: str) -> None:
    await app.page.get_by_role("link", name=re.compile("^Start a panel")).click()
    await app.page.get_by_role("button", name="Remove Clio").click()
    await app.page.get_by_role("radio", name=re.compile(f"^{policy}")).click()
    await app.page.get_by_role("button", name="Begin").click()
    await expect(app.page.get_by_role("heading", name="Everybody is here.")).to_be_visible()


async def test_a_panel_is_put_together_speaks_live_and_is_led_to_its_end(
    app: App, people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    await _begin(app, "In turn")
    stage = app.page.get_by_role("region", name="Stage")
    log = app.page.get_by_role("log", name="Messages")
    await expect(stage.get_by_role("button", name="Bruno")).to_contain_text("next 2")

    fake.say(slowly(seconds=6))
    await app.composer.fill("Count, @b")
    await app.composer.press("Enter")  # the name that the list offers
    await expect(app.composer).to_have_value("Count, @Bruno ")
    await app.composer.press("Enter")
    await app.partial(FIRST, LAST)
    await expect(stage.get_by_role("button", name="Ada")).to_contain_text("speaks")
    other = await app.another_tab()
    await other.partial(FIRST, LAST)
    await app.page.reload()
    await app.partial(FIRST, LAST)

    await app.composer.fill("And be brief.")
    await app.composer.press("Enter")
    await expect(log.get_by_role("article", name="You")).to_have_count(2)
    await stage.get_by_role("button", name="Pause before the next speaker").click()
    await expect(stage).to_contain_text("you wanted it to wait.")
    await expect(other.page.get_by_role("article", name="Ada")).to_contain_text(WORDS)

    fake.say(Answer(text="Brief."))
    fake.next(Fault.WRONG_KEY)
    await stage.get_by_role("button", name="Go on").click()
    await expect(stage).to_contain_text("the rounds are over.")
    failed = log.get_by_role("article").filter(has=app.page.get_by_role("alert"))
    await expect(failed).to_have_count(1)
    await expect(log.get_by_text("Brief.", exact=True).first).to_be_visible()
    await failed.get_by_role("button", name="Ask for this speech again").last.click()
    await expect(log.get_by_text(re.compile("^An earlier speech"))).to_be_visible()
    await expect(stage).to_contain_text("you wanted it to wait.")

    await stage.get_by_role("button", name="Bruno").click()
    await app.page.get_by_role("menuitem", name="Let Bruno only listen").click()
    await expect(stage.get_by_role("button", name="Bruno")).to_contain_text("listens only")
    await stage.get_by_role("button", name="Change the panel").click()
    await app.page.get_by_role("radio", name=re.compile("^Merge")).click()
    await app.page.get_by_role("button", name="Save").click()
    await app.composer.fill("Why?")
    await app.composer.press("Enter")
    await expect(stage).to_contain_text("it is done.")
    await expect(app.page.get_by_role("article", name=re.compile("brings it together"))).to_be_visible()
