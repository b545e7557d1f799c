"""Conversations and answers as Hypothesis draws them, within what Gemini's wire carries.

It carries everything but: names of speakers, later instructions as such, cache marks, details of images, names of
documents, texts of the model that are split in two, thoughts of its own that are not signed, and names of schemas.
"""

import base64
import json

import msgspec
from hypothesis import strategies as st

from chimera.llm import (
    Document,
    Event,
    Finished,
    FinishReason,
    Image,
    JsonObject,
    JsonSchema,
    Message,
    NamedTool,
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
from chimera.wires.gemini import Quirks

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.text("abcdefgh_-0123456789", min_size=1, max_size=8)
SIGNATURES = st.binary(min_size=1, max_size=9).map(lambda proof: base64.b64encode(b"own" + proof).decode())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3).map(lambda value: msgspec.json.encode(value).decode())
SCHEMAS = st.dictionaries(NAMES, st.just({"type": "string"}), min_size=1, max_size=2).map(
    lambda properties: msgspec.json.encode({"type": "object", "properties": properties}).decode()
)
TEXTS = st.builds(Text, text=WORDS)
IMAGES = st.builds(Image, url=st.sampled_from(["data:image/png;base64,iVBORw0KGgo=", "data:image/webp;base64,AA=="]))
DOCUMENTS = st.builds(Document, url=st.just("data:application/pdf;base64,JVBERi0="))
EVERYTHING = Quirks()


def _is_no_object(text: str) -> bool:
    """Whether a result is not mistaken for Google's own words when it comes back."""
    try:
        return not isinstance(json.loads(text), dict)
    except ValueError:
        return True


RESULT_TEXTS = st.builds(Text, text=WORDS.filter(_is_no_object))


@st.composite
def _turns(draw: st.DrawFn, number: int) -> list[Message]:
    """What the user says, what the model answers, and what the tools that it calls tell."""
    told: list[Message] = [Message(role="user", parts=tuple(draw(st.lists(TEXTS | IMAGES | DOCUMENTS, min_size=1))))]
    calls = [
        ToolCall(id=f"c{number}.{index}", name=draw(NAMES), arguments=draw(OBJECTS), signature=draw(SIGNATURES))
        for index in range(draw(st.integers(0, 2)))
    ]
    parts: list[Part] = [Text(text=text) for text in draw(st.lists(WORDS, max_size=1))]
    parts += [Thinking(text="", signature=proof, origin="gemini") for proof in draw(st.lists(SIGNATURES, max_size=1))]
    if not parts and not calls:
        return told
    told.append(Message(role="assistant", parts=(*parts, *calls)))
    if calls:
        results = tuple(
            ToolResult(
                call_id=call.id,
                parts=(draw(RESULT_TEXTS), *draw(st.lists(IMAGES | DOCUMENTS, max_size=1))),
                is_error=draw(st.booleans()),
            )
            for call in calls
        )
        told.append(Message(role="tool", parts=results))
    return told


@st.composite
def requests(draw: st.DrawFn) -> Request:
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    tools = tuple(Tool(name=name, description=draw(st.just("") | WORDS), parameters=draw(SCHEMAS)) for name in names)
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    return Request(
        model=draw(WORDS),
        messages=tuple(message for number in range(draw(st.integers(1, 3))) for message in draw(_turns(number))),
        system=tuple(draw(st.lists(TEXTS, max_size=2))),
        tools=tools,
        tool_choice=draw(st.one_of(choices)) if tools else "auto",
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
        reasoning=draw(st.none() | st.builds(Reasoning, effort=st.sampled_from(["minimal", "low", "medium", "high"]))),
    )


USAGES = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(1000, 10**6),
    cached_tokens=st.integers(0, 10**6),
    reasoning_tokens=st.integers(0, 1000),
)


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed stream: what was begun, thought, said, called, counted and finished."""
    own = st.builds(ThinkingDelta, text=WORDS, signature=st.none() | SIGNATURES, origin=st.just("gemini"))
    signed = st.builds(ThinkingDelta, signature=SIGNATURES, origin=st.just("gemini"))
    deltas = draw(st.lists(st.builds(TextDelta, text=WORDS) | own | signed, max_size=6))
    events: list[Event] = [Started(id="r", model="m"), *deltas]
    calls = draw(st.integers(0, 3))
    events += [
        ToolCallDelta(
            index=index,
            id=draw(NAMES),
            name=draw(NAMES),
            arguments=draw(OBJECTS),
            signature=draw(st.none() | SIGNATURES),
        )
        for index in range(calls)
    ]
    events.append(UsageReported(usage=draw(USAGES)))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.TOOL_CALLS if calls else FinishReason.STOP]
    events.append(Finished(reason=draw(st.sampled_from(reasons))))
    return events
