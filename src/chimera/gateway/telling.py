"""What the stages of a call leave for whoever asks afterwards: answer headers, the web app, the log. Plain values."""

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct, field


class Allowance(Struct, frozen=True, kw_only=True):
    """One rate limit that bound a call: the tightest of its kind.

    Attributes:
        limit: Requests or tokens a minute.
        remaining: How many could be asked for at once after this call.
        reset_s: Seconds until the whole burst is there again.
    """

    unit: Literal["requests", "tokens"]
    limit: int
    remaining: int
    reset_s: float


class Charge(Struct, frozen=True, kw_only=True):
    """What one attempt cost, as the ledger has it.

    Attributes:
        cost_nusd: `None` where no price is known.
        saved_nusd: What a cached or joined answer would have cost.
    """

    cost_nusd: int | None
    saved_nusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A model that the router also weighed.

    Attributes:
        quality: Expected share of good answers, 0 to 1.
        cost_nusd: Expected cost of this answer, where a price is known.
        why: Why it was not chosen, in a sentence.
    """

    model: str
    quality: float
    cost_nusd: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why a model was chosen for a call.

    Attributes:
        confidence: How sure the router is that the chosen model answers well, 0 to 1.
        reasons: Short sentences, the weightiest first.
        alternatives: Could have answered, best first.
        rejected: Could not, each with its reason.
    """

    chosen: str
    confidence: float
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    rejected: tuple[Alternative, ...] = ()


class Told(Struct, kw_only=True):
    """Gathered while a call is on its way.

    Attributes:
        charges: One an attempt, in order.
        allowances: The limits that bound it.
        cache: `exact`, `semantic` or `joined` where no provider was asked.
        headers: Further answer headers, by name without `x-chimera-`; printable ASCII.
    """

    charges: list[Charge] = field(default_factory=list)
    allowances: tuple[Allowance, ...] = ()
    cache: str | None = None
    decision: Decision | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def cost_nusd(self) -> int | None:
        """What the call cost in all; `None` where that of an attempt is not known, or nothing was charged."""
        costs = [charge.cost_nusd for charge in self.charges if charge.cost_nusd is not None]
        return sum(costs) if costs and len(costs) == len(self.charges) else None
