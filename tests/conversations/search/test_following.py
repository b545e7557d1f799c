"""The index follows what becomes of messages, whoever does it: by triggers, which later migrations must keep."""

import asyncio

from tests.conversations.house import Tasks, someone
from tests.conversations.search.talking import Library, shown
from tests.sealing import FixedKeys, with_keys

from chimera.conversations.search.repository import KeptEntries, KeptSegments
from chimera.kit.scope import Scope
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.store.schema import known_migrations

CHATTER = [f"Number {number} of many things that were said of the harbour." for number in range(40)]
ON_SQLITE = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_%'"
ON_POSTGRESQL = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search_%' AND tgenabled = 'O'"


async def test_every_trigger_is_there_after_the_last_migration(database: Database) -> None:
    """A migration that rebuilds `messages` or `conversations` on SQLite loses theirs: let it make them again."""
    async with database.reader.connect() as connection:
        query = ON_SQLITE if database.dialect == "sqlite" else ON_POSTGRESQL
        assert (await connection.exec_driver_sql(query)).scalar() == 7


async def test_what_was_said_before_there_was_an_index_is_found(unmigrated_url: str, tasks: Tasks, ada: Scope) -> None:
    before = next(at for at, name in enumerate(known_migrations()) if name.endswith("_search")) - 1
    await migrate(unmigrated_url)
    async with connect(unmigrated_url) as database:
        await Library(database=with_keys(database), tasks=tasks).talk(ada, ["The ferry leaves."], title="The ferry")
    await migrate(unmigrated_url, to=known_migrations()[before][:4])
    await migrate(unmigrated_url)
    async with connect(unmigrated_url) as database:
        library = Library(database=with_keys(database), tasks=tasks)
        async with library.asked_by(ada) as search:
            assert {hit["kind"] for hit in (await search("ferry"))["data"]} == {"message", "title"}


async def test_many_who_delete_and_index_at_once_do_not_wait_for_each_other_for_ever(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    library = Library(database=database, tasks=tasks)
    talks = [await library.talk(ada, CHATTER) for _ in range(8)]
    await library.indexing.of(ada)
    other = Library(database=database, tasks=tasks)
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(library.remove(ada, conversation) for conversation, _ in talks[:6]),
            library.indexing.of(ada),
            other.indexing.of(ada),
        )
    await library.talk(ada, CHATTER)
    await library.talk(ada, CHATTER)
    await library.indexing.of(ada)
    async with library.asked_by(ada) as search:
        assert len(shown(await search('"number 7"', limit=50))) == 4
    async with database.reading(ada) as tx:
        assert await KeptSegments(tx, ada).count() >= 1
        assert await KeptEntries(tx, ada).count() == 4 * (len(CHATTER) + 1)


async def test_the_index_is_lost_with_its_key_and_another_one_is_made(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    keys = FixedKeys()
    library = Library(database=database.sealed_by(keys), tasks=tasks)
    for _ in range(4):
        await library.talk(ada, CHATTER)
    await library.indexing.of(ada)
    keys.destroy()
    for _ in range(4):
        await library.talk(ada, ["A new ferry.", *CHATTER[1:]])
    async with library.asked_by(ada) as search:
        assert len(shown(await search('"number 7"', limit=50))) == 4
        await library.tasks.done()
        assert len(shown(await search('"number 7"', limit=50))) == 4
        assert len(shown(await search("ferry"))) == 4
    async with library.asked_by(someone(ada)) as search:
        assert shown(await search("ferry")) == []
