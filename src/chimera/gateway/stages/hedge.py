"""Ask a second time when the first token takes unusually long, and take whoever answers first."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from chimera.gateway.call import Call, Handler, Step, Target
from chimera.gateway.resilience.hedging import HedgeBudgets
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.watch import kind_of
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import Event, ProviderError, Request, Stream
from chimera.policies.policy import Policy

LOST = "outrun"
"""Outcome of an attempt that another one was quicker than."""


@dataclass(frozen=True, slots=True)
class Hedge:
    """Dean and Barroso, The tail at scale, 2013: a second request after the 95th percentile costs 5 % more calls.

    The percentile is the target's own, of answers seen here; before there are enough of them nothing is hedged. The
    second target is the next of the call that can do as much as the first, else the first once more. Both attempts are
    in trail and ledger. Relays are never hedged: what they do may not be undone.

    Attributes:
        policy: What share of its calls the caller's organisation would have hedged.
        others: Who may answer a call, best first.
        is_priced: Whether it is known what a target costs.
    """

    policy: Callable[[Scope], Awaitable[Policy]]
    loads: Loads
    others: Callable[[Call], Sequence[Target]]
    is_priced: Callable[[Scope, Target], bool]
    budgets: HedgeBudgets = field(default_factory=HedgeBudgets)

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = call.trail.policy
        is_wanted = (policy is None or policy.resilience.hedge_share > 0) and call.wishes.most_nusd is None
        return self._hedged(call, proceed) if is_wanted and isinstance(call.request, Request) else proceed(call)

    async def _hedged(self, call: Call, proceed: Handler) -> Stream:
        wait_s = await self._wait_s(call)
        if wait_s is None:
            async with aclosing(proceed(call)) as stream:
                async for event in stream:
                    yield event
            return
        racers = [_Racer(call, proceed)]
        try:
            winner = await self._won(racers, proceed, wait_s)
            for loser in [racer for racer in racers if racer is not winner]:
                await loser.leave()
                call.trail.steps.append(Step(target=loser.call.aim, attempt=loser.call.attempt, outcome=LOST))
            call.trail.answered_by = winner.call.aim
            yield winner.first.result()
            async for event in winner.stream:
                yield event
        finally:
            for racer in racers:
                await racer.leave()

    async def _wait_s(self, call: Call) -> float | None:
        if not isinstance(call.request, Request):
            return None
        share = (await self.policy(call.scope)).resilience.hedge_share
        if not share:
            return None
        self.budgets.earn(call.scope.tenant_id, share)
        return self.loads.of(call.aim.key).p95_s(kind_of(call.request))

    async def _won(self, racers: list["_Racer"], proceed: Handler, wait_s: float) -> "_Racer":
        """The racer with the first first event; racers that fail drop out, and the first one's error is raised last.

        Raises:
            ProviderError: when all failed.
        """
        (only,) = racers
        done, _ = await asyncio.wait({only.first}, timeout=wait_s)
        if done:
            only.first.result()
            return only
        second = self._second(only.call)
        if second is not None and self.budgets.spend(only.call.scope.tenant_id):
            # What the house refuses the second one, money above all, is no word on the first.
            with suppress(AppError):
                racers.append(_Racer(await only.call.fitted_to(second), proceed))
        running = {racer.first: racer for racer in racers}
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            # Of two that came together, the one that was asked first.
            for racer in [racer for racer in racers if racer.first in done]:
                error = racer.first.exception()
                if error is None:
                    return racer
                if not isinstance(error, ProviderError if racer is racers[0] else AppError):
                    raise error
                del running[racer.first]
                await racer.leave()
        failed = racers.copy()
        racers.clear()
        raise failed[0].first.exception() or AssertionError("all failed")

    def _second(self, call: Call) -> Target | None:
        """Whom to ask as well; `None` where nobody's price is known."""
        able = (other for other in self.others(call) if other.key != call.aim.key and _can_as_much(other, call.aim))
        return next(
            (
                one
                for one in (*able, call.aim)
                if self.is_priced(call.scope, one) and not self.loads.is_resting(one.key)
            ),
            None,
        )


class _Racer:
    """One of the attempts, waiting for its first event in a task of its own."""

    def __init__(self, call: Call, proceed: Handler) -> None:
        self.call = call
        self.stream = proceed(call)
        self.first: asyncio.Task[Event] = asyncio.ensure_future(anext(self.stream))

    async def leave(self) -> None:
        """Stop, and close what is open below. Does nothing a second time."""
        if not self.first.done():
            self.first.cancel()
            await asyncio.wait({self.first})
        if not self.first.cancelled():
            self.first.exception()  # looked at, so that nobody warns of it
        await self.stream.aclose()


def _can_as_much(other: Target, first: Target) -> bool:
    """Whether what was fitted to one target suits another as well."""
    one, two = first.card, other.card
    if one is None or two is None:
        return False
    able, needed = two.capabilities, one.capabilities
    if any(getattr(needed, name) and not getattr(able, name) for name in needed.__struct_fields__):
        return False
    return all(
        mine is None or (theirs is not None and theirs >= mine)
        for mine, theirs in ((one.context_tokens, two.context_tokens), (one.output_tokens, two.output_tokens))
    )
