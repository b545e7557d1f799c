"""Conversations are made, found, changed, paged and deleted, each by its owner only."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.conversations.house import House, Model, Tasks, answer, someone

from chimera.conversations.errors import ConversationNotFoundError, MessageNotFoundError
from chimera.conversations.repository import KeptEntries, KeptMessages, KeptTurns, Wanted
from chimera.conversations.service import ConversationChange, Saying
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks, model=Model(*answer("Yes.")), clock=Clock())


async def test_what_is_set_is_kept_and_only_what_is_named_is_changed(house: House, ada: Scope) -> None:
    profile = ConversationChange(title="Skies", model="m", system_prompt="Be \x07 brief.", temperature=0.25)
    made = (await house.conversations.create(ada, profile)).row
    changed = (await house.conversations.change(ada, made.id, ConversationChange(model=None, title="Blue"))).row
    kept = (await house.conversations.get(ada, made.id)).row
    assert (kept.title, kept.model, kept.system_prompt, kept.temperature) == ("Blue", None, "Be \x07 brief.", 0.25)
    assert kept.updated_at == changed.updated_at == made.updated_at


async def test_the_settings_of_a_conversation_are_used_unless_the_message_says_otherwise(
    house: House, ada: Scope
) -> None:
    profile = ConversationChange(model="m", system_prompt="Be brief.", temperature=0.5, fallback_model="f")
    made = (await house.conversations.create(ada, profile)).row
    await house.end(ada, await house.turns.take(ada, made.id, Saying(text="Hi")))
    await house.end(ada, await house.turns.take(ada, made.id, Saying(text="Hi", model="n", temperature=1.5)))
    first, second = (call.request for call in house.model.calls)
    assert (first.model, first.sampling.temperature, first.system[0].text) == ("m", 0.5, "Be brief.")
    assert (second.model, second.sampling.temperature) == ("n", 1.5)
    assert house.model.calls[0].fallbacks == ("f",)


async def test_the_list_is_paged_by_activity_and_new_ones_shift_nothing(house: House, ada: Scope) -> None:
    made = [
        (await house.conversations.create(ada, ConversationChange(title=f"{number}"))).row.id for number in range(7)
    ]
    await house.end(ada, await house.turns.take(ada, made[0], Saying(text="Hi")))
    first, cursor = await house.conversations.recent(ada, limit=3)
    await house.conversations.create(ada, ConversationChange(title="new"))
    seen = [view.row.title for view in first]
    while cursor:
        views, cursor = await house.conversations.recent(ada, limit=3, cursor=cursor)
        seen += [view.row.title for view in views]
    assert seen == ["0", "6", "5", "4", "3", "2", "1"]
    assert [view.message_count for view in first] == [2, 0, 0]


async def test_a_running_turn_shows_in_the_list(house: House, ada: Scope) -> None:
    house.model.steps = (asyncio.Event(),)
    taken = await house.ask(ada)
    views, _ = await house.conversations.recent(ada, limit=10)
    assert [view.active_turn_ids for view in views] == [[taken.turn.id]]
    await house.turns.stop(ada, taken.turn.id)
    await house.end(ada, taken)
    assert (await house.conversations.get(ada, taken.turn.conversation_id)).active_turn_ids == ()


async def test_titles_are_searched_without_case_and_without_wildcards(house: House, ada: Scope) -> None:
    for title in ("ПРИВЕТ мир", "Ärger mit 100 % Straße", "日本の空", "a_b"):
        await house.conversations.create(ada, ConversationChange(title=title))

    async def found(text: str) -> list[str]:
        views, _ = await house.conversations.recent(ada, limit=10, wanted=Wanted(title_has=text))
        return [view.row.title for view in views]

    assert await found("привет") == ["ПРИВЕТ мир"]
    assert await found("ärGER") == ["Ärger mit 100 % Straße"]
    assert await found("strasse") == ["Ärger mit 100 % Straße"]
    assert await found("%") == ["Ärger mit 100 % Straße"]
    assert await found("_") == ["a_b"]
    assert await found("の空") == ["日本の空"]
    assert len(await found("")) == 4


async def test_a_title_is_made_once_from_the_first_message(house: House, ada: Scope) -> None:
    taken = await house.ask(ada, "为什么天空是蓝色的? 👩\u200d🔬")
    await house.end(ada, taken)
    conversation_id = taken.turn.conversation_id
    assert (await house.conversations.get(ada, conversation_id)).row.title == "为什么天空是蓝色的? 👩\u200d🔬"
    await house.end(ada, await house.turns.take(ada, conversation_id, Saying(text="Something else")))
    assert (await house.conversations.get(ada, conversation_id)).row.title.startswith("为什么")


async def test_a_foreign_cursor_is_refused(house: House, ada: Scope) -> None:
    for cursor in ("nonsense", "🙂", "AAAA", "x" * 300):
        with pytest.raises(InvalidRequestError):
            await house.conversations.recent(ada, limit=3, cursor=cursor)


async def test_messages_are_paged_backwards_oldest_first(house: House, ada: Scope) -> None:
    taken = await house.ask(ada, "0")
    await house.end(ada, taken)
    conversation_id = taken.turn.conversation_id
    for number in range(1, 4):
        await house.end(ada, await house.turns.take(ada, conversation_id, Saying(text=f"{number}")))
    whole = await house.conversations.messages(ada, conversation_id, limit=100)
    assert [row.role for row in whole.rows] == ["user", "assistant"] * 4
    assert [row.parent_id for row in whole.rows[1:]] == [row.id for row in whole.rows[:-1]]
    assert not whole.has_more
    last = await house.conversations.messages(ada, conversation_id, limit=3)
    assert ([row.id for row in last.rows], last.has_more) == ([row.id for row in whole.rows[-3:]], True)
    older = await house.conversations.messages(ada, conversation_id, limit=5, before=last.rows[0].id)
    assert ([row.id for row in older.rows], older.has_more) == ([row.id for row in whole.rows[:5]], False)
    none = await house.conversations.messages(ada, conversation_id, limit=5, before=whole.rows[0].id)
    assert (none.rows, none.has_more) == ([], False)


async def test_a_message_of_another_conversation_is_no_place_to_page_from(house: House, ada: Scope) -> None:
    first, second = await house.ask(ada), await house.ask(ada)
    for taken in (first, second):
        await house.end(ada, taken)
    for before in (new_id(), second.turn.message_id):
        with pytest.raises(MessageNotFoundError):
            await house.conversations.messages(ada, first.turn.conversation_id, limit=5, before=before)


async def test_deleting_leaves_nothing_behind(house: House, database: Database, ada: Scope) -> None:
    taken = await house.ask(ada)
    await house.end(ada, taken)
    await house.conversations.delete(ada, taken.turn.conversation_id)
    async with database.reading(ada) as tx:
        assert [await kept(tx, ada).count() for kept in (KeptMessages, KeptTurns, KeptEntries)] == [0, 0, 0]
    with pytest.raises(ConversationNotFoundError):
        await house.conversations.delete(ada, taken.turn.conversation_id)


async def test_what_is_another_s_is_neither_found_nor_listed(house: House, ada: Scope) -> None:
    made = (await house.conversations.create(ada, ConversationChange(title="mine"))).row.id
    for other in (someone(), someone(ada)):
        for attempt in (
            house.conversations.get(other, made),
            house.conversations.change(other, made, ConversationChange(title="yours")),
            house.conversations.messages(other, made, limit=5),
            house.conversations.delete(other, made),
        ):
            with pytest.raises(ConversationNotFoundError):
                await attempt
        assert await house.conversations.recent(other, limit=10) == ([], None)
    assert (await house.conversations.get(ada, made)).row.title == "mine"
