"""However finely a model's words come and however they are coalesced, the journal tells the same answer."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.journal import Coalescer, Heard, decode_entry, encode_entry, replay
from chimera.llm import (
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
    fold,
)

TEXT = st.text(max_size=8)
TOKENS = st.integers(0, 9)
EVENTS = st.one_of(
    st.builds(TextDelta, text=TEXT, starts_part=st.booleans(), refusal=st.booleans()),
    st.builds(
        ThinkingDelta,
        text=TEXT,
        signature=st.none() | TEXT,
        origin=st.none() | st.just("gemini"),
        redacted=st.booleans(),
        id=st.none() | st.sampled_from("ab"),
    ),
    st.builds(ToolCallDelta, index=st.integers(0, 2), id=TEXT, name=TEXT, arguments=TEXT, signature=st.none() | TEXT),
    st.builds(UsageReported, usage=st.builds(Usage, input_tokens=TOKENS, output_tokens=TOKENS)),
)


@given(st.lists(st.tuples(EVENTS, st.booleans())))
def test_coalesced_and_written_and_replayed_it_folds_to_the_same_answer(heard: list[tuple[Heard, bool]]) -> None:
    coalescer = Coalescer()
    journal: list[str] = []
    coalescer.add(Started(id="1", model="m"))
    for event, writes in heard:
        coalescer.add(event)
        if writes:
            journal += map(encode_entry, coalescer.take())
    coalescer.add(Finished(reason=FinishReason.STOP))
    journal += map(encode_entry, coalescer.take())
    told, expected = replay(map(decode_entry, journal)), fold(event for event, _ in heard)
    assert told.parts == expected.parts
    assert told.usage == expected.usage


@given(st.lists(EVENTS))
def test_neighbours_that_can_be_one_are_one(heard: list[Heard]) -> None:
    coalescer = Coalescer()
    for event in heard:
        coalescer.add(event)
    assert bool(coalescer) is bool(heard)
    entries = coalescer.take()
    for earlier, later in pairwise(entries):
        match earlier, later:
            case TextDelta(), TextDelta():
                assert later.starts_part or earlier.refusal is not later.refusal
            case ThinkingDelta(), ThinkingDelta():
                assert earlier.signature is not None or later.id not in {None, earlier.id}
            case ToolCallDelta(), ToolCallDelta():
                assert earlier.index != later.index
            case _:
                assert type(earlier) is not type(later)
    assert not coalescer
    assert coalescer.take() == []
