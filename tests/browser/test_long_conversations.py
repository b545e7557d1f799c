"""Many messages and many conversations stay as quick as few."""

import asyncio
from itertools import pairwise
from uuid import UUID

import httpx2
import pytest_asyncio
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit
from tests.serving import Running

from chimera.conversations.encoding import encode_parts
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text

pytestmark = IN_BROWSER

TURNS = 150
CONVERSATIONS = 70
MOST_NODES = 1500
QUICK_MS = 8000  # of a machine that others use as well

_TEXT = "Some **bold** words.\n\n- one\n- two\n\n```python\nprint({number})\n```\n\nEnd of answer {number}."
_SCROLL_TO_THE_BEGINNING = """async (wanted) => {
  const log = document.querySelector("[role=log]");
  while (!log.innerText.includes(wanted)) {
    log.scrollTop = 0;
    await new Promise(requestAnimationFrame);
  }
}"""


def _message(conversation: ConversationRow, number: int, role: str) -> MessageRow:
    text = f"Question {number}." if role == "user" else _TEXT.format(number=number)
    return MessageRow(
        id=new_id(),
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        turn_id=new_id(),
        role=role,
        parts=encode_parts((Text(text=text),)),
        status="complete",
    )


@pytest_asyncio.fixture(loop_scope="session")
async def long_conversation(chimera: Running) -> str:
    """Path of a conversation of 300 messages, written straight into the database: saying them takes too long."""
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers) as client:
        who = (await client.get("/session")).json()
    owner = Scope(tenant_id=UUID(who["tenant"]["id"]), actor_id=UUID(who["user"]["id"]), permissions=frozenset())
    conversation = ConversationRow(id=new_id(), tenant_id=owner.tenant_id, owner_id=owner.actor_id, title="Long")
    messages = [
        _message(conversation, number, role) for number in range(1, TURNS + 1) for role in ("user", "assistant")
    ]
    for parent, message in pairwise(messages):
        message.parent_id = parent.id
    conversation.leaf_id = messages[-1].id
    async with chimera.house.database.transaction(owner) as tx:
        tx.add(conversation)
        await tx.flush()
        tx.add_all(messages)
    return f"/c/{conversation.id}"


async def test_a_conversation_of_300_messages_opens_at_its_end_and_holds_few_nodes(
    people: Visit, chimera: Running, long_conversation: str
) -> None:
    app = await people(chimera.url, long_conversation)
    await expect(app.page.get_by_text(f"End of answer {TURNS}.")).to_be_in_viewport()
    assert await app.page.evaluate("performance.now()") < QUICK_MS
    assert await app.page.locator("*").count() < MOST_NODES

    await app.page.evaluate(_SCROLL_TO_THE_BEGINNING, "Question 1.\n")
    await expect(app.page.get_by_text("Question 1.", exact=True)).to_be_in_viewport()
    await expect(app.messages.first).to_have_attribute("aria-setsize", str(2 * TURNS))
    assert await app.page.locator("*").count() < MOST_NODES
    await app.page.get_by_role("button", name="Jump to latest").click()
    await expect(app.page.get_by_text(f"End of answer {TURNS}.")).to_be_in_viewport()

    # A link to a message far back fetches what lies before the end, and leads there.
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers) as client:
        said = await client.get(
            f"{long_conversation.replace('/c/', '/conversations/')}/messages", params={"limit": 500}
        )
    question = said.json()["data"][60]
    await app.page.goto(f"{long_conversation}?leaf={question['id']}#m-{question['id']}")
    await expect(app.page.get_by_text(question["parts"][0]["text"], exact=True)).to_be_in_viewport()
    await expect(app.page.locator(f"#m-{question['id']}")).to_be_focused()


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
