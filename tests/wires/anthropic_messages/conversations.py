"""Conversations and answers as Hypothesis draws them, within what Anthropic's wire carries.

It carries no names of speakers, seeds and penalties, no instructions between messages (they become text of the user),
and of reasoning and citations Anthropic's own only.
"""

import msgspec
from hypothesis import strategies as st
from tests.wires.openai_chat.conversations import NAMES, OBJECTS, WORDS
from tests.wires.requests import PDF, PNG

from chimera.llm import (
    Citation,
    Cited,
    Document,
    Event,
    Finished,
    FinishReason,
    Image,
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

OWN = "anthropic_messages"
SOLID = WORDS.filter(lambda text: text == text.strip() and bool(text))
IDS = st.text("abcXYZ019-", min_size=1, max_size=8)
SCHEMAS = st.sampled_from([
    '{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}',
    '{"type":"object","properties":{},"additionalProperties":false}',
])  # fmt: skip


def citation(quote: str, title: str) -> Citation:
    told = {"type": "char_location", "cited_text": quote, "document_index": 0, "document_title": title}
    return Citation(title=title, quote=quote, source=msgspec.json.encode(told).decode(), origin=OWN)


CITATIONS = st.builds(citation, quote=WORDS, title=WORDS)
PLAIN = st.builds(Text, text=SOLID)
CITED = st.builds(Text, text=SOLID, citations=st.lists(CITATIONS, max_size=2).map(tuple))
IMAGES = st.builds(Image, url=st.sampled_from([PNG, "https://example.com/a.png"]))
DOCUMENTS = st.builds(
    Document,
    url=st.sampled_from([PDF, "https://example.com/a.pdf", "data:text/plain;base64,TW9vbg=="]),
    name=st.none() | WORDS,
    context=st.none() | WORDS,
    citable=st.booleans(),
)
SHOWN = PLAIN | IMAGES | DOCUMENTS
THOUGHTS = st.builds(Thinking, text=WORDS, signature=IDS, origin=st.just(OWN)) | st.builds(
    Thinking, text=st.just(""), signature=IDS, origin=st.just(OWN), redacted=st.just(True)
)


@st.composite
def _turn(draw: st.DrawFn, number: int) -> list[Message]:
    """What the assistant says, and what is said after it."""
    said = [*draw(st.lists(THOUGHTS, max_size=2)), *draw(st.lists(CITED, min_size=1, max_size=2))]
    arguments = draw(st.lists(OBJECTS, max_size=2))
    calls = [
        ToolCall(id=f"call-{number}-{index}", name=draw(NAMES), arguments=text) for index, text in enumerate(arguments)
    ]
    messages = [Message(role="assistant", parts=(*said, *calls))]
    if calls:
        results = tuple(
            ToolResult(
                call_id=call.id, parts=tuple(draw(st.lists(SHOWN, max_size=2))), is_error=draw(st.booleans())
            )
            for call in calls
        )  # fmt: skip
        messages.append(Message(role="tool", parts=results))
    return [*messages, Message(role="user", parts=tuple(draw(st.lists(SHOWN, min_size=1, max_size=2))))]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    tools = tuple(
        draw(
            st.lists(
                st.builds(
                    Tool,
                    name=NAMES,
                    description=st.just("") | WORDS,
                    parameters=SCHEMAS,
                    strict=st.none() | st.just(value=True),
                ),
                max_size=2,
            )
        )
    )
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    messages = [Message(role="user", parts=tuple(draw(st.lists(SHOWN, min_size=1, max_size=2))))]
    for number in range(draw(st.integers(0, 2))):
        messages += draw(_turn(number))
    choice = draw(st.one_of(choices)) if tools else "auto"
    asked = Request(
        model=draw(WORDS),
        messages=tuple(messages),
        system=tuple(draw(st.lists(PLAIN, max_size=2))),
        tools=tools,
        tool_choice=choice,
        parallel_tools=draw(st.none() | st.just(value=False)) if tools and choice != "none" else None,
        sampling=draw(
            st.builds(
                Sampling,
                max_output_tokens=st.integers(40_000, 60_000),
                stop=st.lists(SOLID, max_size=2).map(tuple),
            )
        ),
        response_format=draw(st.just("text") | st.builds(JsonSchema, name=st.just("answer"), schema=SCHEMAS)),
        extra=draw(st.just({}) | st.builds(lambda user: {"user": user}, WORDS)),
    )
    return msgspec.structs.replace(asked, **draw(st.just({}) | _drawn() | _thinks(choice)))


def _drawn() -> st.SearchStrategy[dict[str, object]]:
    """Sampling and thinking exclude each other."""
    sampling = st.builds(
        Sampling, temperature=st.floats(0, 1), top_k=st.none() | st.integers(1, 500), max_output_tokens=st.just(9)
    )
    return st.builds(lambda drawn: {"sampling": drawn}, sampling)


def _thinks(choice: object) -> st.SearchStrategy[dict[str, object]]:
    if choice not in {"auto", "none"}:
        return st.just({})
    asked = st.builds(Reasoning, effort=st.sampled_from(["none", "low", "medium", "high", "max"])) | st.just(
        Reasoning()
    )
    return st.builds(lambda reasoning: {"reasoning": reasoning}, asked)


@st.composite
def _usages(draw: st.DrawFn) -> Usage:
    plain, cached, short, long = (draw(st.integers(0, 10**6)) for _ in range(4))
    return Usage(
        input_tokens=plain + cached + short + long,
        output_tokens=draw(st.integers(0, 10**6)),
        cached_tokens=cached,
        cache_write_tokens=short + long,
        cache_write_1h_tokens=long,
        reasoning_tokens=draw(st.integers(0, 100)),
    )


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed answer: blocks of thinking and cited text in turn, then calls, usage first and last."""
    usage = draw(_usages())
    events: list[Event] = [Started(id="msg_1", model="m"), UsageReported(usage=usage)]
    after_text = False
    for kind in draw(st.lists(st.sampled_from(["text", "thinking", "redacted"]), max_size=4)):
        if kind == "text":
            events += _text(draw, starts_part=after_text)
        elif kind == "thinking":
            events += [ThinkingDelta(text=piece, origin=OWN) for piece in draw(st.lists(WORDS, min_size=1, max_size=3))]
            events.append(ThinkingDelta(signature=draw(IDS), origin=OWN))
        else:
            events.append(ThinkingDelta(signature=draw(IDS), origin=OWN, redacted=True))
        after_text = kind == "text"
    calls = draw(st.integers(0, 3))
    for index in range(calls):
        events.append(ToolCallDelta(index=index, id=f"toolu_{index}", name=draw(NAMES)))
        events.append(ToolCallDelta(index=index, arguments=draw(OBJECTS)))
    events.append(UsageReported(usage=usage))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.PAUSED]
    reasons.append(FinishReason.TOOL_CALLS if calls else FinishReason.STOP)
    return [*events, Finished(reason=draw(st.sampled_from(reasons)))]


def _text(draw: st.DrawFn, *, starts_part: bool) -> list[Event]:
    pieces = [TextDelta(text=piece) for piece in draw(st.lists(WORDS, min_size=1, max_size=3))]
    begun: list[Event] = [TextDelta(text="", starts_part=True)] if starts_part else []
    return [*begun, *pieces, *(Cited(citation=found) for found in draw(st.lists(CITATIONS, max_size=2)))]
