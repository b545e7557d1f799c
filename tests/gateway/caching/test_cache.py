"""Which answers are kept and given again, and which never are."""

import dataclasses
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace
from tests.gateway.caching.staged import COST_NUSD, SCOPE, Model, Stages, call, said, stages

from chimera.gateway.call import Wishes
from chimera.kit.clock import utc_now
from chimera.llm import (
    Document,
    EmbeddingRequest,
    FinishReason,
    Image,
    Message,
    Original,
    RelayRequest,
    Sampling,
    TextDelta,
    ThinkingDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    fold,
)


async def twice(staged: Stages, make=call) -> str | None:
    """Ask twice, one after the other; what the cache said to the second."""
    await staged.ask(make())
    second = make()
    await staged.ask(second)
    return second.trail.told.cache


async def test_what_is_given_again_costs_nothing_and_tells_what_it_saved() -> None:
    async with stages() as staged:
        await staged.ask(call())
        again = call()
        answer = fold(await staged.ask(again))
    assert (answer.text, answer.reason, answer.headers) == ("It is so.", FinishReason.STOP, ())
    assert answer.id != "provider-id"
    assert answer.usage is not None
    assert answer.usage.input_tokens == answer.usage.output_tokens == 0
    assert again.trail.answered_by is not None
    assert again.trail.answered_by.id == "p/m"
    ((claim, entry),) = staged.ledger.entries
    assert (claim.call_id, claim.provider, claim.model) == (again.id, "p", "m")
    assert (entry.outcome, entry.cost_nusd, entry.saved_nusd, entry.price) == ("ok", 0, COST_NUSD, "cache/exact")


@pytest.mark.parametrize("reason", [one for one in FinishReason if one is not FinishReason.STOP])
async def test_only_an_answer_that_the_model_ended_itself_is_kept(reason: FinishReason) -> None:
    async with stages(Model(reason=reason)) as staged:
        assert await twice(staged) is None


@pytest.mark.parametrize(
    "extra", [TextDelta(text="I will not.", refusal=True), ToolCallDelta(index=0, id="1", name="f", arguments="{}")]
)
async def test_refusals_and_tool_calls_are_not_kept(extra) -> None:
    async with stages(Model(extra=[extra])) as staged:
        assert await twice(staged) is None


@pytest.mark.parametrize("words", [[], ["x" * 300_000]], ids=["nothing", "too much"])
async def test_neither_nothing_nor_too_much_is_kept(words: list[str]) -> None:
    async with stages(Model(words=words)) as staged:
        assert await twice(staged) is None


async def test_thoughts_and_parts_are_given_again_as_they_were() -> None:
    extra = [ThinkingDelta(text="Hm.", signature="s", origin="w"), TextDelta(text="Yes.", starts_part=True)]
    async with stages(Model(extra=extra)) as staged:
        first = fold(await staged.ask(call())).parts
        assert fold(await staged.ask(call())).parts == first


@pytest.mark.parametrize("text", ["word " * 5000, "x" * 5000, "", " ", "a\n\nb", "短い文" * 500])
async def test_a_long_answer_is_given_in_pieces_that_add_up(text: str) -> None:
    async with stages(Model(words=[text, "!"])) as staged:
        await staged.ask(call())
        events = await staged.ask(call())
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(deltas) == text + "!"
    assert max(map(len, deltas)) <= 320
    assert all(deltas)


OFFERED = Tool(name="f")
ASKED_TOOL = Message(role="assistant", parts=(ToolCall(id="1", name="f", arguments="{}"),))
TOLD_TOOL = Message(role="tool", parts=(ToolResult(call_id="1", parts=()),))
REMOTE = Message(role="user", parts=(Image(url="https://example.com/a.png"),))
REMOTE_FILE = Message(role="user", parts=(Document(url="https://example.com/a.pdf"),))


