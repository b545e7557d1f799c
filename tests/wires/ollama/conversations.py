"""Conversations and answers as Hypothesis draws them, within what Ollama's wire carries.

It carries everything but: names of speakers, several texts or documents in a message, kinds of images that it does not
know by their bytes, choices of tools, proofs of reasoning, whether a tool failed, and names of schemas.
"""

from hypothesis import strategies as st
from tests.wires.gemini.conversations import NAMES, OBJECTS, SCHEMAS, WORDS

from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Image,
    JsonObject,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Request,
    Sampling,
    Started,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
    UsageReported,
)

TEXTS = st.builds(Text, text=WORDS)
PIXELS = ["data:image/png;base64,iVBORw0KGgo=", "data:image/jpeg;base64,/9j/", "data:image/webp;base64,UklGRg=="]
IMAGES = st.builds(Image, url=st.sampled_from(PIXELS))


@st.composite
def _turns(draw: st.DrawFn, number: int) -> list[Message]:
    asked = (*draw(st.lists(TEXTS, max_size=1)), *draw(st.lists(IMAGES, max_size=2)))
    told = [Message(role="user", parts=asked or (Text(text="hi"),))]
    thoughts: list[Part] = [Thinking(text=text, origin="ollama") for text in draw(st.lists(WORDS, max_size=1))]
    calls = [
        ToolCall(id=f"c{number}.{index}", name=draw(NAMES), arguments=draw(OBJECTS))
        for index in range(draw(st.integers(0, 2)))
    ]
    said = draw(st.lists(TEXTS, min_size=0 if calls else 1, max_size=1))
    told.append(Message(role="assistant", parts=(*thoughts, *said, *calls)))
    if calls:
        results = tuple(
            ToolResult(call_id=call.id, parts=(draw(TEXTS), *draw(st.lists(IMAGES, max_size=1)))) for call in calls
        )
        told.append(Message(role="tool", parts=results))
    return told


@st.composite
def requests(draw: st.DrawFn) -> Request:
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    return Request(
        model=draw(WORDS),
        messages=tuple(message for number in range(draw(st.integers(1, 3))) for message in draw(_turns(number))),
        system=tuple(draw(st.lists(TEXTS, max_size=1))),
        tools=tuple(Tool(name=name, description=draw(st.just("") | WORDS), parameters=draw(SCHEMAS)) for name in names),
        sampling=Sampling(
            temperature=draw(st.none() | st.floats(0, 2)),
            top_p=draw(st.none() | st.floats(0, 1)),
            top_k=draw(st.none() | st.integers(1, 500)),
            max_output_tokens=draw(st.none() | st.integers(1, 10**6)),
            stop=tuple(draw(st.lists(WORDS, max_size=3))),
            seed=draw(st.none() | st.integers(-(2**31), 2**31 - 1)),
            presence_penalty=draw(st.none() | st.floats(-2, 2)),
            frequency_penalty=draw(st.none() | st.floats(-2, 2)),
        ),
        response_format=draw(
            st.just("text") | st.just(JsonObject()) | st.builds(JsonSchema, name=st.just("answer"), schema=OBJECTS)
        ),
        reasoning=draw(st.none() | st.builds(Reasoning, effort=st.sampled_from(["none", "medium"]))),
    )


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed stream: what was begun, thought, said, called, counted and finished."""
    thoughts = st.builds(ThinkingDelta, text=WORDS, origin=st.just("ollama"))
    events: list[Event] = [Started(id="", model="m"), *draw(st.lists(st.builds(TextDelta, text=WORDS) | thoughts))]
    calls = draw(st.integers(0, 3))
    events += [
        ToolCallDelta(index=index, id=f"c{index}", name=draw(NAMES), arguments=draw(OBJECTS)) for index in range(calls)
    ]
    counts = st.integers(0, 10**6)
    events.append(UsageReported(usage=Usage(input_tokens=draw(counts), output_tokens=draw(counts))))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.TOOL_CALLS if calls else FinishReason.STOP]
    events.append(Finished(reason=draw(st.sampled_from(reasons))))
    return events
