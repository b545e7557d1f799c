"""How a panel stands: who was there, what was said, what it cost."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import HUMAN, Participant
from chimera.conversations.panels.settings import Policy
from chimera.llm import Part, Text

Role: TypeAlias = Literal["answer", "blind", "review", "synthesis", "opening", "rebuttal", "verdict", "choice", "bid"]
"""In which capacity something is said."""

PRIVATE: Final[frozenset[Role]] = frozenset({"choice", "bid"})
"""Said to the panel alone: it never enters a transcript."""


class Speech(Struct, frozen=True, kw_only=True):
    """Something that was said.

    Attributes:
        author: The participant; `None` for the person, and for answers from before there was a panel.
        name: Under which it is shown to the others.
        role: `answer` for the person.
        round: From 1; 0 for the person.
        failed: Whether nothing came of it: it counts as a turn, and is shown to nobody.
        cost_nusd: 0 where nobody knows.
    """

    author: UUID | None = None
    name: str = HUMAN
    role: Role = "answer"
    parts: tuple[Part, ...] = ()
    round: int = 0
    failed: bool = False
    cost_nusd: int = 0
    tokens: int = 0

    @property
    def words(self) -> str:
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Text) and part.text.strip())

    @property
    def by_human(self) -> bool:
        return self.author is None and self.name == HUMAN


class State(Struct, frozen=True, kw_only=True):
    """All that a policy decides by.

    Attributes:
        spoken: Everything that was said, in its order.
        seed: Draws are the same for the same seed.
        nominated: Whom the person has called upon.
        elapsed_s: Since the person last spoke, or let the panel go on.
        spent_nusd: Of the panel's budget, with what is held.
    """

    participants: tuple[Participant, ...]
    policy: Policy
    spoken: tuple[Speech, ...] = ()
    limits: Limits = Limits()
    seed: int = 0
    nominated: UUID | None = None
    elapsed_s: float = 0.0
    spent_nusd: int = 0

    @property
    def current(self) -> Sequence[Speech]:
        """What the panel said since the person last spoke."""
        for place in range(len(self.spoken), 0, -1):
            if self.spoken[place - 1].author is None:
                return self.spoken[place:]
        return self.spoken

    @property
    def asked(self) -> Speech | None:
        """What the person last said."""
        return next((speech for speech in reversed(self.spoken) if speech.by_human), None)

    @property
    def able(self) -> tuple[Participant, ...]:
        """Who may be asked: not muted, and with money of its own left."""
        return tuple(one for one in self.participants if not one.muted and not self._is_out_of_money(one))

    @property
    def public(self) -> list[Speech]:
        """Of `current`, what was said to all."""
        return [speech for speech in self.current if speech.role not in PRIVATE]

    def said(self, *roles: Role) -> list[Speech]:
        """Of `current`, what was said in one of the roles; that of which nothing came too."""
        return [speech for speech in self.current if speech.role in roles]

    def without(self, role: Role, members: Collection[Participant]) -> list[Participant]:
        """Which of the members have not had their turn in a role."""
        had = {speech.author for speech in self.said(role)}
        return [member for member in members if member.id not in had]

    def named(self, handle: str) -> Participant | None:
        """Whoever of the able is called so, in any case."""
        return next((one for one in self.able if one.handle.casefold() == handle.casefold()), None)

    def participant(self, id: UUID | None) -> Participant | None:
        return next((one for one in self.participants if one.id == id), None)

    def names(self) -> Iterator[str]:
        """Everybody who is or was in the room."""
        yield from dict.fromkeys([*(one.handle for one in self.participants), *(said.name for said in self.spoken)])

    def _is_out_of_money(self, one: Participant) -> bool:
        if one.budget_nusd is None:
            return False
        return sum(speech.cost_nusd for speech in self.spoken if speech.author == one.id) >= one.budget_nusd
