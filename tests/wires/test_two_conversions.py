"""From one wire to another and back again: nothing is lost that both can express."""

from itertools import groupby, permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.wires.openai_chat.conversations import NAMES, OBJECTS
from tests.wires.requests import PNG
from tests.wires.roads import ROADS

from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Image,
    JsonSchema,
    Message,
    NamedTool,
    Part,
    Request,
    Role,
    Sampling,
    Started,
    Text,
    TextDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
    UsageReported,
    fold,
)

PAIRS = [pytest.param(one, other, id=f"{one}-{other}") for one, other in permutations(ROADS, 2)]
WORDS = st.text("abc äß€😀\n.,!", min_size=1, max_size=12).filter(lambda text: text == text.strip())
TEXTS = st.builds(Text, text=WORDS)
SHOWN = TEXTS | st.just(Image(url=PNG))
SCHEMA = '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}'


@st.composite
def _conversation(draw: st.DrawFn) -> tuple[Message, ...]:
    """Turns of one text each, as every wire keeps them apart, with calls that are answered."""
    messages = [Message(role="user", parts=tuple(draw(st.lists(SHOWN, min_size=1, max_size=3))))]
    for number in range(draw(st.integers(0, 2))):
        arguments = draw(st.lists(OBJECTS, max_size=2))
        calls = tuple(
            ToolCall(id=f"call-{number}-{index}", name=draw(NAMES), arguments=text)
            for index, text in enumerate(arguments)
        )
        messages.append(Message(role="assistant", parts=(draw(TEXTS), *calls)))
        if calls:
            results = tuple(ToolResult(call_id=call.id, parts=(draw(TEXTS),)) for call in calls)
            messages.append(Message(role="tool", parts=results))
        messages.append(Message(role="user", parts=(draw(TEXTS),)))
    return tuple(messages)


@st.composite
def _requests(draw: st.DrawFn) -> Request:
    tools = draw(
        st.lists(st.builds(Tool, name=NAMES, description=WORDS, parameters=st.just(SCHEMA)), max_size=2,
                 unique_by=lambda tool: tool.name)
    )  # fmt: skip
    choices = [st.just("auto"), st.just("none"), st.just("required")]
    choices += [st.just(NamedTool(name=tool.name)) for tool in tools]
    return Request(
        model="some-model",
        messages=draw(_conversation()),
        system=tuple(draw(st.lists(TEXTS, max_size=1))),
        tools=tuple(tools),
        tool_choice=draw(st.one_of(choices)) if tools else "auto",
        sampling=Sampling(
            temperature=draw(st.none() | st.sampled_from([0.0, 0.25, 1.0])),
            max_output_tokens=draw(st.integers(16, 2**20)),
        ),
        response_format="text" if tools else draw(st.just("text") | st.just(JsonSchema(name="answer", schema=SCHEMA))),
    )


def normal(request: Request) -> Request:
    """JSON texts as values, results of one turn together, without what wires invent: a schema's name and strictness."""
    wanted = request.response_format
    messages = [
        Message(role=role, parts=tuple(_normal(part) for message in together for part in message.parts))
        for (role, _), together in groupby(request.messages, key=_turn)
    ]
    return replace(
        request,
        messages=tuple(messages),
        tools=tuple(replace(tool, parameters=_sorted(tool.parameters), strict=None) for tool in request.tools),
        response_format=(
            JsonSchema(name="-", schema=_sorted(wanted.schema)) if isinstance(wanted, JsonSchema) else wanted
        ),
    )


def _turn(message: Message) -> tuple[Role, bool | int]:
    """The same for tool messages that follow each other, and for nothing else."""
    return message.role, message.role == "tool" or id(message)


def _normal(part: Part) -> Part:
    return replace(part, arguments=_sorted(part.arguments)) if isinstance(part, ToolCall) else part


def _sorted(text: str) -> str:
    return msgspec.json.encode(msgspec.json.decode(text), order="sorted").decode()


@pytest.mark.parametrize(("one", "other"), PAIRS)
@settings(max_examples=12)
@given(request=_requests())
def test_a_question_comes_back_as_it_was(one: str, other: str, request: Request) -> None:
    there, lost = ROADS[one].request(request)
    assert lost == ()
    back, lost = ROADS[other].request(there)
    assert lost == ()
    again, lost = ROADS[one].request(back)
    assert lost == ()
    assert normal(again) == normal(there) == normal(request)


@st.composite
def _answers(draw: st.DrawFn) -> list[Event]:
    texts = draw(st.lists(WORDS, max_size=3))
    calls = draw(st.lists(st.tuples(NAMES, OBJECTS), max_size=2, unique_by=lambda call: call[0]))
    usage = Usage(
        input_tokens=draw(st.integers(10, 99)),
        output_tokens=draw(st.integers(5, 99)),
        cached_tokens=draw(st.integers(0, 9)),
    )
    events: list[Event] = [Started(id="r1", model="m")]
    events += [TextDelta(text=text) for text in texts]
    for index, (name, arguments) in enumerate(calls):
        events += [
            ToolCallDelta(index=index, id=f"call_{index}", name=name),
            ToolCallDelta(index=index, arguments=arguments),
        ]
    reason = FinishReason.TOOL_CALLS if calls else draw(st.sampled_from([FinishReason.STOP, FinishReason.LENGTH]))
    return [*events, UsageReported(usage=usage), Finished(reason=reason)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
@settings(max_examples=12)
@given(events=_answers())
def test_an_answer_comes_back_as_it_was(one: str, other: str, events: list[Event]) -> None:
    answer = fold(events)
    back = fold(ROADS[one].answer(ROADS[other].answer(ROADS[one].answer(events))))
    assert tuple(map(_normal, back.parts)) == tuple(map(_normal, answer.parts))
    assert (back.usage, back.reason) == (answer.usage, answer.reason)
