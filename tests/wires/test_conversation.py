"""Calls and results put in order, whatever their ids."""

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from chimera.llm import Message, Text, ToolCall, ToolResult
from chimera.wires.conversation import identified, paired

IDS = st.sampled_from(["", "a", "a_2", "call"])


@st.composite
def _turns(draw: st.DrawFn) -> list[Message]:
    """A message with calls, and a result for each that says which call it is for, in an order that keeps equal ids."""
    ids = draw(st.lists(IDS, max_size=5))
    calls = tuple(ToolCall(id=name, name="f", arguments=str(place)) for place, name in enumerate(ids))
    order = sorted(range(len(ids)), key=lambda place: (ids[place], place))
    results = tuple(ToolResult(call_id=ids[place], parts=(Text(text=str(place)),)) for place in order)
    return [Message(role="assistant", parts=calls), *(Message(role="tool", parts=(result,)) for result in results)]


@given(st.lists(_turns(), max_size=3))
def test_every_call_gets_an_id_of_its_own_and_keeps_its_result(turns: list[list[Message]]) -> None:
    messages = [message for turn in turns for message in turn]
    ordered = paired(messages)
    calls = [part for message in ordered for part in message.parts if isinstance(part, ToolCall)]
    results = [part for message in ordered for part in message.parts if isinstance(part, ToolResult)]
    assert len({call.id for call in calls}) == len(calls)
    assert all(call.id for call in calls)
    assert [result.call_id for result in results] == [call.id for call in calls]
    assert [result.parts for result in results] == [(Text(text=call.arguments),) for call in calls]
    assert identified(messages) == identified(messages), "the same ids every time: prompts are cached"


def test_ids_that_are_good_stay_and_nothing_is_copied() -> None:
    messages = [
        Message(role="assistant", parts=(ToolCall(id="a", name="f", arguments=""),)),
        Message(role="tool", parts=(ToolResult(call_id="a", parts=()),)),
    ]
    assert identified(messages) is messages


def test_many_calls_of_one_id_are_told_apart_in_no_time() -> None:
    calls = tuple(ToolCall(id=name, name="f", arguments="") for name in ["a", "a_2"] * 20_000)
    begun_s = perf_counter()
    (message,) = identified([Message(role="assistant", parts=calls)])
    assert perf_counter() - begun_s < 2
    assert len({part.id for part in message.parts if isinstance(part, ToolCall)}) == len(calls)
