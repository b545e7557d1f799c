"""Whatever people call things: every page shows a name as it was written, and nothing of it runs or is fetched."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.hostile import EVERYTHING, MODEL, PAYLOADS, House, Names
from tests.browser.screens import CREDENTIALS, PAGES, SIGNED_OUT
from tests.conversations.interchange.exports import claude
from tests.fakes import FakeUpstream
from tests.serving import OWNER_PASSWORD, Running, provider_environment, running

pytestmark = IN_BROWSER

# Each page is waited for; meanwhile there are others.
TABS = 4
# Only the form of a panel has it.
ON_DEMAND = {"part"}
_COUNTS = """
window.asking = 0;
const ask = window.fetch;
window.fetch = (...all) => {
  window.asking += 1;
  return ask(...all).finally(() => { window.asking -= 1; });
};
"""
_SETTLED = """async () => {
  const busy = () => window.asking > 0 || document.querySelector("[aria-busy=true]") !== null;
  for (let calm = 0, tries = 0; calm < 3 && tries < 1200; tries += 1) {
    await new Promise((go) => setTimeout(go, 25));
    calm = busy() ? 0 : calm + 1;
  }
}"""
# All that can be read or heard there, and what markup would have made.
_READ = """() => {
  const told = [document.title, document.body.textContent];
  for (const one of document.querySelectorAll("[aria-label], [title], [alt], [placeholder], input, textarea")) {
    told.push(one.ariaLabel ?? "", one.title, one.alt ?? "", one.placeholder ?? "", one.value ?? "");
  }
  const made = "[onerror], [onload], [onclick], base, [srcdoc], body script, a[href^='javascript:' i]," +
    " [src*='e.invalid'], [style*='e.invalid']";
  const found = [...document.querySelectorAll(made)].map((one) => one.outerHTML.slice(0, 200));
  return { told: told.join("\\n"), found, harmed: window.harmed ?? null };
}"""
# Menus that bear a name, and in the admin area what leads to the details of a name.
_OPENERS = """(known) => {
  const opens = (one) => one.ariaHasPopup || (location.pathname.startsWith("/admin") && one.closest("main"));
  const label = (one) => `${one.closest("main") ? location.pathname : ""} ${one.ariaLabel ?? one.innerText}`;
  const new_ = [...document.querySelectorAll("button:enabled")].filter((one) =>
    opens(one) && label(one).includes("harmed") && !known.includes(label(one)));
  return new_.map((one, at) => { one.dataset.opener = known.length + at; return label(one); });
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A house in which everything has a hostile name, and the addresses of pages with an id."""

    chimera: Running
    names: Names
    addresses: dict[str, str]

    def all_of(self, paths: Sequence[str]) -> list[str]:
        return [self.addresses.get(path, path) for path in paths]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def named(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Named]:
    folder = tmp_path_factory.mktemp("named")
    shutil.copy(sqlite_template, folder / "chimera.db")
    async with FakeUpstream(models={"openai_compatible": (MODEL,)}) as fake:
        variables = provider_environment(fake, "openai", "openai_compatible")
        flags = {"data_dir": folder, "default_model": "openai/gpt-5"}
        async with (
            running(f"sqlite:///{folder / 'chimera.db'}", variables, flags) as server,
            httpx2.AsyncClient(base_url=server.url, headers={"user-agent": EVERYTHING.encode()}, timeout=60) as http,
        ):
            (await http.post("/api/v1/session", json=CREDENTIALS)).raise_for_status()
            http.headers["origin"] = server.url
            house = House(http=http, fake=fake, names=Names())
            addresses = await house.furnish()
            yield Named(chimera=server, names=house.names, addresses=addresses)


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody who looks at one page after another, and notes the names that are there.

    Attributes:
        opened: What was opened, by whomever: a menu of the frame is the same on every page.
    """

    page: Page
    names: Names
    opened: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    async def look(self) -> set[str]:
        """The things whose names are there now."""
        await self.page.evaluate(_SETTLED)
        seen = await self.page.evaluate(_READ)
        assert seen["harmed"] is None, self.page.url
        assert seen["found"] == [], self.page.url
        found = self.names.found_in(seen["told"])
        self.read |= found
        return found

    async def walk(self, addresses: Sequence[str]) -> None:
        """Look at pages as the app itself goes from one to the next."""
        for address in addresses:
            await self.page.evaluate("(to) => history.pushState(null, '', to)", address)
            await self.look()
            await self._open_all()

    async def _open_all(self) -> None:
        labels = await self.page.evaluate(_OPENERS, self.opened)
        before = len(self.opened)
        self.opened += labels
        for at in range(before, before + len(labels)):
            opener = self.page.locator(f"[data-opener='{at}']")
            if await opener.count() and await opener.is_visible():
                await opener.press("Enter")
                await self.look()
                await self.page.keyboard.press("Escape")


async def _reader(app: App, named: Named) -> Reader:
    await app.page.context.add_init_script(_COUNTS)
    await app.page.reload()
    return Reader(page=app.page, names=named.names)


@pytest.mark.timeout(300)
async def test_every_page_shows_every_name_as_it_was_written(people: Visit, named: Named) -> None:
    app = await people(named.chimera.url)
    first = await _reader(app, named)
    tabs = [(await app.another_tab()).page for _ in range(1, TABS)]
    readers = [first, *(Reader(page=page, names=named.names, opened=first.opened) for page in tabs)]
    addresses = named.all_of(PAGES)
    await asyncio.gather(*(reader.walk(addresses[at::TABS]) for at, reader in enumerate(readers)))
    assert len(first.opened) > 10
    first.read = set().union(*(reader.read for reader in readers))
    if named.names.given.keys() - first.read != ON_DEMAND:
        # On a busy machine something may have been opened and read before it was there.
        first.opened.clear()
        await first.walk(addresses)
    assert named.names.given.keys() - first.read == ON_DEMAND


@pytest.mark.timeout(120)
async def test_what_is_opened_on_demand_shows_names_as_they_were_written(people: Visit, named: Named) -> None:
    app = await people(named.chimera.url, named.addresses["/c/$conversationId"], reduced_motion="reduce")
    page = app.page
    reader = await _reader(app, named)
    await reader.look()
    await page.get_by_role("button", name="Branch map").click()
    await expect(page.get_by_role("treeitem").first).to_be_visible()
    assert "question-1" in await _opened(reader)
    await page.get_by_role("button", name="Share", exact=True).click()
    assert "talk" in await _opened(reader)
    await page.get_by_role("article").nth(1).get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="What the model saw…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("The whole conversation was sent.")
    await _opened(reader)
    await app.picker.click()
    await expect(page.get_by_role("listbox", name="Models")).to_contain_text(MODEL)
    await _opened(reader)
    for words, name in (("panel", named.names.given["panel"]), ("img", MODEL)):
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox").fill(words)
        await expect(page.get_by_role("option").filter(has_text=name)).to_be_visible()
        await _opened(reader)
    await _shelves(page, reader)
    await page.goto(named.addresses["/c/$conversationId/panel"])
    await page.get_by_role("button", name="Change the panel").click()
    await expect(page.get_by_role("radio", name="Merge")).to_be_visible()
    assert await reader.look() >= ON_DEMAND


async def _opened(reader: Reader) -> set[str]:
    """What is read in what was opened, which is closed then."""
    over = reader.page.get_by_role("dialog").or_(reader.page.get_by_role("listbox"))
    await expect(over.first).to_be_visible()
    found = await reader.look()
    await reader.page.keyboard.press("Escape")
    await expect(over).to_have_count(0)
    # The focus goes back to where it was.
    await reader.page.evaluate(_SETTLED)
    return found


async def _shelves(page: Page, reader: Reader) -> None:
    """Questions and notes that name a folder, a tag or a conversation."""
    given = reader.names.given
    await page.get_by_role("button", name=re.compile("Actions for folder .?folders.name ")).press("Enter")
    await page.get_by_role("menuitem", name="Delete folder").click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert "folders.name" in await reader.look()
    await page.keyboard.press("Escape")
    actions = page.get_by_role("button", name=re.compile("Actions for .?panel "))
    await actions.press("Enter")
    await page.get_by_role("menuitem", name="Tags…").click()
    await expect(page.get_by_role("dialog")).to_contain_text(given["tag"])
    await _opened(reader)
    await actions.press("Enter")
    await page.get_by_role("menuitem", name="Delete", exact=True).click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert "panel" in await reader.look()
    await page.keyboard.press("Escape")
    await actions.press("Enter")
    await page.get_by_role("menuitem", name="Move to").press("Enter")
    await page.get_by_role("menuitem", name=given["folders.name"]).press("Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert "folders.name" in await reader.look()
    await page.get_by_role("button", name="Undo").click()


@pytest.mark.timeout(120)
async def test_what_addresses_say_and_strangers_are_shown_is_text(people: Visit, named: Named) -> None:
    """Pages that need nobody, each with a hostile address; then somebody who is led on by one."""
    led = {"next": "javascript:harmed=1//", "refused": MODEL, "why": EVERYTHING}
    app = await people(named.chimera.url, f"/sign-in?{urlencode(led)}", signed_in=False)
    app.expect_complaints(r"\b4\d\d\b")
    page, reader = app.page, await _reader(app, named)
    await page.route("**/api/v1/sso?*", _offers_to_sign_in)
    await page.get_by_label("Email").fill("ada@example.org")
    await expect(page.get_by_text(PAYLOADS[3])).to_be_visible()
    await reader.look()
    await app.sign_in(OWNER_PASSWORD)
    await expect(app.composer).to_be_visible()
    await reader.look()
    text = quote(EVERYTHING, safe="")
    for address in (f"/c/{text}", f"/c/{text}/panel", f"/library/prompts/{text}", f"/search?q={text}", f"/{text}"):
        await reader.walk([address])
    await reader.walk([f"{named.addresses['/c/$conversationId']}?leaf={text}", "/memory?ids=5"])
    await expect(page.get_by_role("heading", name="Memory", exact=True)).to_be_visible()
    await page.context.clear_cookies()
    for address in (*SIGNED_OUT, named.addresses["/shared/$token"], "/shared/$token"):
        await page.goto(f"{address}#{quote(EVERYTHING)}")
        await reader.look()
    assert {"question-1", "answer", "talk", "told", "tool"} <= reader.read


async def _offers_to_sign_in(route: Route) -> None:
    await route.fulfill(json={"data": [{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": PAYLOADS[3]}]})


@pytest.mark.timeout(120)
async def test_files_that_come_and_go_are_text_as_well(people: Visit, named: Named, tmp_path: Path) -> None:
    app = await people(named.chimera.url)
    page, reader = app.page, await _reader(app, named)
    await page.goto("/settings/data")
    held = json.dumps([claude(title=PAYLOADS[1]), {"mapping": {}, "title": PAYLOADS[1]}]).encode()
    name = f"{PAYLOADS[1]}.json"
    chosen = page.locator("input[type=file]")
    await chosen.set_input_files({"name": name, "mimeType": "application/json", "buffer": held})
    await expect(page.get_by_text(name)).to_be_visible()
    await expect(page.get_by_role("row", name=PAYLOADS[1])).to_be_visible()
    await reader.look()
    talk = named.addresses["/c/$conversationId"].rpartition("/")[2]
    answer = await page.request.get(f"/api/v1/conversations/{talk}/export?format=html")
    told = await answer.text()
    # By itself, and without the policy that it brings along: nothing else keeps it where it is opened as a file.
    for number, text in enumerate((told, re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", told))):
        file = tmp_path / f"{number}.html"
        file.write_text(text, encoding="utf-8")
        await page.goto(file.as_uri())
        assert {"talk", "told", "question-1", "answer", "thought", "tool"} <= await reader.look()
    assert {url for url in app.witness.foreign() if not url.startswith(tmp_path.as_uri())} == set()
    app.expect_complaints("asked elsewhere: file://")
