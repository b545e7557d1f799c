"""A whole answer from its events."""

from hypothesis import given
from hypothesis import strategies as st

from chimera.llm import (
    Answer,
    Event,
    Finished,
    FinishReason,
    Started,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    fold,
)

WORDS = st.text(min_size=1, max_size=5)
DELTAS = st.lists(
    st.builds(TextDelta, text=WORDS)
    | st.builds(ThinkingDelta, text=WORDS, signature=st.none() | WORDS)
    | st.builds(ToolCallDelta, index=st.integers(0, 3), id=WORDS, name=WORDS, arguments=WORDS),
    max_size=20,
)


@given(DELTAS)
def test_an_answer_may_be_read_at_any_time_without_changing_it(deltas: list[Event]) -> None:
    watched = Answer()
    for delta in deltas:
        watched.add(delta)
        assert watched.parts == watched.parts
    assert watched.parts == fold(deltas).parts


@given(DELTAS)
def test_no_text_is_lost_or_doubled(deltas: list[Event]) -> None:
    heard = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
    assert fold(deltas).text == heard


def test_a_signature_ends_its_block_of_thinking() -> None:
    answer = fold(
        [
            Started(id="a", model="m"),
            ThinkingDelta(text="one "),
            ThinkingDelta(text="two", signature="s1", origin="w"),
            ThinkingDelta(text="three", signature="s2", origin="w"),
            TextDelta(text="Hello"),
            ToolCallDelta(index=1, id="b", name="g"),
            ToolCallDelta(index=0, id="a", name="f", arguments="{"),
            ToolCallDelta(index=0, arguments="}"),
            Finished(reason=FinishReason.TOOL_CALLS),
        ]
    )
    assert answer.parts == (
        Thinking(text="one two", signature="s1", origin="w"),
        Thinking(text="three", signature="s2", origin="w"),
        Text(text="Hello"),
        ToolCall(id="a", name="f", arguments="{}"),
        ToolCall(id="b", name="g", arguments=""),
    )
    assert answer.reason is FinishReason.TOOL_CALLS
