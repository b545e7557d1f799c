"""One attempt under its hold: fitted to it, and written into the books in the end, once, whatever becomes of it."""

import asyncio
from datetime import datetime
from typing import Final

import structlog
from msgspec import Struct, field
from msgspec.structs import replace

from chimera.gateway.call import Call
from chimera.gateway.metering.extent import Extent, counted, sent_tokens
from chimera.gateway.metering.heard import Heard
from chimera.gateway.metering.receipt import NOTHING, UNPRICED, Charged, own_word
from chimera.gateway.metering.relayed import is_embedding
from chimera.gateway.metering.tariff import Tariff, output_unbounded
from chimera.gateway.telling import Charge
from chimera.gateway.tokens import Factors, estimate_alone, fewest_alone
from chimera.kit.errors import AppError
from chimera.llm import RelayRequest, Request, Usage
from chimera.spend.claims import Books, Entry, Grant, Measured
from chimera.spend.errors import BudgetExhaustedError, UnpricedError
from chimera.wires.output_limits import limited

log = structlog.get_logger()

OK: Final = "ok"
CUT: Final = "budget_cut"
ABANDONED: Final = "abandoned"
HEADER: Final = "budget"
# The provider took the question: it may charge for that, although nothing was heard.
_TAKEN: Final = frozenset({OK, CUT, ABANDONED, "provider_timeout", "provider_answer_malformed"})
_NOTHING: Final = Usage()
# Tokens of an answer that are no part of its text, or that another vocabulary splits otherwise.
_ASIDE: Final = 16
# Characters after which it is counted once more, at least.
_STEP: Final = 64


