"""What the meter costs beside a provider that costs nothing: CPU time a call and a chunk, with books that only count.

`python -m benchmarks.meter`
"""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import aclosing
from time import process_time
from uuid import uuid4

from chimera.gateway.call import Call, Handler, Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.knowledge import Facts, Knowledge, Rates, flat
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.stages.meter import Meter
from chimera.kit.scope import Scope
from chimera.llm import (
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Message,
    ModelCard,
    Request,
    Started,
    Stream,
    Text,
    TextDelta,
    Usage,
    UsageReported,
)
from chimera.spend.claims import Claim, Entry, Grant

CALLS, CHUNKS, STREAMS, ROUNDS = 3_000, 50_000, 6, 5
CARD = ModelCard(name="m", context_tokens=400_000, output_tokens=128_000)
SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
TALK = "You are a helpful assistant. Answer in one sentence, and name your source. " * 8


class CountingBooks:
    """Grant everything, up to a budget that never binds."""

    def __init__(self) -> None:
        self.spent = 0

    async def hold(self, claim: Claim) -> Grant:
        return Grant(claim=claim, amount_nusd=claim.worst_nusd)

    async def settle(self, grant: Grant, entry: Entry) -> None:
        self.spent += entry.cost_nusd or 0

    def settle_later(self, grant: Grant, entry: Entry) -> None:
        self.spent += entry.cost_nusd or 0


def provider(content: Sequence[Event]) -> Handler:
    usage = UsageReported(usage=Usage(input_tokens=120, output_tokens=40, cached_tokens=64))
    events = (Started(id="r", model="m"), *content, usage, Finished(reason=FinishReason.STOP))

    async def answer(_call: Call) -> Stream:
        for event in events:
            yield event

    return answer


def metered(proceed: Handler) -> Handler:
    price = flat(Rates(input=1_250_000_000, cached_input=125_000_000, output=10_000_000_000))
    catalogue = Catalogue(
        {"p": (CARD,)}, knowledge={"p/m": Knowledge(facts=Facts(price=price), sources={"price": "a library 1.0"})}
    )
    meter = Meter(CountingBooks(), Tariffs(knowledge=lambda _scope, target: catalogue.knowledge.get(target.id)))
    return lambda call: meter(call, proceed)


async def hear(handler: Handler, calls: int) -> None:
    messages = tuple(Message(role=role, parts=(Text(text=TALK),)) for role in ("user", "assistant", "user"))
    request = Request(model="p/m", messages=messages)
    target = Target(provider="p", model="m", card=CARD)
    for _ in range(calls):
        call = new_call(SCOPE, request, patience_s=60).to(target)
        async with aclosing(handler(call)) as events:
            async for _event in events:
                pass


async def added_us(content: Sequence[Event], calls: int, *, per: int) -> float:
    """The least microseconds of CPU that the meter added, of several rounds of both."""
    bare = provider(content)
    handlers = (bare, metered(bare))
    least = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for which, handler in enumerate(handlers):
            gc.collect()
            begun = process_time()
            await hear(handler, calls)
            least[which] = min(least[which], process_time() - begun)
    return (least[1] - least[0]) / per * 1e6


async def main() -> None:
    one = [TextDelta(text="Hello.")]
    text = [TextDelta(text=" word")] * CHUNKS
    frames = [Forwarded(data=b"data: {}\n\n", text=" word")] * CHUNKS
    print(f"a call:             {await added_us(one, CALLS, per=CALLS):6.1f} us (at most 60)")
    print(f"a chunk, decoded:   {await added_us(text, STREAMS, per=STREAMS * CHUNKS):6.2f} us (at most 1)")
    print(f"a chunk, forwarded: {await added_us(frames, STREAMS, per=STREAMS * CHUNKS):6.2f} us (at most 1)")


if __name__ == "__main__":
    asyncio.run(main())
