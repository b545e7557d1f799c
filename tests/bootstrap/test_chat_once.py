"""`chimera chat` with a question: one answer on standard output, the rest beside it."""

import pytest
from tests.bootstrap.terminal import at, started
from tests.fakes import Answer, FakeUpstream, Fault, Finish
from tests.serving import API_KEY, running

Environment = dict[str, str]


@pytest.fixture
def openai(fake: FakeUpstream, small_house: Environment) -> Environment:
    return small_house | at(fake, "openai")


async def test_the_answer_and_nothing_else_goes_to_standard_output(openai: Environment) -> None:
    ended = await started("chat", "--model", "openai/gpt-5", "What", "is it?", env=openai)
    assert (ended.code, ended.out) == (0, "You said: What is it?\n")
    assert "openai/gpt-5 · " in ended.err
    assert " tokens in, " in ended.err


async def test_a_pipe_brings_the_question(openai: Environment) -> None:
    ended = await started("chat", env=openai, said="From a pipe,\nin two lines.\n")
    assert (ended.code, ended.out) == (0, "You said: From a pipe,\nin two lines.\n")


async def test_no_question_is_told(openai: Environment) -> None:
    ended = await started("chat", env=openai, said="\n")
    assert (ended.code, ended.out) == (1, "")
    assert "There is no question." in ended.err


async def test_without_a_model_named_a_provider_that_is_well_answers(fake: FakeUpstream, openai: Environment) -> None:
    env = openai | at(fake, "anthropic") | {"ANTHROPIC_API_KEY": "bad"}
    ended = await started("chat", "Hello", env=env)
    assert (ended.code, ended.out) == (0, "You said: Hello\n")
    assert "openai/gpt-5 · " in ended.err


async def test_instructions_are_sent(fake: FakeUpstream, openai: Environment) -> None:
    await started("chat", "--model", "gpt-5", "--system", "Be brief.", "Hello", env=openai)
    first = fake.requests[-1].json["messages"][0]
    assert first["role"] in {"system", "developer"}
    assert "Be brief." in str(first["content"])


async def test_a_model_that_is_named_in_full_is_asked_without_looking_around(
    fake: FakeUpstream, openai: Environment
) -> None:
    await started("chat", "--model", "openai/gpt-5", "Hello", env=openai)
    assert [one.path for one in fake.requests] == ["/openai/v1/chat/completions"]


async def test_a_fallback_that_answered_is_named(fake: FakeUpstream, openai: Environment) -> None:
    env = openai | at(fake, "anthropic") | {"CHIMERA_FALLBACKS": '{"openai/gpt-5": ["anthropic/claude-haiku-5-5"]}'}
    fake.next(Fault.WRONG_KEY, flavour="openai")
    ended = await started("chat", "--model", "openai/gpt-5", "Hello", env=env)
    assert (ended.code, ended.out) == (0, "You said: Hello\n")
    assert "anthropic/claude-haiku-5-5 · " in ended.err


async def test_an_answer_cut_at_its_limit_says_so(fake: FakeUpstream, openai: Environment) -> None:
    fake.say(Answer(text="Once upon a", finish=Finish.LENGTH))
    ended = await started("chat", "--model", "openai/gpt-5", "Tell me", env=openai)
    assert ended.out == "Once upon a\n"
    assert "reached the model's limit" in ended.err


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        ({"OPENAI_API_KEY": "bad"}, (), "Incorrect API key provided. `chimera doctor` says what to do."),
        ({}, ("--model", "gpt-nope"), "There is no model 'gpt-nope'."),
        ({}, ("--model", "openai/fault-404"), "`chimera models` lists what there is."),
        ({"CHIMERA_PORT": "x"}, (), "CHIMERA_PORT: must be"),
        ({}, ("--key", "k"), "--key belongs to --url"),
        ({}, ("--url", "nonsense"), "--url must begin with http:// or https://"),
    ],
)
async def test_what_goes_wrong_is_said_with_what_to_do(
    change: Environment, arguments: tuple[str, ...], said: str, openai: Environment
) -> None:
    ended = await started("chat", "--model", "openai/gpt-5", *arguments, "Hello", env=openai | change)
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


async def test_a_broken_answer_is_no_success(fake: FakeUpstream, openai: Environment) -> None:
    fake.say(Answer(text="one two three four", chunks=4))
    fake.next(Fault.CUT)
    ended = await started("chat", "--model", "openai/gpt-5", "Count", env=openai)
    assert ended.code == 1
    assert ended.out.startswith("one two")
    assert "chimera: " in ended.err


async def test_nobody_to_ask_is_told(small_house: Environment) -> None:
    ended = await started("chat", "Hello", env=small_house)
    assert ended.code == 1
    assert "No provider has a chat model. `chimera doctor` says what to do." in ended.err


async def test_the_embedded_model_answers_and_is_called_what_it_is(small_house: Environment) -> None:
    env = small_house | {"CHIMERA_LOCAL_MODEL": "on"}
    ended = await started("chat", "What is the capital of France?", env=env)
    assert ended.code == 0
    assert ended.out.strip()
    assert ended.err.count("demonstration") == 1
    assert "local/smollm2-135m-instruct · " in ended.err


async def test_a_running_chimera_is_asked_by_address_and_key(
    fake: FakeUpstream, small_house: Environment, sqlite_url: str, tmp_path
) -> None:
    async with running(sqlite_url, at(fake, "openai"), {"data_dir": tmp_path}) as server:
        there = ("chat", "--url", server.url, "--key")
        first = await started(*there, API_KEY, "Hello", env=small_house)
        named = await started(*there, API_KEY, "--model", "openai/gpt-4o-mini", "Hi", env=small_house)
        exact = await started(*there, API_KEY, "--url", f"{server.url}/v1/", "Hi", env=small_house)
        wrong = await started(*there, "wrong", "Hello", env=small_house)
    assert (first.code, first.out) == (0, "You said: Hello\n")
    assert (named.code, named.out) == (0, "You said: Hi\n")
    assert "gpt-4o-mini · " in named.err
    assert exact.code == 0
    assert (wrong.code, wrong.out) == (1, "")
    assert "--key" in wrong.err


async def test_a_chimera_that_does_not_run_is_told(fake: FakeUpstream, small_house: Environment) -> None:
    ended = await started("chat", "--url", fake.unreachable_url, "--key", "k", "Hello", env=small_house)
    assert ended.code == 1
    assert "`chimera serve` starts it" in ended.err
