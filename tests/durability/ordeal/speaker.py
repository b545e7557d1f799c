"""A model that says something else each time it is asked, and by whose words it is known what it was asked."""

import random
import re
from dataclasses import dataclass, field
from typing import Final

from tests.fakes.answer import Answer, Tokens
from tests.fakes.flavours import Operation
from tests.fakes.received import Received
from tests.fakes.server import FakeUpstream
from tests.fakes.speech import Asked

_TAG: Final = re.compile(r"question-\d+-\d+")
_WORDS: Final = (
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "old",
    "wizards",
    "brew",
    "tea",
)
USED: Final = Tokens(input=20, output=50)
"""The same for all answers, so that all cost the same."""


@dataclass(slots=True)
class Speaker:
    """What the fake upstream says: give it to `FakeUpstream.say`.

    Attributes:
        pieces: Of how many each answer is made, at least and at most.
        pause_s: Between two of them, at least and at most.
    """

    lots: random.Random
    pieces: tuple[int, int] = (30, 90)
    pause_s: tuple[float, float] = (0.005, 0.03)
    _said: int = field(default=0, init=False)

    def __call__(self, asked: Asked) -> Answer:
        self._said += 1
        count = self.lots.randint(*self.pieces)
        words = [f"<{self._said}>", *(self.lots.choice(_WORDS) for _ in range(2 * count))]
        return Answer(text=" ".join(words), chunks=count, delay_s=self.lots.uniform(*self.pause_s), usage=USED)


def spoken(fake: FakeUpstream) -> list[Received]:
    """Every chat that was begun."""
    return [one for one in fake.requests if one.operation is Operation.CHAT and one.speech is not None]


def question_of(received: Received) -> str:
    """To which question it was the answer; empty for one that is nobody's."""
    found = _TAG.findall(received.body.decode())
    return found[-1] if found else ""


def first_after(received: Received, kept: str) -> float | None:
    """When the first piece was sent that is not among what is kept; `None` where all is."""
    length = 0
    assert received.speech is not None
    for piece, at in zip(received.speech.text_pieces, received.told_at, strict=False):
        length += len(piece)
        if length > len(kept):
            return at
    return None
