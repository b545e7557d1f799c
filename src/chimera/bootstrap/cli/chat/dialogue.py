"""One conversation in the terminal: its history, and how an answer is shown while it comes."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from chimera.bootstrap.cli.chat.partner import Offer, Partner
from chimera.bootstrap.cli.printing import amount, on_errors, on_output, tame
from chimera.llm import Answer, Event, FinishReason, Message, Request, TextDelta, ThinkingDelta
from chimera.llm import Text as Words

_CUT = {
    FinishReason.LENGTH: "The answer reached the model's limit and ends here.",
    FinishReason.FILTERED: "The provider's content filter ended the answer.",
}


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """What was said so far, and to whom. A turn that failed before its first word leaves no trace."""

    partner: Partner
    offer: Offer
    system: str = ""
    messages: list[Message] = field(default_factory=list[Message])

    async def ask(self, text: str, answer: Answer) -> None:
        """Send the text with all that was said, and show the answer as it comes; cancel to stop it.

        Args:
            text: What the person says.
            answer: Gets every event, so that a stopped answer is not lost.

        Raises:
            AppError: every way in which an answer can fail.
        """
        question = Message(role="user", parts=(Words(text=text),))
        request = Request(
            model=self.offer.id,
            messages=(*self.messages, question),
            system=(Words(text=self.system),) if self.system else (),
        )
        began = perf_counter()
        try:
            with Voice() as voice:
                async with aclosing(self.partner.stream(request)) as events:
                    async for event in events:
                        answer.add(event)
                        voice.say(event)
        finally:
            if answer.text:
                self.messages += [question, Message(role="assistant", parts=answer.parts)]
        self._sign(answer, perf_counter() - began)

    def _sign(self, answer: Answer, seconds: float) -> None:
        aside = on_errors()
        if answer.reason in _CUT:
            aside.print(Text(_CUT[answer.reason], style="yellow"))
        used = answer.usage
        tokens = (
            f"{amount(used.input_tokens)} tokens in, {amount(used.output_tokens)} out" if used else "tokens unknown"
        )
        model = self.partner.answered_by() or answer.model or self.offer.id
        aside.print(Text(f"{tame(model)} · {tokens} · {seconds:.1f} s", style="dim"))

    def begin_anew(self) -> None:
        self.messages.clear()


class Voice:
    """Shows one answer: words on standard output, the rest beside it. A context: leaving ends the line."""

    def __init__(self) -> None:
        self._out, self._aside = on_output(), on_errors()
        self._waiting: Status | None = None
        self._last: type[Event] | None = None
        self._open_line = False

    def __enter__(self) -> Self:
        if self._aside.is_terminal:
            self._waiting = self._aside.status("", spinner_style="cyan")
            self._waiting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_waiting()
        if self._open_line:
            self._write(self._out if self._last is TextDelta else self._aside, "\n")

    def say(self, event: Event) -> None:
        if isinstance(event, TextDelta) and event.text:
            self._turn_to(TextDelta)
            self._write(self._out, event.text)
        elif isinstance(event, ThinkingDelta) and event.text and self._aside.is_terminal:
            self._turn_to(ThinkingDelta)
            self._write(self._aside, event.text, style="dim")

    def _turn_to(self, kind: type[Event]) -> None:
        self._stop_waiting()
        if self._last is ThinkingDelta and kind is TextDelta:
            self._write(self._aside, "\n\n" if self._open_line else "\n")
        self._last = kind

    def _write(self, console: Console, text: str, *, style: str = "") -> None:
        shown = tame(text) if console.is_terminal else text
        if style:
            console.print(Text(shown, style=style), end="")
        else:
            console.file.write(shown)
        console.file.flush()
        self._open_line = not text.endswith("\n")

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None


def listed(offers: Sequence[Offer], current: str) -> Text:
    """The models one below the other, the current one marked."""
    lines = Text()
    for offer in offers:
        lines.append("* " if offer.id == current else "  ", style="green")
        lines.append(tame(offer.id))
        lines.append("  demonstration only\n" if offer.demonstration else "\n", style="yellow")
    lines.rstrip()
    return lines
