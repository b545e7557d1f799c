"""Refuse what cannot fit into the target's context window, before it is sent; ask for no more than it can write."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.tokens import Factors, TokenCount, count, count_alone, estimate, upper_bound
from chimera.llm import ContextTooLongError, EmbeddingRequest, RelayRequest, Request, Stream


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """Raises `ContextTooLongError` for a request that with its answer is longer than the target's window.

    Each text to embed must fit by itself. What is only estimated is refused when it is too long by the lowest reading;
    the provider has the last word on the rest. A request that fits by its bound, as nearly all do, passes without being
    counted and without another layer around its stream.

    Attributes:
        factors: What was learned of how a model of a provider counts.
    """

    factors: Callable[[str, str], Factors] = lambda _provider, _model: {}

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        call = _fitted(call)
        window = call.aim.card.context_tokens if call.aim.card else None
        if window is None:
            return proceed(call)
        match call.request:
            case Request() as request:
                bound = upper_bound(call.content_of(request))
                if bound is not None and bound + _asked(request) <= window:
                    return proceed(call)
            case EmbeddingRequest() as request:
                if all(len(text) * _BYTES_A_CHARACTER <= window for text in request.texts):
                    return proceed(call)
            case RelayRequest():
                return proceed(call)
        return self._examined(call, window, proceed)

    async def _examined(self, call: Call, window: int, proceed: Handler) -> Stream:
        # Off the loop: a long conversation takes milliseconds, a vocabulary a quarter of a second to load.
        factors = self.factors(call.aim.provider, call.aim.model)
        refusal = await asyncio.to_thread(_refusal, call, window, factors)
        if refusal is not None:
            raise ContextTooLongError(refusal, provider=call.aim.provider)
        async with aclosing(proceed(call)) as stream:
            async for event in stream:
                yield event


# Every byte may be a token.
_BYTES_A_CHARACTER = 4


def _fitted(call: Call) -> Call:
    """Ask for no longer an answer than the model can write.

    Where the limit must be named (Anthropic's API), clients name the most that their usual model can; providers of
    other models refuse it. What is forwarded stays as its caller worded it.
    """
    request, most = call.request, call.aim.card.output_tokens if call.aim.card else None
    if most is None or not isinstance(request, Request) or _asked(request) <= most:
        return call
    return replace(call, request=replace(request, sampling=replace(request.sampling, max_output_tokens=most)))


def _asked(request: Request) -> int:
    return request.sampling.max_output_tokens or 0


def _refusal(call: Call, window: int, factors: Factors) -> str | None:
    """Why the request cannot fit, if so."""
    if isinstance(call.request, EmbeddingRequest):
        return _refusal_of_texts(call.request, call.aim, window, factors)
    assert isinstance(call.request, Request), "what is relayed is not counted"
    return _refusal_of_conversation(call.request, call.aim, window, factors)


def _refusal_of_conversation(request: Request, target: Target, window: int, factors: Factors) -> str | None:
    asked = _asked(request)
    # As exactly as the question needs.
    counted = estimate(request, target.model, factors)
    if counted.at_most + asked > window:
        counted = count(request, target.model, factors)
    if counted.at_least + asked <= window:
        return None
    answer = f" and asks for an answer of up to {asked:,} more" if asked else ""
    advice = "Shorten the conversation, ask for a shorter answer," if asked else "Shorten the conversation"
    return (
        f"The conversation has {_told(counted)} tokens{answer}; {target.id} takes {window:,} in all. "
        f"{advice} or choose a model with a larger context window."
    )


def _refusal_of_texts(request: EmbeddingRequest, target: Target, window: int, factors: Factors) -> str | None:
    for number, text in enumerate(request.texts, 1):
        if len(text.encode("utf-8", "surrogatepass")) <= window:
            continue
        counted = count_alone(text, target.model, factors)
        if counted.at_least > window:
            which = f"Text {number} of {len(request.texts)}" if len(request.texts) > 1 else "The text"
            return (
                f"{which} has {_told(counted)} tokens; {target.id} takes {window:,} a text. "
                "Split it, or choose a model with a larger context window."
            )
    return None


def _told(counted: TokenCount) -> str:
    return f"{counted.tokens:,}" if counted.exact else f"about {counted.tokens:,}"
