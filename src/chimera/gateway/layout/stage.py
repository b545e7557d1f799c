"""Lay a prompt out for its target's prompt cache, take out what says nothing, and see what the cache was worth."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.knowledge import Rates
from chimera.gateway.layout.arranging import marked, may_change, sorted_tools
from chimera.gateway.layout.blocks import blocks_of
from chimera.gateway.layout.compression import compressed
from chimera.gateway.layout.meter import SavingsMeter
from chimera.gateway.layout.minima import cache_rule
from chimera.kit.scope import Scope
from chimera.llm import Request, Stream, UsageReported
from chimera.policies.policy import Policy
from chimera.policies.sections.layout import LayoutPolicy

_MARKED_WIRE = "anthropic_messages"
# Longer conversations are compressed off the loop.
_LONG_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Layout:
    """Once per target. Where the caller's own words say more than ours can, they are sent as they are.

    Attributes:
        policy: What the caller's organisation decided.
        meter: Sees what the prompt caches were worth.
        wires: By provider, the wires whose requests it gets as they are: tells who takes Anthropic's marks.
        rates: What a target's input costs now, where that is known.
    """

    policy: Callable[[Scope], Awaitable[Policy]]
    meter: SavingsMeter
    wires: Mapping[str, Collection[str]]
    rates: Callable[[Target, int], Rates | None]

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = (await self.policy(call.scope)).layout
        if isinstance(call.request, Request):
            call = await self._arranged(call, call.request, policy)
        measured = policy.measure and isinstance(call.request, Request)
        stream = self._measured(call, proceed) if measured else proceed(call)
        async with aclosing(stream):
            async for event in stream:
                yield event

    async def _arranged(self, call: Call, request: Request, policy: LayoutPolicy) -> Call:
        if not (policy.auto or policy.compress) or not may_change(request):
            return call
        if policy.compress:
            long = len(request.messages) > _LONG_MESSAGES
            request = await asyncio.to_thread(compressed, request) if long else compressed(request)
        if policy.auto:
            request = sorted_tools(request)
            if _MARKED_WIRE in self.wires.get(call.aim.provider, ()):
                request = marked(request)
        return call if request is call.request else replace(call, request=request)

    async def _measured(self, call: Call, proceed: Handler) -> Stream:
        request, usage = call.request, None
        assert isinstance(request, Request), "nothing else has a layout"
        tenant, target = call.scope.tenant_id, call.aim
        share = self.meter.expected_share(tenant, target.id, blocks_of(request))
        async with aclosing(proceed(call)) as stream:
            async for event in stream:
                if isinstance(event, UsageReported):
                    usage = event.usage
                yield event
        if usage is not None:
            rule = cache_rule(target.id)
            rates = self.rates(target, usage.input_tokens)
            self.meter.note(tenant, share, usage, rates, rule.least_tokens if rule else 0)
