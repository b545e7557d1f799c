"""Responses that are kept: continued, read again, deleted, and nobody else's business."""

from datetime import timedelta

import pytest
from tests.conversations.house import Tasks, someone
from tests.holding import hold, release
from tests.responses.house import ITEM, House, said

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.responses.errors import (
    ChainTooLongError,
    PreviousResponseNotFoundError,
    ResponseNotFoundError,
    ResponseNotReadyError,
)
from chimera.responses.names import id_of, public_name
from chimera.responses.repository import KeptContents, KeptEvents, KeptItems, KeptResponses
from chimera.responses.service import archive
from chimera.store import Database
from chimera.store.errors import UnderLegalHoldError

NAMELESS = {name: value for name, value in ITEM.items() if name != "id"}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"}


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks)


async def test_a_kept_response_is_read_as_it_was_told(house: House, ada: Scope) -> None:
    name = await house.keep(ada, said("Because, \x00 says he."))
    found = await house.get(ada, name)
    assert (found["id"], found["status"], found["output"]) == (name, "completed", [said("Because, \x00 says he.")])


async def test_what_continues_a_response_hears_all_that_was_said_before(house: House, ada: Scope) -> None:
    first = await house.keep(ada, said("One", "msg_a"))
    second = await house.keep(ada, said("Two", "msg_b"), after=first)
    history = await house.rooms.archive.history(ada, second)
    assert [public_name(one) for one in history.ids] == [first, second]
    assert list(history.items) == [NAMELESS, said("One", "msg_a"), NAMELESS, said("Two", "msg_b")]
    items = await house.rooms.archive.input_items(ada, second)
    assert items == [ITEM, said("One", "msg_a"), ITEM]


async def test_a_call_that_broke_off_is_not_said_again_but_half_a_text_is(house: House, ada: Scope) -> None:
    half = said("Half of") | {"status": "incomplete"}
    broken = CALL | {"status": "incomplete"}
    name = await house.keep(ada, half, CALL | {"status": "completed"}, broken, status="incomplete")
    history = await house.rooms.archive.history(ada, name)
    assert list(history.items) == [NAMELESS, half, CALL | {"status": "completed"}]


@pytest.mark.parametrize("name", ["", "resp_", "nonsense", "resp_" + "0" * 32, "resp_" + "g" * 32])
async def test_what_is_not_there_cannot_be_continued_or_read(house: House, ada: Scope, name: str) -> None:
    with pytest.raises(PreviousResponseNotFoundError):
        await house.rooms.archive.history(ada, name)
    with pytest.raises(ResponseNotFoundError):
        await house.rooms.archive.get(ada, name)


async def test_another_s_response_is_not_there_not_even_a_colleague_s(house: House, ada: Scope) -> None:
    name = await house.keep(ada, said("Secret", "msg_secret"))
    for other in (someone(), someone(ada)):
        with pytest.raises(PreviousResponseNotFoundError):
            await house.rooms.archive.history(other, name)
        for ask in (house.rooms.archive.get, house.rooms.archive.input_items, house.rooms.runs.cancel):
            with pytest.raises(ResponseNotFoundError):
                await ask(other, name)
        with pytest.raises(ResponseNotFoundError):
            await house.rooms.runs.delete(other, name)
        assert await house.rooms.archive.items(other, ["msg_secret"]) == {}
    assert (await house.get(ada, name))["id"] == name


async def test_items_are_found_by_their_names(house: House, ada: Scope) -> None:
    await house.keep(ada, said("One", "msg_a"), said("Two", "msg_b"))
    await house.keep(ada, said("Three", "msg_c"))
    found = await house.rooms.archive.items(ada, ["msg_b", "msg_c", "msg_none"])
    assert found == {"msg_b": said("Two", "msg_b"), "msg_c": said("Three", "msg_c")}


