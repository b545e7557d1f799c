"""What a machine can tell about WCAG 2.2 AA of pages on which something is drawn: charts, graphs, maps and diagrams."""

import re

import httpx2
import pytest
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Visit
from tests.browser.test_accessibility import WIDE, _check
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running

pytestmark = IN_BROWSER

DIAGRAM = """```mermaid
flowchart LR
  A[Ferry] -->|sails to| B((Harbour))
  B --> C{Storm?}
```

```mermaid
pie title Days
  "Calm" : 20
  "Storm" : 10
```"""
FRIENDS = ("Eva", "Bruno", "Inês", "Yusuf")


async def _remember(chimera: Running) -> None:
    """A graph of two rings."""
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as owner:
        for at, name in enumerate(FRIENDS):
            about = {"subject": "", "attribute": "friend", "value": name, "value_kind": "person", "single": False}
            work = {"subject": name, "subject_kind": "person", "attribute": "employer", "value": f"Harbour {at}"}
            for statement, told in ((f"{name} is my friend.", about), (f"{name} works at the harbour.", work)):
                answer = await owner.post("/api/v1/memories", json={"statement": statement, "about": told})
                answer.raise_for_status()


async def _branched(app: App, axe_source: str) -> None:
    """The map of a conversation with three ends."""
    page = app.page
    for _ in range(2):
        await app.answer.get_by_role("button", name="Answer again").click()
        await app.idle()
    await page.get_by_role("button", name="Branch map").click()
    await expect(page.get_by_role("treeitem")).to_have_count(4)
    await _check(page, axe_source)
    await page.keyboard.press("Escape")


@pytest.mark.timeout(180)
async def test_no_drawing_is_a_barrier(people: Visit, chimera: Running, fake: FakeUpstream, axe_source: str) -> None:
    await _remember(chimera)
    app = await people(chimera.url, reduced_motion="reduce", **WIDE)
    page = app.page
    fake.say(Answer(text=DIAGRAM))
    await app.ask("Draw the ferry")
    for at, words in enumerate(("Harbour", "Storm")):
        drawn = app.answer.locator("iframe").nth(at).content_frame
        await drawn.get_by_text(words).first.wait_for()
    await _check(page, axe_source)
    for frame in page.frames[1:]:
        await frame.evaluate(axe_source)
        found = await frame.evaluate(_IN_FRAME)
        assert found == []
    await _branched(app, axe_source)

    await page.goto("/memory")
    await page.get_by_text(f"{len(FRIENDS) * 2} relations as a list").click()
    await expect(page.locator("svg text").filter(has_text="Harbour")).to_have_count(len(FRIENDS))
    await _check(page, axe_source)
    for path in ("/admin", "/admin/usage"):
        await page.goto(path)
        await page.get_by_text("As a table").first.click()
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(page.get_by_text(re.compile("^Highest"))).to_be_visible()
        await _check(page, axe_source)


_IN_FRAME = """async () => {
  const runOnly = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa"] };
  // What is styled from elsewhere would be asked for by a script, which the frame may not.
  const { violations } = await axe.run(document, { runOnly, preload: false });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}"""