class Attempt(Struct, kw_only=True):
    """From its hold to its entry.

    Attributes:
        call: As it goes on to the provider.
        tariff: `None` where nobody knows the price.
        asked_at: Its price is that of this moment.
        is_sent: Whether the provider was asked.
        is_settled: Whether the books have its entry.
        most_nusd: What the call may still cost, whatever was granted; `None` where nobody said.
    """

    call: Call
    grant: Grant
    extent: Extent
    tariff: Tariff | None
    asked_at: datetime
    books: Books
    factors: Factors
    heard: Heard = field(default_factory=Heard)
    is_sent: bool = False
    is_settled: bool = False
    most_nusd: int | None = None
    _entry: Entry | None = None
    _most_tokens: int = 0

    @property
    def is_bounded(self) -> bool:
        """Whether the answer must end somewhere, for money's or tokens' sake."""
        bounds = (self.grant.amount_nusd, self.grant.amount_tokens, self.most_nusd)
        return any(bound is not None for bound in bounds)

    async def fit(self) -> None:
        """Ask for no longer an answer than the hold pays for; one that becomes longer all the same is to be cut.

        Raises:
            BudgetExhaustedError: if the request cannot be made shorter.
        """
        affordable = self._affordable_tokens()
        if affordable < self.extent.output_tokens:
            self.extent = await asyncio.to_thread(counted, self.call.request, self.extent, self.call.aim, self.factors)
            affordable = self._affordable_tokens()
        if affordable < self.extent.output_tokens:
            self._shrink(affordable // self.extent.choices)
        request = self.call.request
        if isinstance(request, Request) and (request.original is None or request.original.stream):
            self._most_tokens = min(affordable, self.extent.output_tokens)
            self.heard.look_at = self._most_tokens // 2  # no vocabulary has two tokens a character

    async def is_too_long(self) -> bool:
        """Count what was written so far, and if it is not too long, let it be looked again when it may be.

        Only what surely is beyond its limit is: answers that keep to it are not cut.
        """
        heard, most = self.heard, self._most_tokens
        written = await asyncio.to_thread(fewest_alone, heard.text, self.call.aim.model)
        if written > most + most // 50 + _ASIDE:
            return True
        half = (most - written) * heard.characters // max(1, 2 * written)
        heard.look_at = heard.characters + max(half, heard.characters // 50, _STEP)
        return False

    async def settle(self, outcome: str) -> None:
        """Write the entry. Where the books cannot write now, they keep it: the answer is not held up by that."""
        if self._entry is None:
            if outcome == OK and not self.heard.is_reported:
                self.extent = await asyncio.to_thread(
                    counted, self.call.request, self.extent, self.call.aim, self.factors
                )
            self._close(outcome)
        assert self._entry is not None, "closed above"
        try:
            await self.books.settle(self.grant, self._entry)
        except AppError as error:
            log.warning("metering.settled_later", code=error.code, attempt=str(self.grant.claim.id))
        self.is_settled = True

    def abandon(self) -> None:
        """Write the entry soon, for an attempt that is being cancelled and cannot wait."""
        self.is_settled = True
        if self._entry is None:
            self._close(ABANDONED)
        assert self._entry is not None, "closed above"
        self.books.settle_later(self.grant, self._entry)

    def _close(self, outcome: str) -> None:
        usage, measured = self._used(outcome)
        charged = self._charged(usage, measured)
        self._entry = Entry(
            outcome=outcome,
            usage=usage,
            measured=measured,
            cost_nusd=charged.cost_nusd,
            price=charged.price,
            duration_ms=self.heard.duration_ms,
            first_token_ms=self.heard.first_token_ms,
        )
        self.call.trail.told.charges.append(Charge(cost_nusd=charged.cost_nusd))

    def _used(self, outcome: str) -> tuple[Usage, Measured]:
        heard = self.heard
        if outcome == OK and heard.is_reported:
            if self.tariff is not None and isinstance(self.call.request, Request):
                self.tariff.heard(heard.usage.output_tokens)
            return heard.usage, "reported"
        if not self.is_sent or not (heard.started or heard.is_reported or outcome in _TAKEN):
            return _NOTHING, "none"
        if heard.is_reported:  # of the beginning: what came after it is our own count
            return replace(heard.usage, output_tokens=self._written()), "estimated"
        if isinstance(self.call.request, RelayRequest) and not is_embedding(self.call.request):
            return self._unread()
        sent = sent_tokens(self.call.request, self.extent, self.call.aim, self.factors)
        return Usage(input_tokens=sent, output_tokens=self._written()), "estimated"

    def _unread(self) -> tuple[Usage, Measured]:
        """What was passed on, and not told: no budget is to be had for nothing, so it is all that was held in one."""
        if self.grant.amount_nusd is None and self.grant.amount_tokens is None:
            return _NOTHING, "estimated"
        extent = self.extent
        return Usage(input_tokens=extent.input_tokens, output_tokens=extent.output_tokens), "worst_case"

    def _written(self) -> int:
        """Our count of the output: no more than was asked for, unless the provider says so."""
        heard = self.heard
        written = estimate_alone(heard.text, self.call.aim.model, self.factors).at_most
        return max(heard.usage.output_tokens, min(written, self.extent.output_tokens))

    def _charged(self, usage: Usage, measured: Measured) -> Charged:
        if measured == "none":
            return NOTHING
        if self.tariff is None:
            told = usage.billing.cost_nusd if usage.billing else None
            return UNPRICED if told is None else own_word(told)
        if usage is _NOTHING:
            return NOTHING if self.grant.claim.free else UNPRICED
        charged = self.tariff.charge(usage, self.asked_at)
        if charged.cost_nusd is None and measured == "worst_case" and self.grant.amount_nusd is not None:
            return Charged(self.grant.amount_nusd, charged.price)
        return charged

    def _affordable_tokens(self) -> int:
        """How much may be written, by what was granted."""
        sums = [most for most in (self.grant.amount_nusd, self.most_nusd) if most is not None]
        money, tokens = min(sums, default=None), self.grant.amount_tokens
        most = output_unbounded
        if tokens is not None:
            most = max(0, tokens - self.extent.input_tokens)
        if money is not None and self.tariff is not None:
            input_tokens, ask = self.extent.input_tokens, self.extent.ask
            most = min(most, self.tariff.affordable_tokens(money, input_tokens, self.asked_at, ask))
        return most

    def _shrink(self, tokens: int) -> None:
        request = self.call.request
        words = request.original if isinstance(request, Request) else None
        told = limited(words, tokens) if words is not None else None
        if not isinstance(request, Request) or tokens < 1 or (words is not None and told is None and words.beyond):
            raise BudgetExhaustedError(
                "What is left of the budget does not pay for this request, nor for a part of it."
            )
        shorter = replace(request, original=told, sampling=replace(request.sampling, max_output_tokens=tokens))
        self.call = replace(self.call, request=shorter)
        self.extent = replace(self.extent, output_tokens=tokens * self.extent.choices)
        self.call.trail.told.headers[HEADER] = f"shrunk to {tokens} tokens"


def left_of(call: Call, tariff: Tariff | None) -> int | None:
    """What the call may still cost after its earlier attempts, in nano-USD; `None` where nobody said.

    Raises:
        UnpricedError: if something was said, and nobody knows what the model costs.
    """
    most = call.wishes.most_nusd
    if most is None:
        return None
    if tariff is None:
        raise UnpricedError("What this call may cost is limited, and nobody knows what this model costs.")
    return most - sum(charge.cost_nusd or 0 for charge in call.trail.told.charges)
