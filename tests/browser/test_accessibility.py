"""What a machine can tell about WCAG 2.2 AA, on every main screen, in both themes, wide and narrow."""

import re
from typing import Literal

import pytest
from playwright.async_api import Page, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.factors import code_of, demand_a_second_factor
from tests.browser.texts import MARKDOWN
from tests.fakes import Answer, FakeUpstream, Fault, ToolUse
from tests.serving import OWNER_PASSWORD, Running

pytestmark = IN_BROWSER

Chosen = dict[str, str | list[str]]
LEVELS: Chosen = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Of these levels, what looks at colours: all else is the same in both themes.
COLOURS: Chosen = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[Literal["light", "dark"], Chosen] = {"light": LEVELS, "dark": COLOURS}
WIDE = {"viewport": {"width": 1280, "height": 800}}
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

_RUN = """async (runOnly) => {
  const { violations, passes } = await axe.run(document, { runOnly });
  const said = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  return { said, passed: passes.length };
}"""


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def screen(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(request.param)


# Colours in the middle of a transition are nobody's colours. One that ends may begin another, of what inherits from it.
_SETTLED = """async () => {
  const frame = () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
  const passing = () => document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
  for (await frame(); passing().some((one) => one.playState === "running"); await frame()) {
    passing().forEach((one) => one.finish());
  }
}"""


_MIRRORED = """() => {
  const root = document.documentElement;
  const [own, fits] = [root.dir, () => root.scrollWidth <= innerWidth];
  root.dir = "rtl";
  const fitted = fits();
  root.dir = own;
  return fitted;
}"""


async def _check(page: Page, axe_source: str) -> None:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe_source)
    for scheme, chosen in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(_SETTLED)
        found = await page.evaluate(_RUN, chosen)
        assert found["said"] == [], scheme
        assert found["passed"] > (5 if chosen is LEVELS else 0), "axe looked at the page"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert await page.evaluate(_MIRRORED), "nor where text runs from right to left"


async def _go(page: Page, path: str) -> None:
    """Go there as the app itself does, which loads neither it nor the checker again."""
    await page.evaluate("(to) => history.pushState(null, '', to)", path)


@pytest.mark.timeout(180)
async def test_no_screen_has_a_barrier(
    people: Visit, chimera: Running, fake: FakeUpstream, screen: dict[str, object], axe_source: str
) -> None:
    app = await people(chimera.url, signed_in=False, reduced_motion="reduce", **screen)
    await app.page.get_by_role("button", name="Sign in").click()
    await expect(app.page.get_by_role("alert")).to_be_visible()
    await _check(app.page, axe_source)
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.page.get_by_role("heading", name=re.compile("^Good "))).to_be_visible()
    await _check(app.page, axe_source)

    await app.pick("haiku")
    call = ToolUse(name="get_weather", arguments='{"city":"Oslo"}')
    fake.next(Answer(text=MARKDOWN, reasoning="A plan.", tool_calls=(call,)), Fault.WRONG_KEY)
    await app.ask("Teach me addition")
    await app.answer.get_by_text("Thoughts").click()
    await app.answer.get_by_text("get_weather").click()
    await _check(app.page, axe_source)
    await app.send("And again")
    await expect(app.answer.get_by_role("alert")).to_be_visible()
    await expect(app.stop_button).to_have_count(0)
    app.expect_complaints("ERR_INTERNET_DISCONNECTED")
    await app.page.context.set_offline(True)
    await app.send("Is anybody there?")
    await expect(app.page.get_by_text("Waiting for the network.")).to_be_visible()
    await _check(app.page, axe_source)
    await app.page.get_by_role("button", name="Do not send").click()
    await app.page.context.set_offline(False)
    await app.picker.click()
    await expect(app.page.get_by_role("listbox", name="Models")).to_be_visible()
    await _check(app.page, axe_source)
    await app.page.keyboard.press("Escape")

    await _open_the_list(app)
    await app.page.get_by_role("button", name="Actions for Teach me addition").click()
    await _check(app.page, axe_source)
    await app.page.get_by_role("menuitem", name="Delete").click()
    await expect(app.page.get_by_role("alertdialog")).to_be_visible()
    await _check(app.page, axe_source)


