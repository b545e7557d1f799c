"""What the steps of a turn came to, as it is kept with its answer. People's words are in it: it is sealed there."""

from typing import Final

import msgspec
from msgspec import Struct

from chimera.conversations.steps.reading.ambiguity import Clarifying
from chimera.conversations.steps.reading.intent import Guess


class Taken(Struct, frozen=True, kw_only=True):
    """What the steps came to.

    Attributes:
        guess: What the message wants; `None` where nobody was to tell.
        query: What earlier messages are looked through for, where that is not the message itself.
        clarifying: What is asked back instead of an answer.
    """

    guess: Guess | None = None
    query: str = ""
    clarifying: Clarifying | None = None

    @property
    def looks(self) -> bool:
        """Whether what was said before may matter to the answer."""
        return self.guess is None or not self.guess.sure or self.guess.intent not in {"feedback", "goodbye"}

    @property
    def turns_away(self) -> bool:
        """Whether the person surely speaks of something new."""
        return self.guess is not None and self.guess.sure and self.guess.intent == "new_topic"


class Noted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept with the answer."""

    searched: str = ""
    clarifying: Clarifying | None = None


NOTHING: Final = Taken()
NO_NOTES: Final = Noted()
_NOTED: Final = msgspec.json.Decoder(Noted)


def encode_noted(noted: Noted) -> str | None:
    return None if noted == NO_NOTES else msgspec.json.encode(noted).decode()


def decode_noted(kept: str | None) -> Noted:
    return NO_NOTES if kept is None else _NOTED.decode(kept)
