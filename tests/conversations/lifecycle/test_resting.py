"""Conversations rest, are completed, and lose their words when they are due, and no sooner."""

from datetime import timedelta

import pytest
from tests.conversations.house import someone
from tests.conversations.lifecycle.house import House, Kept

from chimera.conversations.errors import ConversationRetiredError
from chimera.conversations.keeping.holding import Bound
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.keeping.waking import wake
from chimera.conversations.repository import KeptConversations
from chimera.conversations.states import ConversationState
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.policies.sections.lifecycle import LifecyclePolicy
from chimera.store import Database, Transaction

ACTIVE, PAUSED, COMPLETED, RETIRED = ConversationState


@pytest.fixture
def house(database: Database) -> House:
    return House(database=database)


async def due_at(house: House, scope: Scope) -> timedelta:
    async with house.database.reading(scope) as tx:
        row = await Rests(tx, scope).get(scope.tenant_id)
    assert row is not None
    return row.due_at - house.jobs.moment


async def test_a_conversation_rests_after_half_an_hour_and_is_completed_after_a_month(house: House) -> None:
    mine = someone()
    await house.said(mine)
    await house.look_for(1)
    assert await house.states(mine) == [PAUSED]
    paused = (await house.rows(mine))[0]
    assert paused.state_since == house.jobs.moment
    assert paused.title == "Skies"
    house.jobs.pass_time(days=30)
    await house.look()
    assert await house.states(mine) == [COMPLETED]
    assert await house.words(mine, paused.id) == 2


async def test_only_organisations_of_which_something_is_due_get_a_job(house: House) -> None:
    mine, others = someone(), someone()
    await house.said(mine)
    await house.said(others)
    assert await house.resting.plan() == 0
    house.jobs.pass_time(minutes=6)
    assert await house.resting.plan() == 2
    await house.jobs.work()
    # Nothing was quiet for long enough: they are looked at again when something is.
    assert await house.states(mine) == [ACTIVE]
    assert timedelta(minutes=23) < await due_at(house, mine) < timedelta(minutes=25)
    assert await house.resting.plan() == 0
    house.jobs.pass_time(minutes=25)
    assert await house.resting.plan() == 2
    assert await house.resting.plan() == 0  # it is put already
    await house.jobs.work()
    assert await house.states(mine) == await house.states(others) == [PAUSED]


async def test_words_go_after_their_time_and_numbers_stay(house: House) -> None:
    mine = someone()
    old, new = await house.said(mine, days=91, messages=8), await house.said(mine, days=89)
    await house.look_for(3)
    rows = {row.id: row for row in await house.rows(mine)}
    assert (rows[old].state, rows[new].state) == (RETIRED, COMPLETED)
    assert (rows[old].title, rows[old].system_prompt, rows[old].leaf_id) == ("", None, None)
    assert (await house.words(mine, old), await house.words(mine, new)) == (0, 2)
    left = await house.left(mine, old)
    assert left is not None
    assert (left.messages, left.input_tokens, left.output_tokens, left.cost_nusd) == (8, 28, 12, 44)
    assert (left.models, left.is_done) == ({"test/model": 4}, True)


async def test_what_is_said_wakes_a_conversation_unless_its_words_are_gone(house: House) -> None:
    mine = someone()
    old, new = await house.said(mine, days=100), await house.said(mine, days=40)
    await house.look_for(3)
    now = house.jobs.moment
    async with house.database.transaction(mine) as tx:
        row = await KeptConversations(tx, mine).locked(new)
        assert row.state == COMPLETED
        await wake(tx, mine, row, now)
    woken = next(row for row in await house.rows(mine) if row.id == new)
    assert (woken.state, woken.state_since, woken.quiet_since) == (ACTIVE, now, now)
    async with house.database.transaction(mine) as tx:
        with pytest.raises(ConversationRetiredError):
            await wake(tx, mine, await KeptConversations(tx, mine).locked(old), now)
    house.jobs.pass_time(minutes=36)
    await house.look()
    assert PAUSED in await house.states(mine)


async def test_nothing_happens_where_the_policy_says_so(house: House) -> None:
    house.policy = LifecyclePolicy(enabled=False)
    mine = someone()
    await house.said(mine, days=400)
    await house.look_for(4)
    assert await house.states(mine) == [ACTIVE]
    house.policy = LifecyclePolicy(complete_days=None, retire_days=None)
    await house.look_for(4)
    assert await house.states(mine) == [PAUSED]


async def test_a_clock_that_jumps_deletes_nothing_before_it_is_steady(house: House) -> None:
    mine = someone()
    await house.said(mine)
    await house.look_for(3)
    house.jobs.pass_time(days=365)
    await house.look()
    assert await house.states(mine) == [COMPLETED]
    house.jobs.pass_time(minutes=30)
    await house.look()
    assert await house.states(mine) == [COMPLETED]
    house.jobs.pass_time(days=-365)  # it is put right
    await house.look_for(3)
    assert await house.states(mine) == [COMPLETED]
    house.jobs.pass_time(days=365)  # it is another year indeed
    await house.look_for(3)
    assert await house.states(mine) == [RETIRED]


async def test_what_is_held_keeps_its_words_until_the_hold_is_released(database: Database) -> None:
    kept = Kept()
    house = House(database=database, holds=kept)
    mine, colleague = someone(), new_id()
    held, theirs, free = (
        await house.said(mine, days=100),
        await house.said(mine, days=100, owner=colleague),
        await house.said(mine, days=100),
    )
    kept.now = Bound(people={colleague}, conversations={held})
    await house.look_for(3)
    assert [await house.words(mine, one) for one in (held, theirs, free)] == [2, 2, 0]
    # What cannot be done now is not looked for again and again.
    assert await due_at(house, mine) > timedelta(minutes=59)
    kept.now = Bound(everything=True)
    await house.look_for(2)
    assert [await house.words(mine, one) for one in (held, theirs)] == [2, 2]
    kept.now = Bound()
    await house.look_for(1)
    assert [await house.words(mine, one) for one in (held, theirs)] == [0, 0]


class Late(Kept):
    """Placed after some looks."""

    looks = 3

    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        self.looks -= 1
        return self.now if self.looks < 0 else Bound()


async def test_a_hold_in_the_middle_keeps_the_rest(database: Database) -> None:
    late = Late()
    house = House(database=database, holds=late)
    mine = someone()
    long = await house.said(mine, days=100, messages=10)
    late.now = Bound(conversations={long})
    await house.look_for(3)
    assert 0 < await house.words(mine, long) < 10
    left = await house.left(mine, long)
    assert left is not None
    assert left.messages + await house.words(mine, long) == 10
