"""Conversations rest, are completed, and lose their words when they are due, and no sooner."""

import asyncio
from datetime import timedelta

import pytest
from tests.conversations.house import Model, answer, someone
from tests.conversations.lifecycle.house import House, Kept

from chimera.conversations.errors import ConversationRetiredError
from chimera.conversations.keeping.holding import Bound
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.keeping.waking import wake
from chimera.conversations.repository import KeptConversations
from chimera.conversations.service import Summaries
from chimera.conversations.states import ConversationState
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.policies.sections.retention import LifecyclePolicy
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


class _KilledError(BaseException):
    """The process dies: nothing is written of it any more."""


class Deadly(Kept):
    """Kills whoever looks for the n-th time."""

    left = 0

    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        self.left -= 1
        if self.left == 0:
            raise _KilledError
        return self.now


async def test_whoever_is_killed_while_words_are_deleted_is_followed_by_another(database: Database) -> None:
    deadly = Deadly()
    house = House(database=database, holds=deadly)
    mine = someone()
    old, long = await house.said(mine, days=100), await house.said(mine, days=95, messages=10)
    held, young = await house.said(mine, days=100), await house.said(mine, days=80)
    deadly.now = Bound(conversations={held})
    await house.look_for(2)
    house.jobs.pass_time(hours=1)
    await house.resting.plan()
    killed = 0
    for patience in (1, 2, 3, 2, 4, 3, 100):
        workers = house.jobs.workers(f"replica {killed}")
        # The lease of the dead one is over; what it did last was not kept.
        house.jobs.pass_time(minutes=5)
        taken, deadly.left = await workers.claim(), patience
        try:
            for job in taken:
                await workers.lead(job)
        except _KilledError:
            killed += 1
    assert killed >= 4
    lives = [await house.left(mine, one) for one in (old, long)]
    assert [(one.messages, one.cost_nusd, one.is_done) for one in lives if one] == [(2, 11, True), (10, 55, True)]
    assert [await house.words(mine, one) for one in (old, long, held, young)] == [0, 0, 2, 2]
    assert await house.jobs.left(mine) == []


async def test_a_paused_conversation_is_summed_up_by_the_model_for_it_or_in_its_own_words(house: House) -> None:
    mine = someone()
    one = await house.said(mine, days=1)
    await house.look_for(1)
    row = (await house.rows(mine))[0]
    assert (row.state, row.summary, row.summary_of) == (PAUSED, "word 0 word 1", row.leaf_id)
    model = Model(*answer("They spoke of skies."))
    house.summaries = Summaries(database=house.database, gateway=model, model="test/cheap", spawn=asyncio.create_task)
    house.jobs.kinds = (house.resting.work, house.summing_up.work)
    await house.said(mine, days=1)
    await house.look_for(2)
    told = {row.id: row.summary for row in await house.rows(mine)}
    assert told.pop(one) == "word 0 word 1"  # nothing was said in it since
    assert list(told.values()) == ["They spoke of skies."]
    assert [call.request.model for call in model.calls] == ["test/cheap"]
