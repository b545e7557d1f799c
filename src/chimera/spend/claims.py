"""What the gateway asks of the books and tells them: plain values, and the port to whoever keeps them. Pure."""

from datetime import datetime
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.kit.scope import Scope
from chimera.llm import Usage

Measured: TypeAlias = Literal["reported", "estimated", "worst_case", "none"]
"""Where the tokens of an entry come from: the provider; our own count of what was sent and heard; the hold, where
nobody knows what became of the call; or nothing was used."""


class Claim(Struct, frozen=True, kw_only=True):
    """One attempt at a model, about to be made.

    Attributes:
        id: Names the hold, and later the entry.
        call_id: Shared by all attempts of a call.
        asked_model: As the caller named it.
        worst_nusd: The most that it can cost.
        least_nusd: The least for which it is worth making: with less it is refused.
        worst_tokens: The most that it can use, for budgets that count tokens.
        least_tokens: The least for which it is worth making; `None`: all of `worst_tokens` or nothing.
        free: Whether nothing can be charged, ever.
        unpriced: Whether nobody knows what it will cost. Where a hard budget counts money it is refused.
    """

    id: UUID
    call_id: UUID
    attempt: int
    scope: Scope
    provider: str
    model: str
    asked_model: str
    worst_nusd: int
    least_nusd: int
    worst_tokens: int = 0
    least_tokens: int | None = None
    free: bool = False
    unpriced: bool = False
    feature: str = "api"
    conversation_id: UUID | None = None
    request_id: str = ""


class Grant(Struct, frozen=True, kw_only=True):
    """A hold: so much may be spent on the attempt and no more. It must be settled, whatever becomes of the attempt.

    Attributes:
        amount_nusd: Between the claim's least and worst; `None` where no hard budget of money binds the attempt.
        amount_tokens: The same of tokens, input and output together.
        held_at: The attempt belongs to the windows of this moment.
    """

    claim: Claim
    amount_nusd: int | None
    amount_tokens: int | None = None
    held_at: datetime | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """What became of an attempt: a line of the ledger.

    Attributes:
        outcome: `ok`, an error's code, `abandoned` (the caller left), or `budget_cut`.
        cost_nusd: Rounded up to the nano-USD; `None` where no price is known.
        price: Names the price: its source and version, so that history can be computed again.
        saved_nusd: What it would have cost without the cache or without the router.
        duration_ms: From asking to the end.
    """

    outcome: str
    usage: Usage
    measured: Measured
    cost_nusd: int | None
    price: str = ""
    saved_nusd: int = 0
    duration_ms: int = 0
    first_token_ms: int | None = None


class Books(Protocol):
    """Whoever keeps budgets, holds and ledger. Exactly once: what is settled twice counts once."""

    async def hold(self, claim: Claim) -> Grant:
        """Reserve the worst case in every budget that binds the claim, in one step, or as much of it as is left.

        When it returns, the hold survives a crash.

        Raises:
            BudgetExhaustedError: if less than the claim's least is left in one of them; says in which and what to do.
            UnpricedError: if a hard budget of money binds a claim without a price.
            DatabaseUnavailableError: if it cannot be reserved now. Nothing may be spent then.
        """
        ...

    async def settle(self, grant: Grant, entry: Entry) -> None:
        """Write the entry and give the rest of the hold back. When it returns, the entry survives a crash.

        Raises:
            DatabaseUnavailableError: if it cannot be written now. It is kept and written later; the hold stands until
                then. Nobody needs to try again, and whoever does changes nothing.
        """
        ...

    def settle_later(self, grant: Grant, entry: Entry) -> None:
        """The same, soon, for whoever cannot wait: an attempt that was cancelled."""
        ...
