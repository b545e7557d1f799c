"""Refuse what cannot fit into the target's context window, before it is sent."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.tokens import TokenCount, count, estimate, upper_bound
from chimera.llm import ContextTooLongError, Request, Stream


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """Raises `ContextTooLongError` for a request that with its answer is longer than the target's window.

    What is only estimated is refused when it is too long by the lowest reading; the provider has the last word on the
    rest. A request that fits by its bound, as nearly all do, passes without being counted and without another layer
    around its stream.
    """

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        window = call.aim.card.context_tokens if call.aim.card else None
        request = call.request
        if window is None or not isinstance(request, Request):
            return proceed(call)
        bound = upper_bound(request)
        if bound is not None and bound + _asked(request) <= window:
            return proceed(call)
        return _examined(call, request, window, proceed)


async def _examined(call: Call, request: Request, window: int, proceed: Handler) -> Stream:
    # Off the loop: a long conversation takes milliseconds, a vocabulary a quarter of a second to load.
    counted = await asyncio.to_thread(_count, request, call.aim.model, window)
    if counted.at_least + _asked(request) > window:
        raise _refusal(request, call.aim, counted, window)
    async with aclosing(proceed(call)) as stream:
        async for event in stream:
            yield event


def _asked(request: Request) -> int:
    return request.sampling.max_output_tokens or 0


def _count(request: Request, model: str, window: int) -> TokenCount:
    """Count as exactly as the question needs."""
    rough = estimate(request, model)
    return rough if rough.at_most + _asked(request) <= window else count(request, model)


def _refusal(request: Request, target: Target, counted: TokenCount, window: int) -> ContextTooLongError:
    asked = _asked(request)
    about = "" if counted.exact else "about "
    answer = f" and asks for an answer of up to {asked:,} more" if asked else ""
    advice = "Shorten the conversation, ask for a shorter answer," if asked else "Shorten the conversation"
    return ContextTooLongError(
        f"The conversation has {about}{counted.tokens:,} tokens{answer}; {target.id} takes {window:,} in all. "
        f"{advice} or choose a model with a larger context window.",
        provider=target.provider,
    )
