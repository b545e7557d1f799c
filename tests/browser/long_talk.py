"""A conversation of a thousand messages of mixed Markdown, and what a page that shows it is held to."""

from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

import httpx2
from playwright.async_api import Page
from tests.serving import Running

from chimera.conversations.encoding import encode_parts
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text

MESSAGES: Final = 1000
LISTED: Final = 40
SCREEN: Final = {"width": 1280, "height": 800}

_LIST: Final = """## What to look at

The harbour has *three* sides, and each wants its own plan.

- the quay, which is [old](https://example.com/quay)
- the office
  - its lease
  - its roof
- the ferry

1. Measure.
2. Decide.
3. Build.

> What is decided twice was not decided."""
_TABLE: Final = """So many of each:

| Name | Sum | Share |
|---|---:|---:|
| one | {number} | 12 % |
| two | 2 | 34 % |
| three | 3 | 54 % |

The last row is an estimate."""
_CODE: Final = """This adds them up:

```python
def total(values: list[int], *, start: int = {number}) -> int:
    for value in values:
        start += value  # one by one
    return start
```

Call it with `total([1, 2])`."""
_THOUGHT: Final = """A longer thought, as models like to have them.
It has a second sentence, **bold words** in it, and a third one that
goes on for a while so that the line is broken somewhere in the middle of the window.

Then comes another paragraph, which says the same in other words and ends with ~~a mistake~~ `code`.

- [x] said
- [ ] done"""
_KINDS: Final = ("Briefly: **yes**, and `{number}` is why.", _LIST, _TABLE, _CODE, _THOUGHT)
_SETTLED: Final = """async () => {
  for (let calm = 0, nodes = 0; calm < 8;) {
    await new Promise(requestAnimationFrame);
    const now = document.getElementsByTagName("*").length;
    calm = now === nodes ? calm + 1 : 0;
    nodes = now;
  }
  return document.getElementsByTagName("*").length;
}"""
_TO_THE_BEGINNING: Final = """async () => {
  const log = document.querySelector("[role=log]");
  while (!log.querySelector("[aria-posinset='1']") || log.querySelector("[aria-setsize='-1']")) {
    log.scrollTop = 0;
    await new Promise(requestAnimationFrame);
  }
}"""
_SEES: Final = """(wanted) => {
  const look = () => {
    if (document.querySelector("[role=log]")?.textContent.includes(wanted)) window.seenAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_ASKED: Final = """() => ["navigation", "resource"]
  .flatMap((kind) => performance.getEntriesByType(kind))
  .filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= window.seenAt)
  .map(({ encodedBodySize }) => encodedBodySize)"""
_GO: Final = """(part) => {
  const log = document.querySelector("[role=log]");
  log.scrollTop = part * (log.scrollHeight - log.clientHeight);
}"""


def question(number: int) -> str:
    return f"Question {number}, asked in a line of its own."


def end(number: int) -> str:
    """The last words of an answer."""
    return f"End of answer {number}."


def _said(number: int, role: str) -> str:
    return question(number) if role == "user" else f"{_KINDS[number % 5].format(number=number)}\n\n{end(number)}"


def _message(conversation: ConversationRow, number: int, role: str) -> MessageRow:
    answers = role == "assistant"
    return MessageRow(
        id=new_id(),
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        turn_id=new_id(),
        role=role,
        model="openai/gpt-5" if answers else None,
        input_tokens=1200 if answers else None,
        output_tokens=150 if answers else None,
        cost_nusd=2_400_000 if answers else None,
        parts=encode_parts((Text(text=_said(number, role)),)),
        status="complete",
    )


async def long_talk(chimera: Running, messages: int = MESSAGES) -> str:
    """Write a conversation straight into the database, as saying it takes too long; return its path in the app."""
    async with httpx2.AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers) as client:
        who = (await client.get("/session")).json()
    owner = Scope(tenant_id=UUID(who["tenant"]["id"]), actor_id=UUID(who["user"]["id"]), permissions=frozenset())
    conversation = ConversationRow(id=new_id(), tenant_id=owner.tenant_id, owner_id=owner.actor_id, title="Long")
    said = [_message(conversation, n, role) for n in range(1, messages // 2 + 1) for role in ("user", "assistant")]
    for parent, message in pairwise(said):
        message.parent_id = parent.id
    conversation.leaf_id = said[-1].id
    # A list beside it that is longer than the window.
    others = [
        ConversationRow(id=new_id(), tenant_id=owner.tenant_id, owner_id=owner.actor_id, title=f"Topic {number}")
        for number in range(LISTED)
    ]
    async with chimera.house.database.transaction(owner) as tx:
        tx.add_all([*others, conversation])
        await tx.flush()
        tx.add_all(said)
    return f"/c/{conversation.id}"


async def nodes(page: Page) -> int:
    """Count all elements of the document, once their number stands still."""
    return int(await page.evaluate(_SETTLED))


async def to_the_beginning(page: Page) -> None:
    """Scroll up until every message has been fetched and the first is there."""
    await page.evaluate(_TO_THE_BEGINNING)


async def nodes_along_the_way(page: Page, stops: int) -> list[int]:
    """Count at places from the beginning to the end of what was fetched."""
    counted = []
    for stop in range(stops):
        await page.evaluate(_GO, stop / (stops - 1))
        counted.append(await nodes(page))
    return counted


class Asked(NamedTuple):
    """What was fetched.

    Attributes:
        sent_kb: Of bodies, packed as they were, in kilobytes of 1000 bytes.
    """

    requests: int
    sent_kb: float


async def note_view(page: Page, wanted: str) -> None:
    """Have every page that is opened note when it shows the words among its messages."""
    await page.add_init_script(f"({_SEES})({wanted!r})")


async def seen_ms(page: Page) -> float:
    """Wait until the words are shown; return how long after the page was asked for that was."""
    await page.wait_for_function("() => window.seenAt !== undefined")
    return float(await page.evaluate("window.seenAt"))


async def asked_before_view(page: Page) -> Asked:
    sizes = await page.evaluate(_ASKED)
    return Asked(len(sizes), sum(sizes) / 1000)
