"""A decision in words: what was chosen, what else could have been, and why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from chimera.gateway.routing.candidates import Field
from chimera.gateway.routing.demands import Demands
from chimera.gateway.routing.dial import Window
from chimera.gateway.routing.tasks import Task
from chimera.gateway.routing.weighing import Choice, Option, cheapest_of, why_not
from chimera.gateway.telling import Decision

_MOST_TOLD: Final = 8
_WORK: Final[dict[Task, str]] = {
    "code": "code",
    "maths": "mathematics",
    "translation": "translation",
    "extraction": "extraction",
    "writing": "writing",
    "long": "a long context",
    "chat": "conversation",
}

Manner: TypeAlias = Literal["chosen", "stayed", "again"]
"""How a model came to be chosen: by weighing, because the conversation is with it, or because somebody asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Everything that was looked at for one question.

    Attributes:
        window: Whose traffic the dial is calibrated to.
        usual: What the best and the cheapest candidate differ by on average.
        saw_vector: Whether the estimate looked at the meaning of the question's words, not at counts of them alone.
    """

    demands: Demands
    task: Task
    field: Field
    options: tuple[Option, ...]
    window: Window
    usual: float
    saw_vector: bool

    @property
    def gain(self) -> float:
        """What the best is expected to add to the cheapest one's answer."""
        return max(option.quality for option in self.options) - cheapest_of(self.options).quality


def told(weighed: Weighed, choice: Choice, dial: float, manner: Manner) -> Decision:
    """Explain what was chosen; `choice.chosen` is what the call goes to."""
    chosen = choice.chosen
    others = sorted(
        (option for option in weighed.options if option.model != chosen.model),
        key=lambda option: (-option.quality, option.dearness),
    )
    return Decision(
        chosen=chosen.model,
        confidence=round(chosen.quality, 3),
        reasons=tuple(_reasons(weighed, choice, dial, manner)),
        alternatives=tuple(why_not(option, choice) for option in others[:_MOST_TOLD]),
        rejected=weighed.field.rejected[:_MOST_TOLD],
    )


def header(decision: Decision) -> str:
    """The decision in a line."""
    reason = f"; reason={decision.reasons[0]}" if decision.reasons else ""
    return f"{decision.chosen}; confidence={decision.confidence:.2f}{reason}"


def _reasons(weighed: Weighed, choice: Choice, dial: float, manner: Manner) -> Iterator[str]:
    chosen, best = choice.chosen, choice.best
    match manner:
        case "stayed":
            yield "The conversation stays with its model, whose provider may have it in its cache."
        case "again":
            yield "The same was asked again, so it is the model that is expected to do best."
        case "chosen":
            yield _main_reason(weighed, choice)
    work = (
        f"It looks like {_WORK[weighed.task]}; {chosen.model} is expected to do well in {chosen.quality:.0%} of cases"
    )
    yield f"{work}, the best ({best.model}) in {best.quality:.0%}."
    if manner == "chosen" and len(weighed.options) > 1:
        yield f"The dial at {dial:g} allows {min(choice.tolerance, 1.0):.1%} below the best on such traffic."
    if weighed.saw_vector:
        yield "The estimate looked at the meaning of the question's words, not at counts of them alone."


def _main_reason(weighed: Weighed, choice: Choice) -> str:
    if len(weighed.options) == 1:
        return "It is the only model that can answer this."
    if choice.chosen == choice.best == choice.cheapest:
        return "It is expected to do best, and it is the cheapest."
    if choice.chosen == choice.best:
        return "A cheaper model is not expected to do well enough."
    if choice.chosen == choice.cheapest:
        return "It is the cheapest, and expected to do well enough."
    return "It is the cheapest of those that are expected to do well enough."
