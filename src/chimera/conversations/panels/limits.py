"""How far a panel may go on its own, as it is kept."""

from typing import Final

from msgspec import Struct

MOST_SEATS: Final = 12
MOST_TURNS: Final = 100
LONGEST_S: Final = 86_400


class Limits(Struct, frozen=True, kw_only=True):
    """What ends a run. All but the budget count from when the person last spoke.

    Attributes:
        turns: Speeches to all.
        rounds: How often everybody has a turn; a debate has its openings and `rounds - 1` replies.
        budget_nusd: What the panel may cost in its whole life.
        tokens: Read and written.
        seconds: Begun before this many are over.
        consensus: Whether to end when everybody has said that they agree.
        nothing_new: Whether to end when a speech repeats what was said.
        human: Whether to end when somebody addresses @human.
    """

    turns: int = 12
    rounds: int = 2
    budget_nusd: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    consensus: bool = True
    nothing_new: bool = True
    human: bool = True
