"""Many messages and many conversations stay as light as few."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest
from benchmarks.web_app import entry_files, gzip_kb
from playwright.async_api import Route, expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit
from tests.browser.long_talk import (
    MESSAGES,
    SCREEN,
    asked_before_view,
    end,
    long_talk,
    nodes,
    nodes_along_the_way,
    note_view,
    question,
    seen_ms,
    to_the_beginning,
)
from tests.serving import Running

pytestmark = IN_BROWSER

CONVERSATIONS = 70
MOST_NODES = 500
MOST_ENTRY_KB = 180
MOST_REQUESTS = 24
MOST_SENT_KB = 350


async def test_what_is_fetched_before_anything_can_be_seen_is_small(built_app: Path) -> None:
    files = entry_files(built_app)
    assert any(file.name.startswith("index-") for file in files)
    assert gzip_kb(files) < MOST_ENTRY_KB


async def test_nothing_waits_before_the_first_view_that_could_be_asked_for(
    people: Visit, chimera: Running, built_app: Path
) -> None:
    path = await long_talk(chimera, 20)
    named = re.findall(r'href="/assets/([^"]+\.js)"', (built_app / "index.html").read_text(encoding="utf-8"))
    beside = set(named) - {file.name for file in entry_files(built_app)}
    awaited, all_beside, messages = set(beside), asyncio.Event(), asyncio.Event()

    async def held(route: Route) -> None:
        """Hold the first script until those beside it are asked for; those, and who asks, until the messages are."""
        asked = route.request.url.partition("?")[0].removeprefix(chimera.url)
        name = asked.removeprefix("/assets/")
        awaited.discard(name)
        if not awaited:
            all_beside.set()
        if asked.endswith("/messages"):
            messages.set()
        if name.startswith("index-") and name.endswith(".js"):
            await all_beside.wait()
        if name in beside or asked == "/api/v1/session":
            await messages.wait()
        await route.continue_()

    app = await people(chimera.url)
    await note_view(app.page, end(10))
    await app.page.route("**/*", held)
    await app.page.goto(path, wait_until="commit")
    await seen_ms(app.page)
    asked = await asked_before_view(app.page)
    assert beside
    assert asked.requests < MOST_REQUESTS, asked
    assert asked.sent_kb < MOST_SENT_KB, asked


@pytest.mark.timeout(180)
async def test_a_conversation_of_1000_messages_opens_at_its_end_and_holds_few_nodes(
    people: Visit, chimera: Running
) -> None:
    path = await long_talk(chimera)
    app = await people(chimera.url, path, viewport=SCREEN)
    await expect(app.page.get_by_text(end(MESSAGES // 2))).to_be_in_viewport()
    await to_the_beginning(app.page)
    await expect(app.page.get_by_text(question(1), exact=True)).to_be_in_viewport()
    await expect(app.messages.first).to_have_attribute("aria-setsize", str(MESSAGES))
    counted = await nodes_along_the_way(app.page, 8)
    assert max(counted) < MOST_NODES, counted
    await app.page.evaluate("document.querySelector('[role=log]').scrollTop = 0")
    await app.page.get_by_role("button", name="Jump to latest").click()
    await expect(app.page.get_by_text(end(MESSAGES // 2))).to_be_in_viewport()
    assert await nodes(app.page) < MOST_NODES

    # A link to a message far back fetches what lies before the end, and leads there.
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers) as client:
        said = await client.get(f"{path.replace('/c/', '/conversations/')}/messages", params={"limit": 500})
    asked = said.json()["data"][60]
    await app.page.goto(f"{path}?leaf={asked['id']}#m-{asked['id']}")
    await expect(app.page.get_by_text(asked["parts"][0]["text"], exact=True)).to_be_in_viewport()
    await expect(app.page.locator(f"#m-{asked['id']}")).to_be_focused()


async def test_a_long_list_of_conversations_loads_as_one_scrolls(people: Visit, chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers) as client:
        await asyncio.gather(
            *(client.post("/conversations", json={"title": f"Topic {number}"}) for number in range(CONVERSATIONS))
        )
    app = await people(chimera.url)
    await expect(app.conversations.first).to_be_visible()
    assert await app.conversations.count() < CONVERSATIONS
    listed = app.page.get_by_role("navigation", name="Conversation list")
    last = listed.get_by_role("link", name="Topic 0", exact=True)
    for _ in range(CONVERSATIONS):
        if await last.count():
            break
        await listed.evaluate("list => list.scrollBy(0, list.clientHeight)")
        await app.page.wait_for_timeout(50)
    await last.scroll_into_view_if_needed()
    await expect(last).to_be_in_viewport()
    assert await app.conversations.count() < CONVERSATIONS, "what is out of view is not in the document"
