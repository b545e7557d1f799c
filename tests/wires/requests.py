"""Requests of every kind, as a hypothesis strategy, and small ones by hand."""

import base64

from hypothesis import strategies as st

from chimera.llm import (
    Image,
    JsonObject,
    JsonSchema,
    Message,
    NamedTool,
    Part,
    Reasoning,
    Request,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    data_url,
)

PIXEL = base64.b64encode(bytes.fromhex("89504e470d0a1a0a")).decode()
PNG = data_url("image/png", PIXEL)
PDF = data_url("application/pdf", base64.b64encode(b"%PDF-1.7").decode())
WEATHER = Tool(
    name="get_weather",
    description="Look outside",
    parameters='{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
)
FOREIGN = "signed-by-somebody-else"

_texts = st.text(max_size=12)
_arguments = st.sampled_from(['{"city":"Rome"}', "", "{}", "[1]", "{broken"])
_ids = st.text(alphabet="abc:/ .-_é", max_size=6)


def ask(*parts: Part | str, **fields: object) -> Request:
    """Return a request with one message of the user."""
    said = tuple(Text(text=part) if isinstance(part, str) else part for part in parts or ("Hi",))
    given = {"model": "some-model", "messages": (Message(role="user", parts=said),)} | fields
    return Request(**given)  # type: ignore[arg-type]  # tests spell fields out


def turn(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def result(call_id: str, text: str = "sunny", *, is_error: bool = False) -> Message:
    answer = ToolResult(call_id=call_id, parts=(Text(text=text),), is_error=is_error)
    return Message(role="tool", parts=(answer,))


def user(text: str) -> Message:
    return Message(role="user", parts=(Text(text=text),))


def _user_messages() -> st.SearchStrategy[Message]:
    parts = st.one_of(st.builds(Text, text=_texts), st.just(Image(url=PNG)))
    return st.builds(Message, role=st.just("user"), parts=st.lists(parts, max_size=3).map(tuple))


def _system_messages() -> st.SearchStrategy[Message]:
    parts = st.lists(st.builds(Text, text=_texts), max_size=2).map(tuple)
    return st.builds(Message, role=st.just("system"), parts=parts)


def _assistant_messages() -> st.SearchStrategy[Message]:
    foreign = st.builds(
        Thinking,
        text=_texts,
        signature=st.sampled_from([None, FOREIGN]),
        origin=st.sampled_from([None, "openai_responses", "elsewhere"]),
        redacted=st.booleans(),
    )
    call = st.builds(ToolCall, id=_ids, name=st.just("get_weather"), arguments=_arguments)
    parts = st.lists(st.one_of(foreign, st.builds(Text, text=_texts), call), max_size=4).map(tuple)
    return st.builds(Message, role=st.just("assistant"), parts=parts)


def _tool_messages() -> st.SearchStrategy[Message]:
    answers = st.lists(st.builds(Text, text=_texts), max_size=2).map(tuple)
    results = st.builds(ToolResult, call_id=_ids, parts=answers, is_error=st.booleans())
    return st.builds(Message, role=st.just("tool"), parts=st.lists(results, min_size=1, max_size=2).map(tuple))


def requests(models: list[str]) -> st.SearchStrategy[Request]:
    """Return a strategy of requests, sensible and not, without a part that any wire must refuse."""
    schema = JsonSchema(name="weather", schema=WEATHER.parameters)
    number = st.none() | st.floats(0, 2)
    sampling = st.builds(
        Sampling, temperature=number, top_p=number, top_k=st.none() | st.integers(1, 9),
        max_output_tokens=st.none() | st.integers(1, 5000), stop=st.lists(_texts, max_size=2).map(tuple),
        seed=st.none() | st.integers(0, 9),
    )  # fmt: skip
    messages = st.one_of(_user_messages(), _assistant_messages(), _tool_messages(), _system_messages())
    return st.builds(
        Request,
        model=st.sampled_from(models),
        messages=st.lists(messages, max_size=6).map(tuple),
        system=st.lists(st.builds(Text, text=_texts), max_size=2).map(tuple),
        tools=st.sampled_from([(), (WEATHER,)]),
        tool_choice=st.sampled_from(["auto", "none", "required", NamedTool(name="get_weather")]),
        parallel_tools=st.none() | st.booleans(),
        sampling=sampling,
        response_format=st.sampled_from(["text", JsonObject(), schema]),
        reasoning=st.none()
        | st.builds(Reasoning, effort=st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "odd"]))
        | st.builds(Reasoning, budget_tokens=st.integers(-1, 50_000)),
    )
