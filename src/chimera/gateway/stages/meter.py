"""Hold the worst case of an attempt in every budget, cut it where it would exceed that, and write what it came to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chimera.gateway.call import Call, Handler
from chimera.gateway.metering.attempt import CUT, OK, Attempt, left_of
from chimera.gateway.metering.extent import Extent, bounded, counted
from chimera.gateway.metering.relayed import is_free
from chimera.gateway.metering.tariff import Tariff
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.tokens import Factors
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.llm import Finished, FinishReason, RelayRequest, Request, Stream
from chimera.spend.claims import Books, Claim, Grant
from chimera.spend.errors import BudgetExhaustedError

MOST_NUSD: Final = 10**15
"""A million USD: no call costs as much, and whoever asks for it must not fill the columns that add holds up."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Stands right above the provider, so that every retry and every fallback is held and written by itself.

    A call that cannot be held is not made. The last event of an answer goes up when its entry is safe. What no provider
    takes anything for is in no books.

    Attributes:
        factors: What was learned of how a model of a provider counts.
    """

    books: Books
    tariffs: Tariffs
    factors: Callable[[str, str], Factors] = lambda _provider, _model: {}
    clock: Callable[[], datetime] = utc_now

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        if isinstance(call.request, RelayRequest) and is_free(call.request):
            return proceed(call)
        return self._metered(call, proceed)

    async def _metered(self, call: Call, proceed: Handler) -> Stream:
        attempt = await self._held(call)
        heard, is_cut = attempt.heard, False
        try:
            if attempt.is_bounded:
                await attempt.fit()
            attempt.is_sent = True
            stream = proceed(attempt.call)
            try:
                async for event in stream:
                    if type(event) is Finished:
                        await attempt.settle(OK)
                    elif heard.take(event) and await attempt.is_too_long():
                        is_cut = True
                        break
                    yield event
            finally:
                await stream.aclose()
            if is_cut:
                await attempt.settle(CUT)
                yield Finished(reason=FinishReason.LENGTH, cut=True)
        except AppError as error:
            if not attempt.is_settled:
                await attempt.settle(error.code)
            raise
        finally:
            if not attempt.is_settled:
                attempt.abandon()

    async def _held(self, call: Call) -> Attempt:
        tariff, asked_at = await self.tariffs.of(call.scope, call.aim), self.clock()
        factors = self.factors(call.aim.provider, call.aim.model)
        content = call.content_of(call.request) if isinstance(call.request, Request) else None
        extent = bounded(call.request, call.aim, content)
        try:
            grant = await self._hold(call, tariff, extent, asked_at)
        except BudgetExhaustedError:
            exact = await asyncio.to_thread(counted, call.request, extent, call.aim, factors)
            if exact == extent:
                raise
            extent = exact
            grant = await self._hold(call, tariff, extent, asked_at)
        return Attempt(
            call=call,
            grant=grant,
            extent=extent,
            tariff=tariff,
            asked_at=asked_at,
            books=self.books,
            factors=factors,
            most_nusd=left_of(call, tariff),
        )

    async def _hold(self, call: Call, tariff: Tariff | None, extent: Extent, asked_at: datetime) -> Grant:
        worst = least = 0
        if tariff is not None:
            worst = min(MOST_NUSD, tariff.worst_nusd(extent.input_tokens, extent.output_tokens, asked_at, extent.ask))
            least = tariff.worst_nusd(extent.input_tokens, extent.least_output_tokens, asked_at, extent.ask)
        left = left_of(call, tariff)
        if left is not None:
            if least > left:
                raise BudgetExhaustedError("What this call may cost does not pay for it.")
            worst = min(worst, left)
        target, origin = call.aim, call.origin
        return await self.books.hold(
            Claim(
                id=new_id(),
                call_id=call.id,
                attempt=call.attempt,
                scope=call.scope,
                provider=target.provider,
                model=target.model,
                asked_model=call.request.model,
                worst_nusd=worst,
                least_nusd=min(least, worst),
                worst_tokens=extent.input_tokens + extent.output_tokens,
                least_tokens=extent.input_tokens + extent.least_output_tokens,
                free=tariff is not None and tariff.free,
                unpriced=tariff is None,
                feature=origin.feature,
                conversation_id=origin.conversation_id,
                request_id=origin.request_id,
            )
        )