async def test_a_deleted_response_leaves_nothing_and_breaks_what_continued_it(house: House, ada: Scope) -> None:
    first = await house.keep(ada, said("One"))
    second = await house.keep(ada, said("Two"), after=first)
    await house.rooms.runs.delete(ada, first)
    with pytest.raises(ResponseNotFoundError):
        await house.rooms.archive.get(ada, first)
    with pytest.raises(PreviousResponseNotFoundError):
        await house.rooms.archive.history(ada, second)
    with pytest.raises(ResponseNotFoundError):
        await house.rooms.runs.delete(ada, first)
    await house.rooms.runs.delete(ada, second)
    async with house.database.reading(ada) as tx:
        for kept in (KeptResponses, KeptContents, KeptItems, KeptEvents):
            assert await kept(tx, ada).count() == 0


async def test_a_chain_has_an_end(house: House, ada: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST_CHAIN", 3)
    last = None
    for _ in range(3):
        last = await house.keep(ada, after=last)
    last = await house.keep(ada, after=last)
    with pytest.raises(ChainTooLongError):
        await house.rooms.archive.history(ada, last)


async def test_so_has_what_it_holds(house: House, ada: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    name = await house.keep(ada, said("x" * 2000))
    assert (await house.rooms.archive.history(ada, name)).items
    monkeypatch.setattr(archive, "LARGEST_HISTORY", 2000)
    with pytest.raises(ChainTooLongError):
        await house.rooms.archive.history(ada, name)


async def test_what_is_being_written_cannot_be_continued(house: House, ada: Scope) -> None:
    house.die()
    name = await house.begin(ada)
    with pytest.raises(ResponseNotReadyError):
        await house.rooms.archive.history(ada, name)


async def test_keeping_twice_is_keeping_once(house: House, ada: Scope) -> None:
    name = await house.keep(ada, said("One"))
    history = await house.rooms.archive.history(ada, None)
    question = archive.Question(id=id_of(name) or new_id(), model="m", items=[], history=history)
    await house.rooms.archive.keep(ada, question, {"status": "cancelled", "output": []})
    assert (await house.get(ada, name))["status"] == "completed"


async def test_what_has_expired_is_deleted_and_what_was_continued_lives_on(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    now = utc_now()
    then = House(database=database, tasks=tasks, clock=lambda: now - timedelta(days=20))
    lonely, continued = await then.keep(ada, said("One")), await then.keep(ada, said("Two"))
    today = House(database=database, tasks=tasks, clock=lambda: now)
    last = await today.keep(ada, said("Three"), after=continued)
    assert await today.reaper.remove_expired() == 0
    soon = House(database=database, tasks=tasks, clock=lambda: now + timedelta(days=11))
    assert await soon.reaper.remove_expired() == 1
    with pytest.raises(ResponseNotFoundError):
        await soon.rooms.archive.get(ada, lonely)
    assert len((await soon.rooms.archive.history(ada, last)).ids) == 2
    much_later = House(database=database, tasks=tasks, clock=lambda: now + timedelta(days=31))
    assert await much_later.reaper.remove_expired() == 2
    async with database.reading(ada) as tx:
        assert await KeptContents(tx, ada).count() == 0


async def test_a_legal_hold_keeps_responses_from_their_owner_and_from_their_time(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    now, bob = utc_now(), someone(ada)
    then = House(database=database, tasks=tasks, clock=lambda: now - timedelta(days=40))
    name = await then.keep(ada, said("One"))
    bobs = await then.keep(bob, said("Two"))
    held = await hold(database, ada)
    today = House(database=database, tasks=tasks, clock=lambda: now)
    with pytest.raises(UnderLegalHoldError):
        await today.rooms.runs.delete(ada, name)
    with pytest.raises(ResponseNotFoundError):
        await today.rooms.runs.delete(ada, bobs)
    assert await today.reaper.remove_expired() == 1
    assert (await today.get(ada, name))["status"] == "completed"
    await release(database, ada, held)
    assert await today.reaper.remove_expired() == 1
