"""What the model is shown: the path, without what providers would refuse."""

from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.context import Aim, Budget, Said, compose, measure_for
from chimera.conversations.service.composing import system_of
from chimera.conversations.states import MessageStatus
from chimera.llm import Image, Message, Request, Text, Thinking, ToolCall, ToolResult

PICTURE = Image(url="data:image/png;base64,aGk=")


def user(*parts: Text | Image) -> Said:
    return Said(role="user", parts=parts)


def model(*parts: Text | Thinking | ToolCall, status: MessageStatus = MessageStatus.COMPLETE) -> Said:
    return Said(role="assistant", parts=parts, status=status)


def shown(*path: Said, system_prompt: str | None = None) -> Request:
    asked = Request(model="m", messages=(), system=system_of(system_prompt))
    return compose(path, Aim(asked=asked, window=100_000, measure=measure_for("m", {}), budget=Budget())).request


def test_the_system_prompt_stands_before_the_messages() -> None:
    request = shown(user(Text(text="Hi")), system_prompt="Be brief.")
    assert request.system == (Text(text="Be brief."),)
    assert shown(user(Text(text="Hi")), system_prompt="  ").system == ()


def test_pictures_travel_with_their_words() -> None:
    request = shown(user(PICTURE, Text(text="What is this?")))
    assert request.messages == (Message(role="user", parts=(PICTURE, Text(text="What is this?"))),)


def test_a_failed_answer_is_left_out_and_its_neighbours_become_one_message() -> None:
    failed = model(Text(text="half"), status=MessageStatus.FAILED)
    request = shown(user(Text(text="One")), failed, user(Text(text="Two")))
    assert request.messages == (Message(role="user", parts=(Text(text="One\n\nTwo"),)),)


def test_an_empty_answer_is_left_out() -> None:
    empty = (model(), model(Text(text=" ")), model(Thinking(text="Hm", signature="s", origin="gemini")))
    for answer in empty:
        request = shown(user(Text(text="One")), answer, user(PICTURE))
        assert request.messages == (Message(role="user", parts=(Text(text="One"), PICTURE)),)


def test_a_stopped_answer_is_shown_as_far_as_it_came() -> None:
    stopped = model(Text(text="So far"), status=MessageStatus.STOPPED)
    assert [m.role for m in shown(user(Text(text="Go")), stopped, user(Text(text="on"))).messages] == [
        "user",
        "assistant",
        "user",
    ]


def test_a_call_without_a_result_is_dropped_and_one_with_it_is_shown() -> None:
    answered = ToolCall(id="1", name="clock", arguments="{}")
    dangling = ToolCall(id="2", name="clock", arguments="{}")
    result = Said(role="tool", parts=(ToolResult(call_id="1", parts=(Text(text="noon"),)),))
    request = shown(user(Text(text="Time?")), model(answered, dangling), result, user(Text(text="Thanks")))
    assert request.messages[1].parts == (answered,)
    assert [m.role for m in request.messages] == ["user", "assistant", "tool", "user"]


def test_a_result_without_its_call_is_dropped() -> None:
    orphan = Said(role="tool", parts=(ToolResult(call_id="9", parts=(Text(text="noon"),)),))
    assert [m.role for m in shown(user(Text(text="Time?")), orphan).messages] == ["user"]


PARTS = st.lists(st.sampled_from([Text(text="a"), Text(text=" "), PICTURE]), max_size=2).map(tuple)
PATHS = st.lists(
    st.builds(Said, role=st.sampled_from(["user", "assistant"]), parts=PARTS, status=st.sampled_from(MessageStatus))
)


@given(PATHS)
def test_roles_alternate_beginning_with_the_user_and_no_message_is_empty(path: list[Said]) -> None:
    messages = shown(*path).messages
    assert all(message.parts for message in messages)
    assert [m.role for m in messages] == [("user", "assistant")[n % 2] for n in range(len(messages))]
