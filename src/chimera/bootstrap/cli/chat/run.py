"""`chimera chat`: ask once, or talk on and on, in the terminal."""

import asyncio
import sys
from collections.abc import Coroutine, Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

import typer
from rich.text import Text

from chimera.bootstrap import logging
from chimera.bootstrap.cli.chat.dialogue import Dialogue, listed
from chimera.bootstrap.cli.chat.partner import Partner, inside, outside
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import fault, on_errors, sentence
from chimera.bootstrap.settings import SettingsError, environment, load
from chimera.kit.errors import AppError
from chimera.llm import Answer, ProviderError

T = TypeVar("T")

_INTERRUPTED = 130
_HELP = """\
/model NAME   talk to another model       /model    say which one it is
/models       list the models             /new      begin a new conversation
/help         show this                   /quit     leave, as Ctrl+D does
Ctrl+C stops an answer; a second one leaves."""
_DEMONSTRATION = (
    "Only the tiny demonstration model is here: it shows that everything works, and is often wrong. "
    "Set a provider's key, such as OPENAI_API_KEY, to talk to a real one; `chimera doctor` lists them all."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says."""

    prompt: str = ""
    model: str | None = None
    system: str = ""
    url: str | None = None
    key: str | None = field(default=None, repr=False)


class Room:
    """An event loop that rests while a person types. What is opened in it stays open until the end.

    `run` may be interrupted: Ctrl+C cancels the coroutine, lets it clean up, and raises `KeyboardInterrupt`.
    """

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._opened = AsyncExitStack()

    def run(self, work: Coroutine[None, None, T]) -> T:
        return self._runner.run(_once_awake(work))

    def open(self, context: AbstractAsyncContextManager[T]) -> T:
        return self.run(self._opened.enter_async_context(context))

    def close(self) -> None:
        self.run(self._opened.aclose())


async def _once_awake(work: Coroutine[None, None, T]) -> T:
    # Connections that were closed while the loop rested are seen to be so first, and not used again.
    await asyncio.sleep(0)
    return await work


@contextmanager
def _room() -> Generator[Room]:
    with asyncio.Runner() as runner:
        room = Room(runner)
        try:
            yield room
        finally:
            room.close()


def run_chat(wishes: Wishes) -> int:
    with or_say_why(), _room() as room:
        wishes = _completed(wishes)
        partner = room.open(_partner(wishes))
        try:
            with on_errors().status("Looking for models …", spinner_style="cyan"):
                offer = room.run(partner.choose(wishes.model))
            if offer.demonstration and wishes.model is None:
                on_errors().print(Text(_DEMONSTRATION, style="yellow"))
            dialogue = Dialogue(partner=partner, offer=offer, system=wishes.system)
            if wishes.prompt:
                return _ask_once(room, dialogue, wishes.prompt)
            return Talk(room, dialogue).run()
        except AppError as error:
            _say_why(partner, error)
            return 1
        except KeyboardInterrupt:
            return _INTERRUPTED


def _completed(wishes: Wishes) -> Wishes:
    """Take the prompt from a pipe, and ask a person for the key, where they were not given."""
    by_hand = sys.stdin.isatty()
    if wishes.key and not wishes.url:
        raise SettingsError("--key belongs to --url: the providers' own keys are read from the environment.")
    if not wishes.prompt and not by_hand:
        wishes = replace(wishes, prompt=sys.stdin.read().strip())
        if not wishes.prompt:
            raise SettingsError('There is no question. Give one: chimera chat "…", or through a pipe.')
    if wishes.url and wishes.key is None and by_hand:
        key = typer.prompt("API key", hide_input=True, default="", show_default=False, err=True)
        wishes = replace(wishes, key=key)
    return wishes


def _partner(wishes: Wishes) -> AbstractAsyncContextManager[Partner]:
    settings = load()
    logging.configure(settings.model_copy(update={"log_level": "error"}))
    return outside(wishes.url, wishes.key) if wishes.url else inside(settings, environment())


def _ask_once(room: Room, dialogue: Dialogue, text: str) -> int:
    room.run(dialogue.ask(text, Answer()))
    return 0


def _say_why(partner: Partner, error: AppError) -> None:
    who = f"{error.provider}: " if isinstance(error, ProviderError) and error.provider not in error.message else ""
    fault(f"{who}{sentence(error.message)} {partner.advice(error)}".rstrip())


class Talk:
    """Prompt, answer, prompt, until the person leaves."""

    def __init__(self, room: Room, dialogue: Dialogue) -> None:
        self._room = room
        self._dialogue = dialogue
        self._aside = on_errors()

    def run(self) -> int:
        self._tell(f"Talking to {self._dialogue.offer.id}. /help shows what you can type, Ctrl+D leaves.")
        leaves_next = False
        while True:
            try:
                line = self._listen()
            except EOFError:
                self._aside.print()
                return 0
            except KeyboardInterrupt:
                self._aside.print()
                if leaves_next:
                    return 0
                self._tell("Ctrl+C again leaves, and so does Ctrl+D.")
                leaves_next = True
                continue
            if line in {"/quit", "/exit", "/q"}:
                return 0
            leaves_next = self._was_stopped(line)

    def _listen(self) -> str:
        # Its import alone gives `input` editing and a history.
        with suppress(ImportError):
            import readline  # noqa: F401
        return input("> ").strip()

    def _was_stopped(self, line: str) -> bool:
        """Do what the line says, and tell whether it was interrupted. A failure is told, and the talk goes on."""
        try:
            if line.startswith("/"):
                self._obey(line)
            elif line:
                self._room.run(self._dialogue.ask(line, Answer()))
        except AppError as error:
            _say_why(self._dialogue.partner, error)
        except KeyboardInterrupt:
            self._tell("Stopped. Ctrl+C again leaves.")
            return True
        return False

    def _obey(self, line: str) -> None:
        command, _, argument = line.partition(" ")
        match command, argument.strip():
            case "/help", _:
                self._tell(_HELP)
            case "/new", _:
                self._dialogue.begin_anew()
                self._tell("A new conversation.")
            case "/model", "":
                self._tell(f"Talking to {self._dialogue.offer.id}.")
            case "/model", model:
                self._dialogue.offer = self._room.run(self._dialogue.partner.choose(model))
                self._tell(f"Talking to {self._dialogue.offer.id}.")
            case "/models", _:
                offers = self._room.run(self._dialogue.partner.offers())
                self._aside.print(listed(offers, self._dialogue.offer.id))
            case _:
                self._tell(f"There is no {command}. /help shows what there is.")

    def _tell(self, text: str) -> None:
        self._aside.print(Text(text, style="dim"))
