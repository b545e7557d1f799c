"""Small screens, dark rooms, and languages."""

import re
from pathlib import Path

from playwright.async_api import Locator, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.screens import PAGES, SIGNED_OUT
from tests.browser.texts import MARKDOWN
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER

AREAS = Path(__file__).parents[2] / "frontend/src/app/areas"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

_LUMINANCE = """element => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(element).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return (0.21 * red + 0.72 * green + 0.07 * blue) / 255;
}"""


async def _fits(app: App) -> None:
    """Nothing sticks out to the side, and the composer can be seen."""
    width, room = await app.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= room
    await expect(app.composer).to_be_in_viewport(ratio=1)


async def _luminance(element: Locator) -> float:
    return float(await element.evaluate(_LUMINANCE))


async def test_on_a_phone_the_list_is_a_drawer_and_the_composer_stays_in_view(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    app = await people(chimera.url, **PHONE)
    await _fits(app)
    fake.say(Answer(text=MARKDOWN + "\n\n" + "wide" * 200))
    await app.ask("First topic")
    await _fits(app)
    drawer = app.page.get_by_role("dialog", name="Conversations")
    await expect(drawer).to_have_count(0)

    await app.page.get_by_role("button", name="Show sidebar").tap()
    await expect(drawer.get_by_role("link", name="First topic")).to_be_visible()
    await app.page.touchscreen.tap(380, 400)
    await expect(drawer).to_have_count(0)

    await app.page.get_by_role("button", name="Show sidebar").tap()
    await drawer.get_by_role("link", name="New chat").tap()
    await expect(drawer).to_have_count(0)
    await app.page.get_by_role("button", name="Show sidebar").tap()
    await drawer.get_by_role("link", name="First topic").tap()
    await expect(drawer).to_have_count(0)
    await expect(app.answer).to_contain_text("The end.")
    await _fits(app)


async def test_on_a_phone_no_choice_of_several_stands_alone_in_its_row(people: Visit, chimera: Running) -> None:
    app = await people(chimera.url, **PHONE)
    await app.page.goto("/settings/appearance")
    await app.page.get_by_role("radio", name="Dark").wait_for()
    for name in ("Theme", "Language", "Density"):
        cards = app.page.get_by_role("group", name=name).locator("label")
        places = await cards.evaluate_all("cards => cards.map((card) => card.getBoundingClientRect().left)")
        assert len(places) > 1
        assert len(set(places)) == 1


async def test_dark_follows_the_system_until_somebody_chooses(people: Visit, chimera: Running) -> None:
    app = await people(chimera.url, color_scheme="dark")
    body = app.page.locator("body")
    assert await _luminance(body) < 0.25
    await app.page.get_by_role("button", name=re.compile("^Account:")).click()
    await app.page.get_by_role("menuitemradio", name="Light").click()
    assert await _luminance(body) > 0.8
    await app.page.reload(wait_until="commit")
    await app.composer.wait_for()
    assert await _luminance(body) > 0.8


async def test_a_hidden_list_and_another_language_are_kept(app: App) -> None:
    await app.page.get_by_role("button", name=re.compile("^Account:")).click()
    await app.page.get_by_role("menuitemradio", name="Deutsch").click()
    await app.page.keyboard.press("Escape")
    await app.page.get_by_role("button", name="Seitenleiste verbergen").click()
    await app.page.reload()
    await expect(app.page.locator("html")).to_have_attribute("lang", "de")
    await expect(app.page.get_by_role("navigation")).to_have_count(0)
    await app.page.get_by_role("button", name="Seitenleiste zeigen").click()
    await expect(app.page.get_by_role("navigation", name="Liste der Gespräche")).to_be_visible()


async def test_every_page_is_among_those_of_which_pictures_are_made() -> None:
    routes = r"const (\w+) = createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*(?:id|path): \"([^\"]+)\""
    found = {
        name: (parent, path) for file in AREAS.iterdir() for name, parent, path in re.findall(routes, file.read_text())
    }
    begun = {parent for parent, _ in found.values()}

    def address(name: str) -> str:
        parent, path = found.get(name, ("", ""))
        return (address(parent) + path if path.startswith("/") else address(parent)) if parent else ""

    addresses = {address(name).rstrip("/") or "/" for name in found if name not in begun}
    assert addresses == {*PAGES, *SIGNED_OUT}, "add it to `tests/browser/screens.py`"