ADMINISTRATION = {
    "": "Overview",
    "/usage": "Usage and cost",
    "/savings": "Savings",
    "/budgets": "Budgets",
    "/limits": "Limits",
    "/ledger": "Ledger and invoices",
    "/users": "Users",
    "/groups": "Groups",
    "/roles": "Roles",
    "/organisations": "Organisations",
    "/keys": "API keys",
    "/providers": "Providers",
    "/models": "Models",
    "/routing": "Routing",
    "/cache": "Cache",
    "/experiments": "Experiments",
    "/sso": "Single sign-on",
    "/token-issuers": "Trusted issuers",
    "/audit": "Audit trail",
    "/policies": "Policies",
    "/privacy": "Privacy",
    "/shares": "Shared links",
    "/encryption": "Encryption",
    "/webhooks": "Webhooks",
    "/jobs": "Jobs",
}


@pytest.mark.timeout(240)
async def test_no_screen_of_the_administration_has_a_barrier(
    people: Visit, chimera: Running, screen: dict[str, object], axe_source: str
) -> None:
    app = await people(chimera.url, reduced_motion="reduce", **screen)
    if screen == NARROW:  # a colour in which nothing can be read as it comes
        await app.page.context.request.put("/api/v1/policies/branding", data={"colour": "#ffe600"})
        await app.page.reload()
    await app.pick("gpt-5")
    await app.ask("Something to be counted")
    for path, heading in ADMINISTRATION.items():
        await _go(app.page, f"/admin{path}")
        await expect(app.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await expect(app.page.locator("[aria-busy=true]")).to_have_count(0)
        await _check(app.page, axe_source)


async def test_no_screen_on_the_way_in_or_of_security_has_a_barrier(
    people: Visit, chimera: Running, axe_source: str
) -> None:
    await demand_a_second_factor(chimera)
    app = await people(chimera.url, "/settings/security", signed_in=False, reduced_motion="reduce", **NARROW)
    app.expect_complaints(r"\b401\b", r"\b403\b")
    page = app.page
    await app.sign_in(OWNER_PASSWORD)
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    await _check(page, axe_source)
    secret = (await page.locator("code").inner_text()).replace(" ", "")
    await page.get_by_role("textbox", name="Code", exact=True).fill(code_of(secret, offset=-1))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Recovery codes")).to_be_visible()
    await _check(page, axe_source)
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    await _check(page, axe_source)
    change = page.get_by_role("button", name="Change")
    await change.press("Enter")
    await expect(page.get_by_label("Present password")).to_be_focused()
    await _check(page, axe_source)
    await page.keyboard.press("Escape")
    await expect(change).to_be_focused()
    for path, field in (("/invitation#token", "Password"), ("/new-password#token", "New password")):
        await page.goto(path)
        await expect(page.get_by_role("textbox", name=field, exact=True)).to_be_visible()
        await _check(page, axe_source)
    await page.context.clear_cookies()
    await page.goto("/")
    await app.sign_in(OWNER_PASSWORD)
    await expect(page.get_by_role("textbox", name="Code", exact=True)).to_be_focused()
    await _check(page, axe_source)


async def _check_what_belongs_to_an_answer(app: App, axe_source: str) -> None:
    page, dialog = app.page, app.page.get_by_role("dialog")
    await app.answer.get_by_role("button", name="Bad answer").click()
    await expect(page.get_by_role("textbox", name="What was it?")).to_be_visible()
    await _check(page, axe_source)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await app.answer.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="What the model saw…").click()
    await expect(dialog).to_contain_text("The whole conversation was sent.")
    await _check(page, axe_source)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="Branch map").click()
    await expect(page.get_by_role("treeitem")).to_have_count(1)
    await _check(page, axe_source)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="Compare models").click()
    await dialog.get_by_role("checkbox", name=re.compile("opus")).first.check()
    await dialog.get_by_role("button", name="Use these").click()
    await expect(dialog).to_have_count(0)
    await app.send("And where will it be?")
    await expect(app.answer.get_by_role("button", name="Go on with this")).to_have_count(2)
    await _check(page, axe_source)
    await page.get_by_role("button", name="Go on with this").last.click()
    await expect(app.answer.get_by_role("group", name="Version 2 of 2")).to_be_visible()


