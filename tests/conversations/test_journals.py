"""Portions of many turns are kept, whoever else's are kept with them."""

import asyncio
from collections.abc import Sequence

from tests.conversations.house import STARTED, House, Model, Tasks, texts

from chimera.conversations.encoding import decode_parts, encode_parts
from chimera.conversations.journal import Numbered
from chimera.conversations.journals import Portion, journals_of
from chimera.conversations.repository import KeptEntries
from chimera.conversations.service import TurnView
from chimera.conversations.tables import TurnRow
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.llm import Text, TextDelta
from chimera.store import Database


def portion(scope: Scope, turn: TurnRow, *words: str, fence: int = 0) -> Portion:
    entries = [Numbered(seq, TextDelta(text=word)) for seq, word in enumerate(words, 2)]
    return Portion(scope=scope, turn_id=turn.id, fence=turn.fence + fence, entries=entries, seen_at=utc_now())


async def kept(database: Database, scope: Scope, turns: Sequence[TurnView]) -> list[str]:
    async with database.reading(scope) as tx:
        journals = [await KeptEntries(tx, scope).after(one.turn.id, 1, limit=9) for one in turns]
    return ["".join(n.entry.text for n in read if isinstance(n.entry, TextDelta)) for read in journals]


async def test_who_is_cancelled_or_has_lost_the_turn_takes_nobody_elses_words_along(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event(), *texts("never")))
    first, second, third, fourth = [await house.ask(ada) for _ in range(4)]
    journals = journals_of(database)
    async with database.system_transaction():
        writing = [
            asyncio.create_task(journals.keep(each))
            for each in (
                portion(ada, first.turn, "one"),
                portion(ada, second.turn, "two", " words"),
                portion(ada, third.turn, "three", fence=1),
            )
        ]
        for _ in range(5):
            await asyncio.sleep(0)  # on SQLite the first waits for this transaction, and the others for it
        writing[0].cancel()
        late = asyncio.create_task(journals.keep(portion(ada, fourth.turn, "four")))
    assert [await one for one in (*writing[1:], late)] == [False, None, False]
    await asyncio.wait({writing[0]})
    assert (await kept(database, ada, [first, second, third, fourth]))[1:] == ["two words", "", "four"]


async def test_a_portion_that_comes_twice_is_kept_once_and_a_stop_is_heard(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event(), *texts("never")))
    taken = await house.ask(ada)
    journals, so_far = journals_of(database), encode_parts((Text(text="once"),))
    await journals.keep(portion(ada, taken.turn, "once"))
    more = Portion(
        scope=ada,
        turn_id=taken.turn.id,
        fence=taken.turn.fence,
        entries=[Numbered(2, TextDelta(text="once")), Numbered(3, TextDelta(text=" more"))],
        message=(taken.turn.message_id, so_far),
    )
    assert await journals.keep(more) is False
    assert await kept(database, ada, [taken]) == ["once more"]
    view = await house.readers.get(ada, taken.turn.id)
    assert view.message is not None
    assert decode_parts(view.message.parts) == (Text(text="once"),)
