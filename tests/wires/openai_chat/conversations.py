"""Conversations and answers as Hypothesis draws them, within what OpenAI's wire carries.

It carries everything but: several system texts without marks (joined), unsigned thinking beside what is signed by
others than its model, whether a tool failed, what a document is about, the order of text and calls within one message
of the assistant, several texts in one, and empty texts. Calls have an id of their own and their results at once.
"""

import msgspec
from hypothesis import strategies as st

from chimera.llm import (
    Citation,
    Cited,
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
from chimera.wires.conversation import identified

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.text("abcdefgh_-0123456789", min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3).map(lambda value: msgspec.json.encode(value).decode())
LINKS = st.sampled_from(["https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo="])

MARKS = st.sampled_from([None, "5m", "1h"])
MODEL = "anthropic/some-model"

TEXTS = st.builds(Text, text=WORDS, cache=MARKS)
IMAGES = st.builds(Image, url=LINKS, detail=st.sampled_from(["auto", "low", "high"]), cache=MARKS)
DOCUMENTS = st.builds(Document, url=LINKS, name=st.none() | NAMES, cache=MARKS)
CALLS = st.builds(
    ToolCall, id=NAMES, name=NAMES, arguments=st.text(max_size=8), signature=st.none() | NAMES, cache=MARKS
)
CITATIONS = st.builds(
    Citation,
    url=st.just("https://example.com"),
    title=WORDS,
    quote=st.none() | WORDS,
    start=st.integers(0, 99),
    end=st.integers(0, 99),
)
MARKED = st.builds(Text, text=WORDS, cache=st.sampled_from(["5m", "1h"]))
REFUSALS = st.builds(Text, text=WORDS, refusal=st.just(True))
ITS_OWN = st.just("openrouter:anthropic-claude-v1")
PROOFS = st.text("abcdef+/=.", min_size=1, max_size=8)
SIGNED = st.builds(Thinking, text=WORDS, signature=st.none() | PROOFS, origin=ITS_OWN, id=st.none() | NAMES)
REDACTED = st.builds(Thinking, text=st.just(""), signature=PROOFS, origin=ITS_OWN, redacted=st.just(True))
THOUGHTS = st.lists(st.builds(Thinking, text=WORDS), max_size=1) | st.lists(SIGNED | REDACTED, max_size=2)


def _result(call: ToolCall) -> st.SearchStrategy[ToolResult]:
    parts = st.lists(TEXTS | IMAGES | DOCUMENTS, max_size=2).map(tuple)
    return st.builds(ToolResult, call_id=st.just(call.id), parts=parts, cache=MARKS)


@st.composite
def _turns(draw: st.DrawFn) -> list[Message]:
    """A message, or a message of the assistant with the results of its calls."""
    names = st.none() | NAMES
    spoken = st.lists(TEXTS | IMAGES | DOCUMENTS, max_size=3).map(tuple)
    users = st.builds(Message, role=st.just("user"), parts=spoken, name=names)
    rules = st.builds(Message, role=st.just("system"), parts=st.tuples(TEXTS), name=names)
    if draw(st.booleans()):
        return [draw(users | rules)]
    texts = st.builds(Text, text=WORDS, cache=MARKS, citations=st.lists(CITATIONS, max_size=2).map(tuple))
    groups = draw(st.tuples(THOUGHTS, st.lists(texts, max_size=1), st.lists(REFUSALS, max_size=1)))
    calls = draw(st.lists(CALLS, max_size=2, unique_by=lambda call: call.id))
    parts = (*(part for group in groups for part in group), *calls)
    results = [Message(role="tool", parts=(draw(_result(call)),)) for call in calls]
    return [Message(role="assistant", parts=parts, name=draw(names)), *results]


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
    cache=MARKS,
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
EXTRA_NAMES = ("logit_bias", "metadata", "user", "service_tier", "store", "verbosity", "prediction", "novel")
EXTRAS = st.dictionaries(
    st.sampled_from(EXTRA_NAMES),
    JSON.filter(lambda value: value is not None),
    max_size=3,
)


def _with_ids_of_their_own(messages: list[Message]) -> tuple[Message, ...]:
    return tuple(identified(messages))


@st.composite
def requests(draw: st.DrawFn) -> Request:
    tools = tuple(draw(st.lists(TOOLS, max_size=2)))
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    first = draw(_turns().filter(lambda turn: turn[0].role != "system" or turn[0].name is not None))
    rest = draw(st.lists(_turns(), max_size=4))
    return Request(
        model=MODEL,
        messages=_with_ids_of_their_own([message for turn in (first, *rest) for message in turn]),
        system=tuple(draw(st.lists(TEXTS, max_size=1) | st.tuples(MARKED, TEXTS))),
        tools=tools,
        tool_choice=draw(st.one_of(choices)) if tools else "auto",
        parallel_tools=draw(st.none() | st.booleans()) if tools else None,
        sampling=draw(SAMPLINGS),
        response_format=draw(st.just("text") | st.just(JsonObject()) | SCHEMAS),
        reasoning=draw(
            st.none()
            | st.builds(Reasoning, effort=st.sampled_from(["none", "low", "high"]))
            | st.builds(Reasoning, budget_tokens=st.integers(1, 10**5))
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
def _blocks(draw: st.DrawFn) -> list[Event]:
    """A block of signed thinking, or words that nobody signed."""
    origin = draw(st.sampled_from(["anthropic_messages", "gemini", "openai_responses", "openrouter:google-gemini-v1"]))
    words: list[Event] = draw(st.lists(st.builds(ThinkingDelta, text=WORDS), min_size=1, max_size=3))
    proof = ThinkingDelta(signature=draw(PROOFS), origin=origin, id=draw(st.none() | NAMES))
    hidden = ThinkingDelta(signature=draw(PROOFS), origin=origin, redacted=True)
    return draw(st.sampled_from([[*words, proof], [hidden], words]))


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed stream: what was begun, thought, said, called, counted and finished."""
    thoughts = draw(st.lists(_blocks(), max_size=2))
    texts: list[Event] = draw(st.lists(st.builds(TextDelta, text=WORDS), max_size=3))
    refused: list[Event] = draw(st.lists(st.builds(TextDelta, text=WORDS, refusal=st.just(True)), max_size=2))
    cited: list[Event] = draw(st.lists(st.builds(Cited, citation=CITATIONS), max_size=2)) if texts else []
    said = refused or texts
    events: list[Event] = [
        Started(id="chatcmpl-1", model="m"),
        *(event for block in thoughts for event in block),
        *said,
    ]
    calls = draw(st.integers(0, 3))
    for index in range(calls):
        signature = draw(st.none() | NAMES)
        name = draw(NAMES)
        events.append(ToolCallDelta(index=index, id=f"call_{index}", name=name, signature=signature))
        pieces = draw(st.lists(WORDS, max_size=3))
        events.extend(ToolCallDelta(index=index, arguments=piece) for piece in pieces)
    events += cited if not refused else []  # they come together at the end
    events.append(UsageReported(usage=draw(USAGES)))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.TOOL_CALLS if calls else FinishReason.STOP]
    events.append(Finished(reason=draw(st.sampled_from(reasons))))
    return events
