"""Turns end well, end badly or are stopped; what was said is kept in each case, and only for its owner."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import cast

import pytest
from tests.conversations.house import (
    DEAF,
    STARTED,
    STOP,
    USED,
    Hasty,
    House,
    Model,
    Tasks,
    Unsteady,
    answer,
    someone,
    texts,
)

from chimera.conversations.bus import Bell
from chimera.conversations.encoding import decode_failure, decode_parts
from chimera.conversations.errors import (
    ConversationNotFoundError,
    NoModelError,
    ShuttingDownError,
    TurnInProgressError,
    TurnNotFoundError,
)
from chimera.conversations.journal import TurnFinished, TurnStarted, replay
from chimera.conversations.repository import KeptConversations, KeptMessages, KeptTurns
from chimera.conversations.service import ConversationChange, Pace, Saying
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import ProviderRateLimitError, Text, TextDelta, Thinking, ThinkingDelta
from chimera.store import Database

REFUSED = ProviderRateLimitError("Slow down.", provider="test", retry_after_s=3)


async def test_an_answer_is_kept_with_its_usage_and_reason(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("Because ", "of ", "Rayleigh.")))
    ended = await house.end(ada, await house.ask(ada))
    assert ended.turn.status == "completed"
    assert ended.message is not None
    assert decode_parts(ended.message.parts) == (Text(text="Because of Rayleigh."),)
    assert (ended.message.status, ended.message.finish_reason) == ("complete", "stop")
    assert (ended.message.input_tokens, ended.message.output_tokens, ended.message.cached_tokens) == (7, 3, 2)
    assert ended.turn.finished_at is not None


async def test_the_journal_tells_the_whole_turn_with_consecutive_numbers(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("one ", "two ", "three")))
    taken = await house.ask(ada)
    heard = await house.heard(ada, taken)
    assert [numbered.seq for numbered in heard] == list(range(1, len(heard) + 1))
    assert isinstance(heard[0].entry, TurnStarted)
    assert isinstance(heard[-1].entry, TurnFinished)
    assert "".join(n.entry.text for n in heard if isinstance(n.entry, TextDelta)) == "one two three"
    assert heard[-1].entry.title == "Why is the sky blue?"


async def test_the_first_words_are_journaled_while_the_model_still_speaks(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Be"), go_on, *texts("cause"), STOP))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert isinstance((await anext(journal)).entry, TurnStarted)
    assert (await anext(journal)).entry == TextDelta(text="Be")
    assert (await house.readers.get(ada, taken.turn.id)).turn.status == "running"
    go_on.set()
    assert (await anext(journal)).entry == TextDelta(text="cause")
    assert isinstance((await anext(journal)).entry, TurnFinished)
    with pytest.raises(StopAsyncIteration):
        await anext(journal)


async def test_the_first_word_and_whatever_is_no_word_are_written_at_once(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    slow = Pace(coalesce_s=30, heartbeat_s=30)
    gates = [asyncio.Event() for _ in range(3)]
    model = Model(STARTED, *texts("a"), gates[0], *texts("b"), gates[1], *texts("c"), USED, gates[2], *texts("d"), STOP)
    house = House(database=database, tasks=tasks, model=model, pace=slow)
    taken = await house.ask(ada)
    async with asyncio.timeout(10), aclosing(house.readers.follow(ada, taken.turn.id, 1)) as journal:
        assert (await anext(journal)).entry == TextDelta(text="a")
        gates[0].set()
        following = asyncio.ensure_future(anext(journal))
        written, _ = await asyncio.wait({following}, timeout=0.2)
        assert not written, "a second word waits for those that come soon after it"
        gates[1].set()
        assert [(await following).entry, (await anext(journal)).entry] == [TextDelta(text="bc"), USED]
        gates[2].set()
        assert (await anext(journal)).entry == TextDelta(text="d")


async def test_a_message_that_was_kept_is_answered_though_whoever_sent_it_is_gone(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    hasty = Hasty(database)
    house = House(database=cast("Database", hasty), tasks=tasks, model=Model(*answer("Still ", "here.")))
    first = await house.end(ada, await house.ask(ada))
    sending = asyncio.ensure_future(house.turns.take(ada, first.turn.conversation_id, Saying(text="And now?")))
    hasty.leaving = sending
    with pytest.raises(asyncio.CancelledError):
        await sending
    await tasks.done()
    async with database.transaction(ada) as tx:
        assert await KeptTurns(tx, ada).running([first.turn.conversation_id]) == {}
        conversation = await KeptConversations(tx, ada).found(first.turn.conversation_id)
        said = await KeptMessages(tx, ada).path(conversation.leaf_id)
    assert [one.status for one in said] == ["complete"] * 4


async def test_a_database_that_is_away_for_a_moment_loses_nothing(database: Database, tasks: Tasks, ada: Scope) -> None:
    unsteady, gates = Unsteady(database), [asyncio.Event() for _ in range(2)]
    model = Model(STARTED, gates[0], *texts("one "), gates[1], *texts("two"), STOP)
    house = House(database=cast("Database", unsteady), tasks=tasks, model=model)
    house.readers = replace(house.readers, database=database)
    taken = await house.ask(ada)
    unsteady.failures = 3
    gates[0].set()
    await unsteady.has_failed.wait()
    gates[1].set()
    unsteady.failures = 3
    ended = await house.end(ada, taken)
    assert ended.message is not None
    assert decode_parts(ended.message.parts) == (Text(text="one two"),)
    heard = await house.heard(ada, taken)
    assert [numbered.seq for numbered in heard] == list(range(1, len(heard) + 1))
    assert replay(numbered.entry for numbered in heard).text == "one two"


async def test_nobody_needs_to_read_for_the_answer_to_be_kept(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("all ", "of it")))
    taken = await house.ask(ada)
    await tasks.done()
    ended = await house.readers.get(ada, taken.turn.id)
    assert ended.message is not None
    assert decode_parts(ended.message.parts) == (Text(text="all of it"),)


async def test_what_is_being_written_can_be_seen_in_the_message(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("some ", "thing"), asyncio.Event()))
    taken = await house.ask(ada)
    bell = Bell()
    view = await house.readers.get(ada, taken.turn.id)
    while view.message is not None and view.message.parts == "[]":
        await bell.wait(0.01)
        view = await house.readers.get(ada, taken.turn.id)
    assert view.message is not None
    assert view.message.status == "streaming"
    assert "some" in view.message.parts


async def test_a_failure_before_the_first_word_is_kept_with_its_error(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(REFUSED))
    taken = await house.ask(ada)
    ended = await house.end(ada, taken)
    failure = decode_failure(ended.turn.error)
    assert failure is not None
    assert (ended.turn.status, failure.code, failure.retry_after_s) == ("failed", "provider_rate_limited", 3)
    assert ended.message is not None
    assert (ended.message.status, ended.message.parts, ended.message.error) == ("failed", "[]", ended.turn.error)
    assert [type(n.entry) for n in await house.heard(ada, taken)] == [TurnStarted, TurnFinished]


async def test_a_failure_after_words_keeps_the_words_and_the_error(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("half of"), REFUSED))
    ended = await house.end(ada, await house.ask(ada))
    assert ended.turn.status == "failed"
    assert ended.message is not None
    assert decode_parts(ended.message.parts) == (Text(text="half of"),)
    assert decode_failure(ended.message.error) is not None


async def test_an_answer_without_an_end_is_a_failure(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("cut")))
    failure = decode_failure((await house.end(ada, await house.ask(ada))).turn.error)
    assert failure is not None
    assert failure.code == "answer_cut"


async def test_a_fault_of_ours_fails_the_turn_and_says_nothing_of_its_cause(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, ZeroDivisionError("secret")))
    failure = decode_failure((await house.end(ada, await house.ask(ada))).turn.error)
    assert failure is not None
    assert failure.code == "internal_error"
    assert "secret" not in failure.detail


async def test_a_second_message_is_refused_while_the_first_is_answered(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, go_on, STOP))
    taken = await house.ask(ada)
    with pytest.raises(TurnInProgressError):
        await house.turns.take(ada, taken.turn.conversation_id, Saying(text="And now?"))
    go_on.set()
    await house.end(ada, taken)
    again = await house.turns.take(ada, taken.turn.conversation_id, Saying(text="And now?"))
    assert (await house.end(ada, again)).turn.status == "completed"
    view = await house.conversations.get(ada, taken.turn.conversation_id)
    assert view.message_count == 4


async def test_what_is_sent_again_under_its_name_is_said_once_while_it_is_answered_and_afterwards(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    go_on = asyncio.Event()
    house = House(database=database, tasks=tasks, model=Model(STARTED, go_on, STOP))
    view = await house.conversations.create(ada, ConversationChange())
    saying = Saying(text="Once", send_id=new_id())
    attempts = [house.turns.take(ada, view.row.id, saying) for _ in range(3)]
    taken = {taken.turn.id: taken for taken in await asyncio.gather(*attempts)}
    assert len(taken) == 1
    go_on.set()
    (only,) = taken.values()
    await house.end(ada, only)
    # Another server knows of it as well, since the first may be dead.
    other = House(database=database, tasks=tasks, model=Model(STARTED, STOP))
    again = await other.turns.take(ada, view.row.id, saying)
    assert (again.turn.id, again.turn.status) == (only.turn.id, "completed")
    assert (await house.conversations.get(ada, view.row.id)).message_count == 2
    named_otherwise = Saying(text="Once", send_id=new_id())
    several = await other.asking.compare(ada, view.row.id, named_otherwise, ["a/a", "b/b"])
    assert only.turn.id not in {one.turn.id for one in several}
    for one in several:
        await other.end(ada, one)
    # Sent again to one model alone, it is said already.
    assert (await other.turns.take(ada, view.row.id, named_otherwise)).turn.id == several[0].turn.id


async def test_of_many_messages_at_once_exactly_one_is_taken(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, asyncio.Event()))
    view = await house.conversations.create(ada, ConversationChange())
    attempts = [house.turns.take(ada, view.row.id, Saying(text=f"{n}")) for n in range(5)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["TurnInProgressError"] * 4 + ["TurnView"]
    assert (await house.conversations.get(ada, view.row.id)).message_count == 2


async def test_stopping_keeps_the_answer_so_far_and_leaves_the_model(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("So far"), asyncio.Event()))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
    await house.turns.stop(ada, taken.turn.id)
    finished = (await anext(journal)).entry
    assert isinstance(finished, TurnFinished)
    assert finished.status == "stopped"
    ended = await house.end(ada, taken)
    assert ended.message is not None
    assert (ended.message.status, decode_parts(ended.message.parts)) == ("stopped", (Text(text="So far"),))
    assert ended.turn.error is None
    await house.model.left.wait()
    assert (await house.turns.stop(ada, taken.turn.id)).turn.status == "stopped"
    await journal.aclose()


async def test_a_turn_is_stopped_from_another_replica_even_without_a_common_bus(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    writing = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Hm"), asyncio.Event()), pace=DEAF)
    other = House(database=database, tasks=tasks, model=Model(), pace=DEAF, replica="b")
    taken = await writing.ask(ada)
    await other.turns.stop(ada, taken.turn.id)
    assert (await other.end(ada, taken)).turn.status == "stopped"


async def test_deleting_while_an_answer_is_written_drops_it_and_leaves_the_model(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Hm"), asyncio.Event()))
    taken = await house.ask(ada)
    await house.conversations.delete(ada, taken.turn.conversation_id)
    await house.model.left.wait()
    await tasks.done()
    with pytest.raises(TurnNotFoundError):
        await house.readers.get(ada, taken.turn.id)
    with pytest.raises(ConversationNotFoundError):
        await house.conversations.messages(ada, taken.turn.conversation_id, limit=10)


async def test_another_tenant_and_a_colleague_find_nothing(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("mine")))
    taken = await house.ask(ada)
    await house.end(ada, taken)
    turn_id, conversation_id = taken.turn.id, taken.turn.conversation_id
    for other in (someone(), someone(ada)):
        with pytest.raises(TurnNotFoundError):
            await house.readers.get(other, turn_id)
        with pytest.raises(TurnNotFoundError):
            await house.heard(other, taken)
        with pytest.raises(TurnNotFoundError):
            await house.turns.stop(other, turn_id)
        with pytest.raises(ConversationNotFoundError):
            await house.turns.take(other, conversation_id, Saying(text="Hello"))
        with pytest.raises(ConversationNotFoundError):
            await house.conversations.get(other, conversation_id)


async def test_thinking_is_replayed_to_the_model_as_it_was_signed(database: Database, tasks: Tasks, ada: Scope) -> None:
    thought = ThinkingDelta(text="Hm.", signature="sig", origin="anthropic_messages")
    house = House(database=database, tasks=tasks, model=Model(STARTED, thought, *texts("Yes."), STOP))
    taken = await house.ask(ada)
    await house.end(ada, taken)
    saying = Saying(text="Sure?", temperature=0, max_output_tokens=9, fallback_model="test/other")
    await house.end(ada, await house.turns.take(ada, taken.turn.conversation_id, saying))
    call = house.model.calls[-1]
    asked, answered, sure = call.request.messages
    assert answered.parts == (
        Thinking(text="Hm.", signature="sig", origin="anthropic_messages"),
        Text(text="Yes."),
    )
    assert (asked.role, sure.parts) == ("user", (Text(text="Sure?"),))
    assert (call.request.sampling.temperature, call.request.sampling.max_output_tokens) == (0, 9)
    assert call.fallbacks == ("test/other",)


async def test_a_model_must_be_known(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(), default_model=None)
    with pytest.raises(NoModelError):
        await house.ask(ada)
    assert (await house.conversations.recent(ada, limit=10))[0] == []


async def test_draining_interrupts_what_does_not_end_in_time_and_keeps_its_text(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Half"), asyncio.Event()))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
    await house.turns.drain(grace_s=0.01)
    ended = await house.readers.get(ada, taken.turn.id)
    assert ended.message is not None
    assert (ended.turn.status, decode_parts(ended.message.parts)) == ("interrupted", (Text(text="Half"),))
    with pytest.raises(ShuttingDownError):
        await house.ask(ada)
    await journal.aclose()


async def test_draining_lets_a_turn_end_within_the_grace(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(*answer("done")))
    taken = await house.ask(ada)
    await house.turns.drain(grace_s=10)
    assert (await house.readers.get(ada, taken.turn.id)).turn.status == "completed"


async def test_a_cancelled_writer_keeps_its_text_too(database: Database, tasks: Tasks, ada: Scope) -> None:
    house = House(database=database, tasks=tasks, model=Model(STARTED, *texts("Half"), asyncio.Event()))
    taken = await house.ask(ada)
    journal = house.readers.follow(ada, taken.turn.id)
    assert [(await anext(journal)).seq, (await anext(journal)).seq] == [1, 2]
    await tasks.cancel()
    assert (await house.readers.get(ada, taken.turn.id)).turn.status == "interrupted"
    await journal.aclose()