@pytest.mark.timeout(180)
async def test_no_page_of_order_or_settings_has_a_barrier(
    people: Visit, chimera: Running, fake: FakeUpstream, axe_source: str
) -> None:
    app = await people(chimera.url, reduced_motion="reduce", **NARROW)
    page = app.page
    fake.say(Answer(text="At the second harbour."))
    await page.get_by_role("switch", name="Temporary").check()
    await expect(page.get_by_text("Temporary", exact=True)).to_be_visible()
    await _check(page, axe_source)
    await page.get_by_role("switch", name="Temporary").uncheck()
    await app.ask("Where is the boat?")
    await _check_what_belongs_to_an_answer(app, axe_source)
    await _open_the_list(app)
    await page.get_by_role("button", name="Actions for Where is the boat?").click()
    await page.get_by_role("menuitem", name="Tags…").click()
    await page.get_by_role("textbox", name="New tag").fill("boats")
    await _check(page, axe_source)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("textbox", name="New tag")).to_have_count(0)
    await page.get_by_role("button", name="New folder").click()
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await _check(page, axe_source)
    await page.get_by_label("Name", exact=True).fill("Trips")
    await page.get_by_role("button", name="Create folder").click()
    await page.get_by_role("button", name="Trips", exact=True).click()
    await page.get_by_role("button", name="What is listed").click()
    await page.get_by_role("menuitem", name="Select several").click()
    await page.get_by_role("checkbox").first.check()
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    await _check(page, axe_source)
    for path, shown in (
        ("/search?q=harbour", page.get_by_role("mark")),
        ("/search", page.get_by_text("Everything you ever asked")),
        ("/settings/appearance", page.get_by_role("radio", name="Compact")),
        ("/settings/data", page.get_by_role("link", name="Download")),
        ("/settings/shortcuts", page.get_by_role("button", name="Reset all")),
    ):
        await _go(page, path)
        await expect(shown.first).to_be_visible()
        await _check(page, axe_source)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("option").first).to_be_visible()
    await _check(page, axe_source)


@pytest.mark.timeout(180)
async def test_no_screen_of_panels_the_library_and_memory_has_a_barrier(
    people: Visit, chimera: Running, fake: FakeUpstream, screen: dict[str, object], axe_source: str
) -> None:
    app = await people(chimera.url, "/panels/new", reduced_motion="reduce", **screen)
    await _check(app.page, axe_source)
    await app.page.get_by_role("button", name="Begin").click()
    fake.say(Answer(text=MARKDOWN))
    await app.composer.fill("Teach me, @")
    await expect(app.page.get_by_role("listbox", name="Members of the panel")).to_be_visible()
    await _check(app.page, axe_source)
    await app.send("Teach me addition")
    await expect(app.page.get_by_role("region", name="Stage")).to_contain_text("it is done.")
    await app.page.get_by_text("2 reviews").click()
    await _check(app.page, axe_source)
    for path, heading in (
        ("/memory", "Memory"),
        ("/library/personas/new", "New persona"),
        ("/library/prompts", "Prompts"),
    ):
        await _go(app.page, path)
        await expect(app.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await _check(app.page, axe_source)
    await app.page.get_by_role("link", name="New prompt").click()
    await app.page.get_by_label("Name", exact=True).fill("Guide")
    await app.page.get_by_label("Text", exact=True).fill("Tell of {{ city }}.")
    await app.page.get_by_role("button", name="Save").click()
    await expect(app.page.get_by_role("heading", name="Names for versions")).to_be_visible()
    await _check(app.page, axe_source)


async def _open_the_list(app: App) -> None:
    show = app.page.get_by_role("button", name="Show sidebar")
    if await show.count():
        await show.click()
    await app.conversations.first.hover()
