"""Conversations and answers as Hypothesis draws them, within what OpenAI's wire carries.

It carries everything but: several system texts (joined), the origin and signature of thinking, whether a tool
failed, the order of text and calls within one message of the assistant, and empty texts.
"""

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

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.text("abcdefgh_-0123456789", min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3).map(lambda value: msgspec.json.encode(value).decode())
LINKS = st.sampled_from(["https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo="])

TEXTS = st.builds(Text, text=WORDS)
IMAGES = st.builds(Image, url=LINKS, detail=st.sampled_from(["auto", "low", "high"]))
DOCUMENTS = st.builds(Document, url=LINKS, name=st.none() | NAMES)
CALLS = st.builds(ToolCall, id=NAMES, name=NAMES, arguments=st.text(max_size=8), signature=st.none() | NAMES)
RESULTS = st.builds(ToolResult, call_id=NAMES, parts=st.lists(TEXTS | IMAGES, max_size=2).map(tuple))


def _messages() -> st.SearchStrategy[Message]:
    names = st.none() | NAMES
    spoken = st.lists(TEXTS | IMAGES | DOCUMENTS, max_size=3).map(tuple)
    users = st.builds(Message, role=st.just("user"), parts=spoken, name=names)
    rules = st.builds(Message, role=st.just("system"), parts=st.tuples(TEXTS), name=names)
    tools = st.builds(Message, role=st.just("tool"), parts=st.tuples(RESULTS))
    answers = st.builds(
        Message,
        role=st.just("assistant"),
        parts=st.tuples(
            st.lists(st.builds(Thinking, text=WORDS), max_size=1),
            st.lists(TEXTS, max_size=1),
            st.lists(CALLS, max_size=2),
        ).map(lambda groups: tuple(part for group in groups for part in group)),
        name=names,
    )
    return users | rules | tools | answers


SCHEMAS = st.builds(
    JsonSchema,
    name=NAMES,
    schema=OBJECTS,
    description=st.none() | WORDS,
    strict=st.none() | st.booleans(),
)
TOOLS = st.builds(
    Tool,
    name=NAMES,
    description=st.just("") | WORDS,
    parameters=OBJECTS,
    strict=st.none() | st.booleans(),
)
SAMPLINGS = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(1, 500),
    max_output_tokens=st.none() | st.integers(1, 10**6),
    stop=st.lists(WORDS, max_size=3).map(tuple),
    seed=st.none() | st.integers(-(2**60), 2**60),
    presence_penalty=st.none() | st.floats(-2, 2),
    frequency_penalty=st.none() | st.floats(-2, 2),
)
EXTRAS = st.dictionaries(
    st.sampled_from(["logit_bias", "metadata", "user", "service_tier", "store", "verbosity", "prediction", "novel"]),
    JSON.filter(lambda value: value is not None),
    max_size=3,
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    tools = tuple(draw(st.lists(TOOLS, max_size=2)))
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    first = draw(_messages().filter(lambda message: message.role != "system" or message.name is not None))
    rest = draw(st.lists(_messages(), max_size=4))
    return Request(
        model=draw(WORDS),
        messages=(first, *rest),
        system=tuple(draw(st.lists(TEXTS, max_size=1))),
        tools=tools,
        tool_choice=draw(st.one_of(choices)) if tools else "auto",
        parallel_tools=draw(st.none() | st.booleans()) if tools else None,
        sampling=draw(SAMPLINGS),
        response_format=draw(st.just("text") | st.just(JsonObject()) | SCHEMAS),
        reasoning=draw(
            st.none()
            | st.builds(Reasoning, effort=st.sampled_from(["none", "low", "high"]))
            | st.builds(Reasoning, budget_tokens=st.integers(0, 10**5))
        ),
        extra=draw(EXTRAS),
    )


USAGES = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    cached_tokens=st.integers(0, 10**6),
    cache_write_tokens=st.integers(0, 10**6),
    reasoning_tokens=st.just(0),
)


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed stream: what was begun, thought, said, called, counted and finished."""
    deltas = st.builds(TextDelta, text=WORDS) | st.builds(ThinkingDelta, text=WORDS)
    events: list[Event] = [Started(id="chatcmpl-1", model="m"), *draw(st.lists(deltas, max_size=5))]
    calls = draw(st.integers(0, 3))
    for index in range(calls):
        signature = draw(st.none() | NAMES)
        name = draw(NAMES)
        events.append(ToolCallDelta(index=index, id=f"call_{index}", name=name, signature=signature))
        pieces = draw(st.lists(WORDS, max_size=3))
        events.extend(ToolCallDelta(index=index, arguments=piece) for piece in pieces)
    events.append(UsageReported(usage=draw(USAGES)))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.TOOL_CALLS if calls else FinishReason.STOP]
    events.append(Finished(reason=draw(st.sampled_from(reasons))))
    return events
