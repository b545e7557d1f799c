"""Lay a prompt out for its target's prompt cache, take out what says nothing, and see what the cache was worth."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler, Target, wires_of
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
    rates: Callable[[Scope, Target, int], Rates | None]

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        if not isinstance(call.request, Request):
            return proceed(call)
        policy = call.trail.policy
        if policy is None or policy.layout.compress:
            return self._compressed(call, call.request, proceed)
        return self._arranged(call, call.request, proceed, policy.layout)

    async def _compressed(self, call: Call, request: Request, proceed: Handler) -> Stream:
        policy = (await self.policy(call.scope)).layout
        if policy.compress and may_change(request):
            long = len(request.messages) > _LONG_MESSAGES
            request = await asyncio.to_thread(compressed, request) if long else compressed(request)
        async with aclosing(self._arranged(call, request, proceed, policy)) as stream:
            async for event in stream:
                yield event

    def _arranged(self, call: Call, request: Request, proceed: Handler, policy: LayoutPolicy) -> Stream:
        if policy.auto and may_change(request):
            request = sorted_tools(request)
            if _MARKED_WIRE in wires_of(call.aim, self.wires):
                request = marked(request)
        if request is not call.request:
            call = replace(call, request=request)
        return self._measured(call, request, proceed) if policy.measure else proceed(call)

    async def _measured(self, call: Call, request: Request, proceed: Handler) -> Stream:
        usage = None
        tenant, target = call.scope.tenant_id, call.aim
        share = self.meter.expected_share(tenant, target.id, blocks_of(request))
        async with aclosing(proceed(call)) as stream:
            async for event in stream:
                if isinstance(event, UsageReported):
                    usage = event.usage
                yield event
        if usage is not None:
            rule = cache_rule(target.id)
            rates = self.rates(call.scope, target, usage.input_tokens)
            self.meter.note(tenant, share, usage, rates, rule.least_tokens if rule else 0)
