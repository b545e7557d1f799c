"""What changing the model in a long conversation takes and keeps: `python -m benchmarks.switching [--data FILE]`.

LoCoMo's conversations, kept in SQLite as turns keep them, sealed and with their vectors, each with facts put in: a code
said early, and one said three times, each time another. Each is asked about by a model with a large window, whose
fallback has a small one, and by the first again. Told is the house's own work from the one to the other.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.context import DATA, Talk, talks
from benchmarks.report import percentile
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context import Context
from chimera.conversations.context.meaning import Meaning
from chimera.conversations.encoding import encode_parts
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.service import Composer, Meanings
from chimera.conversations.service.composing import Telling, said_of
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.crypto.root import Roots, RootSealer
from chimera.encryption.keyring import Keyring
from chimera.gateway.caching.embedder import Embedder
from chimera.gateway.call import Target
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import ModelCard, Request, Text
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

WINDOWS, TRIES = (4_000, 8_000), 10
EARLY = "By the way, the gate code of the house in Lisbon is 4471."
CODES = ("7310", "8842", "9265")
EARLY_ASKED, LATEST_ASKED = "What is the gate code of the house in Lisbon?", "What is the locker number at the station?"


@dataclass(slots=True)
class Tally:
    """What was seen of all conversations."""

    wall_ms: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    asked: int = 0
    needles: int = 0
    latest: int = 0
    overflows: int = 0
    returned: int = 0


def target(window: int) -> Target:
    name = f"m{window}"
    return Target(provider="p", model=name, card=ModelCard(name=name, context_tokens=window))


@asynccontextmanager
async def opened(folder: str) -> AsyncGenerator[tuple[Database, Scope]]:
    url = f"sqlite:///{folder}/switching.db"
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
    await migrate(url)
    async with connect(url) as bare:
        async with bare.system_transaction() as tx:
            await AllTenants(tx).add(TenantRow(id=scope.tenant_id, name="Talkers"))
        yield bare.sealed_by(Keyring(database=bare, roots=Roots(current=RootSealer(root=b"r" * 32)))), scope


async def kept(database: Database, scope: Scope, talk: Talk) -> list[MessageRow]:
    """The conversation, with the facts put in at a tenth, two, five and eight tenths of it."""
    said: list[tuple[str, str]] = [(one.role, one.text) for one in talk.path]
    for part, text in (
        *(
            (share, f"The locker number at the station is {code} now.")
            for share, code in zip((8, 5, 2), CODES[::-1], strict=True)
        ),
        (1, EARLY),
    ):
        said.insert(len(said) * part // 10, ("user", text))
    conversation = ConversationRow(id=new_id(), owner_id=scope.actor_id, title="A talk")
    rows, parent = list[MessageRow](), None
    for (role, text), one in zip(said, [*talk.path, *talk.path[-4:]], strict=True):
        row = MessageRow(
            id=new_id(), conversation_id=conversation.id, parent_id=parent, turn_id=new_id(), role=role,
            status="complete", model="p/m200000" if role == "assistant" else None,
            parts=encode_parts((Text(text=text),)), tenant_id=scope.tenant_id, created_at=one.at, pinned=False,
        )  # fmt: skip
        rows.append(row)
        parent = row.id
    async with database.transaction(scope) as tx:
        await KeptConversations(tx, scope).add(conversation)
        tx.add_all(rows)
    return rows


async def with_vectors(database: Database, scope: Scope, rows: Sequence[MessageRow], embedder: Embedder) -> None:
    meaning = Meaning(embedder)
    made = {row.id: await meaning.of_message(said_of(row)) for row in rows}
    async with database.transaction(scope) as tx:
        await KeptMessages(tx, scope).keep_vectors(made)


def told(context: Context) -> str:
    parts = (part for message in context.request.messages for part in message.parts)
    return "\n".join(part.text for part in parts if isinstance(part, Text))


async def switched(composer: Composer, scope: Scope, rows: Sequence[MessageRow], tally: Tally) -> None:
    for question in (EARLY_ASKED, LATEST_ASKED):
        asked = MessageRow(
            id=new_id(), conversation_id=rows[0].conversation_id, parent_id=rows[-1].id, turn_id=new_id(), role="user",
            parts=encode_parts((Text(text=question),)), status="complete", pinned=False, created_at=rows[-1].created_at,
        )  # fmt: skip
        telling = Telling(
            conversation_id=asked.conversation_id,
            path=[*rows, asked],
            asked=Request(model="p/m200000", messages=()),
        )
        first = await composer.compose(scope, telling)
        for window in WINDOWS:
            begun, used = time.perf_counter(), time.process_time()
            small = await composer.compose(scope, telling, target(window))
            tally.wall_ms.append(1000 * (time.perf_counter() - begun))
            tally.processor_ms.append(1000 * (time.process_time() - used))
            tally.asked += 1
            text = told(small)
            tally.overflows += small.report.tokens.total > small.report.limit_tokens
            if question == EARLY_ASKED:
                tally.needles += "4471" in text
            else:
                places = [text.rfind(code) for code in CODES]
                tally.latest += places[-1] >= 0 and places[-1] == max(places)
            tally.returned += (await composer.compose(scope, telling)).request == first.request


async def measure(conversations: Sequence[Talk]) -> Tally:
    tally, embedder = Tally(), await embedder_of()()

    async def ready() -> Embedder:
        return embedder

    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as (database, scope), asyncio.TaskGroup() as group:
            meanings = Meanings(database=database, open=ready, spawn=group.create_task, patience_s=5)
            composer = Composer(database=database, target=lambda _scope, _name: target(200_000), meanings=meanings)
            for talk in conversations:
                rows = await kept(database, scope, talk)
                await with_vectors(database, scope, rows, embedder)
                for _ in range(TRIES):
                    await switched(composer, scope, rows, tally)
                await meanings.settled()
    return tally


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    conversations = list(talks(options.parse_args().data))
    tally = await measure(conversations)
    lengths = [len(talk.path) for talk in conversations]
    print(f"{len(lengths)} conversations of {min(lengths)} to {max(lengths)} messages, windows of {WINDOWS}")
    for name, all_ms in (("by the clock", tally.wall_ms), ("of processor time", tally.processor_ms)):
        print(f"a switch: P50 {percentile(all_ms, 50):.0f} ms, P95 {percentile(all_ms, 95):.0f} ms {name}")
    half = tally.asked // 2
    print(f"facts said early: {tally.needles} of {half}; the latest of three: {tally.latest} of {half} in its place")
    print(f"too long: {tally.overflows} of {tally.asked}; back at the first model as before: {tally.returned}")


if __name__ == "__main__":
    asyncio.run(main())