@pytest.mark.parametrize(
    ("reason", "made"),
    [
        ("wish", lambda: call(wishes=Wishes(cache="off"))),
        ("conversation", lambda: call(feature="chat")),
        ("tools", lambda: call(tools=(OFFERED,))),
        ("tools", lambda: call(messages=(said("Hi"), ASKED_TOOL, TOLD_TOOL))),
        ("remote", lambda: call(messages=(REMOTE,))),
        ("remote", lambda: call(messages=(REMOTE_FILE,))),
        ("wording", lambda: call(original=Original(wire="openai_chat", fields={}, beyond=("n",)))),
        ("wording", lambda: call(original=Original(wire="openai_chat", fields={}, minor=("service_tier",)))),
        ("wording", lambda: call(original=Original(wire="w", fields={}, headers=(("anthropic-beta", "x"),)))),
        ("unreadable", lambda: call(extra={"seed": 10**40})),
        ("unreadable", lambda: call("half a character: \ud800")),
    ],
)
async def test_what_cannot_be_compared_is_asked_and_said_to_be(reason: str, made) -> None:
    async with stages() as staged:
        assert await twice(staged, made) is None
        asked = made()
        await staged.ask(asked)
    assert asked.trail.told.headers["cache"] == f"skip; {reason}"
    assert len(staged.model.calls) == 3
    assert staged.counted(f"skip_{reason}") == 3


async def test_relays_are_never_compared_and_embeddings_are() -> None:
    relay = RelayRequest(model="p/m", operation="moderations", before=b'{"model":"', after=b'"}')
    vectors = EmbeddingRequest(model="p/m", texts=("one",))
    async with stages() as staged:
        assert await twice(staged, lambda: replace(call(), request=relay)) is None
        assert await twice(staged, lambda: replace(call(), request=vectors)) == "exact"
        other = replace(call(), request=EmbeddingRequest(model="p/m", texts=("two",)))
        await staged.ask(other)
        assert other.trail.told.cache is None


async def test_conversations_take_part_where_the_policy_says_so() -> None:
    async with stages(conversations=True) as staged:
        assert await twice(staged, lambda: call(feature="chat")) == "exact"


async def test_with_the_policy_off_nothing_happens() -> None:
    async with stages(mode="off") as staged:
        assert await twice(staged) is None
        assert staged.model.calls[0].likeness == b""
        assert staged.answers.memory.weight == 0


@pytest.mark.parametrize(("shared", "expected"), [(False, None), (True, "exact")])
async def test_people_get_each_other_s_answers_only_where_the_policy_says_so(
    shared: bool, expected: str | None
) -> None:
    theirs = call(scope=dataclasses.replace(SCOPE, actor_id=uuid4()))
    async with stages(shared=shared) as staged:
        await staged.ask(call())
        await staged.ask(theirs)
    assert theirs.trail.told.cache == expected


async def test_an_answer_is_not_given_beyond_its_time() -> None:
    async with stages(ttl_s=60) as staged:
        await staged.ask(call())
        late = dataclasses.replace(staged.answers, clock=lambda: utc_now() + timedelta(seconds=61))
        found = next(iter(staged.answers.memory._held.values())).entry
        assert staged.answers.known(SCOPE, found.key) is found
        assert late.known(SCOPE, found.key) is None
        assert staged.answers.memory.weight == 0


async def test_parameters_tell_calls_apart_and_their_own_words_do_not() -> None:
    original = Original(wire="openai_chat", fields={}, stream=True)
    async with stages() as staged:
        await staged.ask(call())
        same = call(original=original, model="m")
        await staged.ask(same)
        assert same.trail.told.cache == "exact"
        hotter = call(sampling=Sampling(temperature=1.0))
        await staged.ask(hotter)
        assert hotter.trail.told.cache is None
        assert staged.model.calls[-1].request.original is None


async def test_memory_stays_within_its_bounds_and_forgets_what_was_unasked_the_longest() -> None:
    async with stages(Model(words=["x" * 50_000])) as staged:
        for number in range(30):
            await staged.ask(call(f"question {number}"))
            first = call("question 0")
            await staged.ask(first)
            assert first.trail.told.cache == "exact"
        assert staged.answers.memory.weight <= staged.answers.memory.limit
        forgotten = call("question 1")
        await staged.ask(forgotten)
        assert forgotten.trail.told.cache is None


async def test_a_tier_that_fails_unforeseen_harms_nobody() -> None:
    class Broken:
        async def get(self, scope, key) -> None:
            return None

        async def put(self, scope, entries) -> None:
            raise RuntimeError("a fault of ours")

    async with stages(tier=Broken(), recheck_s=60) as staged:  # type: ignore[arg-type]  # all that is asked of it here
        assert await twice(staged) == "exact"
        await staged.answers.settled()
        assert await twice(staged, lambda: call("And now?")) == "exact"
