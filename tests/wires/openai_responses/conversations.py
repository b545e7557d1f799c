"""Conversations and answers as Hypothesis draws them, within what the Responses wire carries.

It carries everything but: names of speakers, thoughts that nothing follows, whether a tool failed, `top_k`, `stop`,
`seed` and penalties, budgets of thinking, and whose reasoning it is where it is not OpenAI's own (it travels sealed).
"""

from hypothesis import strategies as st
from msgspec import Raw
from tests.wires.openai_chat import conversations as chat
from tests.wires.openai_chat.conversations import LINKS, NAMES, OBJECTS, SCHEMAS, WORDS

from chimera.llm import (
    Cited,
    Document,
    Event,
    Finished,
    FinishReason,
    Image,
    JsonObject,
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
    UsageReported,
)
from chimera.wires.openai_responses import WIRE
from chimera.wires.openai_responses.annotations import decode_annotation

CITATIONS = st.builds(
    '{{"type":"url_citation","url":"{}","title":"t","start_index":{},"end_index":9}}'.format, LINKS, st.integers(0, 5)
).map(lambda text: decode_annotation(Raw(text.encode())))
SPOKEN = st.builds(Text, text=WORDS)
IMAGES = st.builds(Image, url=LINKS, detail=st.sampled_from(["auto", "low", "high"]))
DOCUMENTS = st.builds(Document, url=LINKS, name=st.none() | NAMES)
SAID = st.builds(Text, text=WORDS, citations=st.lists(CITATIONS, max_size=2).map(tuple)) | st.builds(
    Text, text=WORDS, refusal=st.just(True)
)
THOUGHTS = st.builds(
    Thinking, text=WORDS, signature=NAMES, origin=st.just(WIRE), id=NAMES.map("rs_{}".format)
) | st.builds(Thinking, text=st.just(""), signature=NAMES, origin=st.just(WIRE), redacted=st.just(True), id=NAMES)
CALLS = st.builds(ToolCall, id=NAMES, name=NAMES, arguments=st.text(max_size=8))
RESULTS = st.builds(ToolResult, call_id=NAMES, parts=st.lists(SPOKEN | IMAGES | DOCUMENTS, max_size=2).map(tuple))
TOOLS = st.builds(Tool, name=NAMES, description=st.just("") | WORDS, parameters=OBJECTS, strict=st.booleans())


def _users() -> st.SearchStrategy[Message]:
    parts = st.lists(SPOKEN | IMAGES | DOCUMENTS, max_size=3).map(tuple)
    return st.builds(Message, role=st.just("user"), parts=parts)


def _others() -> st.SearchStrategy[Message]:
    rules = st.builds(Message, role=st.just("system"), parts=st.tuples(SPOKEN))
    tools = st.builds(Message, role=st.just("tool"), parts=st.tuples(RESULTS))
    return _users() | rules | tools


@st.composite
def _messages(draw: st.DrawFn) -> tuple[Message, ...]:
    """What the assistant says in a row is one message, so others stand between."""
    messages: list[Message] = [draw(_users())]
    for _ in range(draw(st.integers(0, 4))):
        if messages[-1].role != "assistant" and draw(st.booleans()):
            parts: list[Part] = draw(st.lists(THOUGHTS | SAID | CALLS, max_size=3))
            messages.append(Message(role="assistant", parts=(*parts, draw(SAID | CALLS))))
        else:
            messages.append(draw(_others()))
    return tuple(messages)


EFFORTS = {
    "gpt-5.5": (None, "none", "low", "xhigh"),
    "gpt-4o": (None,),
    "o3-pro": (None, "high"),
    "gpt-5-codex": (None, "low"),
}


@st.composite
def requests(draw: st.DrawFn) -> Request:
    tools = draw(st.lists(TOOLS, max_size=2, unique_by=lambda tool: tool.name))
    model = draw(st.sampled_from(sorted(EFFORTS)))
    effort = draw(st.sampled_from(EFFORTS[model]))
    samples = model == "gpt-4o" or effort == "none"
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    return Request(
        model=model,
        messages=draw(_messages()),
        system=tuple(draw(st.lists(SPOKEN, max_size=2))),
        tools=tuple(tools),
        tool_choice=draw(st.one_of(choices)) if tools else "auto",
        parallel_tools=draw(st.none() | st.booleans()) if tools else None,
        sampling=draw(
            st.builds(
                Sampling,
                temperature=st.none() | st.floats(0, 2) if samples else st.none(),
                top_p=st.none() | st.floats(0, 1) if samples else st.none(),
                max_output_tokens=st.none() | st.integers(1, 10**6),
            )
        ),
        response_format=draw(st.just("text") | st.just(JsonObject()) | SCHEMAS),
        reasoning=Reasoning(effort=effort) if effort else None,
        extra=draw(st.just({}) | st.fixed_dictionaries({"verbosity": st.sampled_from(["low", "high"])})),
    )


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """A well-formed stream: what was begun, thought, said, cited, called, counted and finished."""
    events: list[Event] = [Started(id="resp_1", model="m")]
    said: TextDelta | None = None
    for number in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            events += _thought(draw, f"rs_{number}")
            said = None
        else:
            refusal = draw(st.booleans())
            part = _said(draw, refusal=refusal, follows=said)
            events += part
            said = TextDelta(text="", refusal=refusal)
    calls = draw(st.integers(0, 3))
    for index in range(calls):
        events.append(ToolCallDelta(index=index, id=f"call_{index}", name=draw(NAMES)))
        pieces = draw(st.lists(WORDS, max_size=3))
        events.extend(ToolCallDelta(index=index, arguments=piece) for piece in pieces)
    events.append(UsageReported(usage=draw(chat.USAGES)))
    reasons = [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.TOOL_CALLS if calls else FinishReason.STOP]
    events.append(Finished(reason=draw(st.sampled_from(reasons))))
    return events


def _thought(draw: st.DrawFn, id: str) -> list[Event]:
    pieces = draw(st.lists(WORDS, max_size=3))
    thought: list[Event] = [ThinkingDelta(text=piece, origin=WIRE, id=id) for piece in pieces]
    return [*thought, ThinkingDelta(signature=draw(NAMES), origin=WIRE, redacted=not pieces, id=id)]


def _said(draw: st.DrawFn, *, refusal: bool, follows: TextDelta | None) -> list[Event]:
    """Deltas of one part; another part of the same kind right before makes the first say so."""
    starts = follows is not None and follows.refusal is refusal
    first, *rest = draw(st.lists(WORDS, min_size=1, max_size=3))
    part: list[Event] = [TextDelta(text=first, starts_part=starts, refusal=refusal)]
    part += [TextDelta(text=piece, refusal=refusal) for piece in rest]
    if not refusal:
        part += [Cited(citation=citation) for citation in draw(st.lists(CITATIONS, max_size=2))]
    return part
