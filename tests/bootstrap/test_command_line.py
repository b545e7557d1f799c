"""The program's door: version, help, completion, colours."""

import shlex
import sys
from pathlib import Path

import pytest
from tests.bootstrap.terminal import at, ended_of, ran, typed
from tests.bootstrap.terminal_window import window
from tests.fakes import FakeUpstream, Fault, Operation

from chimera.bootstrap.cli.printing import counted, rounded, sentence, tame

Environment = dict[str, str]
COMMANDS = ("serve", "migrate", "doctor", "models", "chat", "jobs", "conversations", "spend")
HEAVY = {"pydantic", "sqlalchemy", "aiohttp", "fastapi", "alembic", "msgspec", "chimera.bootstrap.settings"}
LOADED_AFTER_SERVE = """
import contextlib, os
from chimera.bootstrap.cli.serving.run import run_serve
with contextlib.suppress(BaseException):
    run_serve({"host": "203.0.113.1"}, migrate_first=False)
before = len(os.listdir("/proc/self/task"))
import numpy
print(len(os.listdir("/proc/self/task")) - before)
"""


async def test_the_version_is_told() -> None:
    ended = await typed("--version", env={})
    assert ended.out.startswith("chimera 0.")
    assert ended.code == 0


async def test_help_names_every_command() -> None:
    ended = await typed("--help", env={})
    assert all(f"\n  {command} " in ended.out for command in COMMANDS)
    assert "..." not in ended.out.partition("Commands:")[2]


async def test_help_of_spending_is_told_whole() -> None:
    ended = await typed("spend", "--help", env={})
    assert "..." not in ended.out.partition("Commands:")[2]


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_has_help(command: str) -> None:
    ended = await typed(command, "--help", env={})
    assert ended.code == 0
    assert f"Usage: chimera {command}" in ended.out or f"{command} [OPTIONS]" in ended.out


async def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    ended = await ran(f"import sys, chimera.bootstrap.cli; print({HEAVY!r} & set(sys.modules))", env={})
    assert ended.out.strip() == "set()"


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
async def test_numpy_brings_a_server_no_threads() -> None:
    assert (await ran(LOADED_AFTER_SERVE, env={})).out.strip() == "0"


@pytest.mark.parametrize(
    ("words", "number", "offered"), [("chimera d", 1, "doctor"), ("chimera doctor --p", 2, "--provider")]
)
async def test_the_shell_completes_commands_and_flags(words: str, number: int, offered: str) -> None:
    asked = {"_CHIMERA_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    ended = await ran("from chimera.bootstrap.cli import app; app(prog_name='chimera')", env=asked)
    assert offered in ended.out.split()


async def test_the_shell_that_asks_gets_its_completion_script() -> None:
    chimera = shlex.quote(str(Path(sys.executable).with_name("chimera")))
    # Not the last command, so that the shell stays its parent.
    ended = await ended_of(["bash", "-c", f"{chimera} --show-completion; exit $?"], {})
    assert ended.code == 0
    assert "complete -o default -F _chimera_completion chimera" in ended.out


async def test_the_doctor_shows_progress_and_colours_on_a_terminal(
    fake: FakeUpstream, small_house: Environment
) -> None:
    fake.next(Fault.SLOW_HEADERS, flavour="openai", operation=Operation.MODELS)
    async with window("doctor", env=small_house | at(fake, "openai")) as (screen, process):
        progress = await screen.shows("Chimera 0.")
        report = await screen.shows("All that is configured is well.")
        assert await process.wait() == 0
    assert any(frame in progress for frame in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    assert "\x1b[32m✓" in report


async def test_no_colours_where_they_are_not_wanted(fake: FakeUpstream, small_house: Environment) -> None:
    env = {"NO_COLOR": "1", "OPENAI_API_KEY": "bad", "OPENAI_BASE_URL": fake.base_url("openai")}
    async with window("doctor", env=small_house | env) as (screen, process):
        await screen.shows("To mend: openai.")
        assert await process.wait() == 1
    coloured = [f"\x1b[{number}m" for number in (*range(30, 38), *range(90, 98))]
    assert not any(code in screen.all for code in coloured)


@pytest.mark.parametrize("wanted", [True, False])
async def test_errors_are_red_where_colours_are_wanted(wanted: bool) -> None:
    env = {"CHIMERA_PORT": "x"} | ({} if wanted else {"NO_COLOR": "1"})
    async with window("serve", env=env) as (screen, process):
        await screen.shows("CHIMERA_PORT: must be")
        assert await process.wait() == 1
    assert ("\x1b[31m" in screen.all) is wanted


def test_words_cannot_steer_the_terminal() -> None:
    assert tame("a\x1b[2J\x07b\x9b31mc\r\nd\te") == "a[2Jb31mc\nd\te"


def test_numbers_and_sentences_read_well() -> None:
    assert [rounded(number) for number in (None, 512, 4096, 400_000, 1_048_576)] == [
        "?",
        "512",
        "4.1k",
        "400k",
        "1.05M",
    ]
    assert [counted(number, "hold") for number in (0, 1, 1_200)] == ["0 holds", "1 hold", "1,200 holds"]
    assert [sentence(text) for text in ("invalid key", "Why? ", "Done.")] == ["invalid key.", "Why?", "Done."]
