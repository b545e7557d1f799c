"""`chimera chat` without a question: a talk in a terminal, with keys that stop and leave."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
from tests.bootstrap.terminal import at
from tests.bootstrap.terminal_window import CTRL_C, CTRL_D, Window, window
from tests.fakes import Answer, FakeUpstream, Fault
from tests.serving import API_KEY, running

Environment = dict[str, str]
PROMPT = "> "


class Talk:
    """A talk in a window: say something, and wait for what comes."""

    def __init__(self, screen: Window) -> None:
        self.screen = screen

    async def says(self, line: str, expecting: str) -> str:
        self.screen.type(f"{line}\r")
        await self.screen.shows(line)  # the terminal's echo
        return await self.screen.shows(expecting)

    async def ready(self) -> None:
        await self.screen.shows(PROMPT)


@asynccontextmanager
async def talk(env: Environment, *arguments: str, leave: str = CTRL_D) -> AsyncGenerator[Talk]:
    """A talk that has begun; in the end it is left, with exit code 0."""
    async with window("chat", *arguments, env=env) as (screen, process):
        begun = Talk(screen)
        await begun.ready()
        yield begun
        while process.returncode is None:
            screen.type(leave)
            with suppress(TimeoutError):
                # A signal that comes just before Python waits for a key is heeded with the next key only.
                await asyncio.wait_for(process.wait(), 5.0)
        assert process.returncode == 0


@pytest.fixture
def openai(fake: FakeUpstream, small_house: Environment) -> Environment:
    return small_house | at(fake, "openai")


async def test_a_talk_remembers_what_was_said(fake: FakeUpstream, openai: Environment) -> None:
    async with talk(openai) as chat:
        assert "Talking to openai/gpt-5." in chat.screen.all
        await chat.says("First", "You said: First")
        await chat.ready()
        await chat.says("Second", "You said: Second")
        await chat.ready()
        await chat.says("/new", "A new conversation.")
        await chat.ready()
        await chat.says("Third", "You said: Third")
        await chat.ready()
    asked = [[message["content"] for message in one.json["messages"]] for one in fake.requests if one.body]
    assert asked == [["First"], ["First", "You said: First", "Second"], ["Third"]]


async def test_every_answer_is_signed_dimly(openai: Environment) -> None:
    async with talk(openai, leave="/quit\r") as chat:
        await chat.says("Hello", "You said: Hello")
        signed = await chat.screen.shows(PROMPT)
    assert "\x1b[2mopenai/gpt-5 · 1 tokens in, 3 out" in signed


async def test_thinking_is_shown_dimly_before_the_answer(fake: FakeUpstream, small_house: Environment) -> None:
    fake.say(Answer(text="Four.", reasoning="Two and two.", chunks=1))
    async with talk(small_house | at(fake, "deepseek"), "--model", "deepseek/deepseek-reasoner") as chat:
        shown = await chat.says("2+2", "Four.")
        await chat.ready()
    assert "\x1b[2mTwo and two." in shown
    assert shown.endswith("\r\n\r\nFour.")


async def test_ctrl_c_stops_the_answer_and_keeps_what_came(fake: FakeUpstream, openai: Environment) -> None:
    fake.say(Answer(text="one two three four", chunks=4))
    fake.next(Fault.HANG_MIDWAY)
    async with talk(openai, leave=CTRL_C) as chat:
        await chat.says("Count", "one two")  # as it comes: the rest never does
        chat.screen.type(CTRL_C)
        await chat.screen.shows("Stopped.")
        stopped = next(one for one in fake.requests if one.body)
        await stopped.over()
        assert stopped.client_left
        await chat.ready()
        await chat.says("Go on", "four")
        await chat.ready()
    assert chat.screen.all.count("Ctrl+C again leaves") == 2
    last = [message["content"] for message in fake.requests[-1].json["messages"]]
    assert [words.strip() for words in last] == ["Count", "one two t", "Go on"]


async def test_ctrl_c_twice_leaves_from_an_answer(fake: FakeUpstream, openai: Environment) -> None:
    fake.next(Fault.HANG)
    async with talk(openai, leave=CTRL_C) as chat:
        chat.screen.type("Hang\r")
        await fake.arrived(2)  # the list of models, and the question
        chat.screen.type(CTRL_C)
        await chat.screen.shows("Stopped. Ctrl+C again leaves.")
        await chat.ready()


async def test_the_model_can_be_changed(fake: FakeUpstream, openai: Environment) -> None:
    async with talk(openai) as chat:
        await chat.says("/models", "openai/gpt-4o-mini")
        await chat.ready()
        await chat.says("/model gpt-4o-mini", "Talking to openai/gpt-4o-mini.")
        await chat.ready()
        await chat.says("/model", "Talking to openai/gpt-4o-mini.")
        await chat.ready()
        await chat.says("Hello", "openai/gpt-4o-mini · ")
        await chat.ready()
    assert fake.requests[-1].json["model"] == "gpt-4o-mini"


async def test_a_failure_is_told_and_the_talk_goes_on(fake: FakeUpstream, openai: Environment) -> None:
    fake.next(Fault.FORBIDDEN)
    async with talk(openai) as chat:
        await chat.says("First", "`chimera doctor` says what to do.")
        await chat.ready()
        await chat.says("/model nowhere", "There is no model 'nowhere'.")
        await chat.ready()
        await chat.says("/dance", "There is no /dance.")
        await chat.ready()
        await chat.says("/help", "Ctrl+C stops an answer")
        await chat.ready()
        await chat.says("Second", "You said: Second")
        await chat.ready()
    assert [message["content"] for message in fake.requests[-1].json["messages"]] == ["Second"]


async def test_words_of_a_model_cannot_steer_the_terminal(fake: FakeUpstream, openai: Environment) -> None:
    fake.say(Answer(text="\x1b]0;owned\x07plain", chunks=1))
    async with talk(openai) as chat:
        answer = await chat.says("Hello", "plain")
        await chat.ready()
    assert "\x1b]0;" not in answer


async def test_a_question_on_the_command_line_is_answered_once(openai: Environment) -> None:
    async with window("chat", "Hello", env=openai) as (screen, process):
        await screen.shows("You said: Hello")
        await screen.shows("openai/gpt-5 · ")
        assert await process.wait() == 0


async def test_ctrl_c_ends_a_single_question(fake: FakeUpstream, openai: Environment) -> None:
    fake.next(Fault.HANG)
    async with window("chat", "--model", "openai/gpt-5", "Hello", env=openai) as (screen, process):
        await fake.arrived()
        screen.type(CTRL_C)
        assert await process.wait() == 130
    assert "Traceback" not in screen.all


async def test_with_the_demonstration_model_alone_it_says_so_once(small_house: Environment) -> None:
    async with talk(small_house | {"CHIMERA_LOCAL_MODEL": "on"}) as chat:
        await chat.says("/new", "A new conversation.")
        await chat.ready()
    assert chat.screen.all.count("Only the tiny demonstration model is here") == 1


async def test_the_key_of_a_running_chimera_is_asked_for_and_not_shown(
    fake: FakeUpstream, small_house: Environment, sqlite_url: str, tmp_path
) -> None:
    async with (
        running(sqlite_url, at(fake, "openai"), {"data_dir": tmp_path}) as server,
        window("chat", "--url", server.url, env=small_house) as (screen, process),
    ):
        await screen.shows("API key: ")
        screen.type(f"{API_KEY}\r")
        await screen.shows(PROMPT)
        screen.type("Hello\r")
        await screen.shows("You said: Hello")
        await screen.shows(PROMPT)
        screen.type(CTRL_D)
        assert await process.wait() == 0
    assert API_KEY not in screen.all
