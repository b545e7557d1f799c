"""One model at one price behind the meter, for tests that look at what is held and what is written."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from tests.gateway.metering.books import MemoryBooks
from tests.gateway.scripted import ScriptedProvider

from chimera.gateway.call import Call, Handler, Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.knowledge import Facts, Knowledge, Price, Rates, flat
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.pipeline import compose
from chimera.gateway.stages.meter import Meter
from chimera.kit.scope import Scope
from chimera.llm import Event, Message, ModelCard, Original, ProviderError, Request, Sampling, Text

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)
# One nano-USD a token read, ten a token written: what things cost can be seen.
PRICE = flat(Rates(input=1_000_000, output=10_000_000, cached_input=100_000))
CARD = ModelCard(name="m", context_tokens=100_000, output_tokens=1_000)


def question(text: str = "How old?", *, most: int | None = None, original: Original | None = None) -> Request:
    asked = Message(role="user", parts=(Text(text=text),))
    return Request(model="m", messages=(asked,), sampling=Sampling(max_output_tokens=most), original=original)


def words(*, stream: bool = True, wire: str = "openai_chat", **fields: object) -> Original:
    raws = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in fields.items()}
    return Original(wire=wire, fields=raws, stream=stream)


@dataclass
class Rig:
    """The meter over a scripted provider."""

    books: MemoryBooks = field(default_factory=MemoryBooks)
    price: Price | None = PRICE
    source: str = "test 1"
    discounts: dict[str, int] = field(default_factory=dict)
    model: str = "m"

    def provider(self, *scripts: Sequence[Event | ProviderError | str]) -> ScriptedProvider:
        return ScriptedProvider("p", scripts, cards=(CARD,))

    @property
    def catalogue(self) -> Catalogue:
        known = Knowledge(facts=Facts(price=self.price), sources={"price": self.source})
        return Catalogue({"p": (CARD,)}, knowledge={f"p/{self.model}": known})

    def meter(self) -> Meter:
        catalogue = self.catalogue
        tariffs = Tariffs(knowledge=lambda _scope, target: catalogue.knowledge.get(target.id), discounts=self.discounts)
        return Meter(self.books, tariffs, clock=lambda: MOMENT)

    def handler(self, provider: ScriptedProvider) -> Handler:
        return compose(self.meter(), terminal=Dispatch({"p": provider}))

    def call(self, request: Request) -> Call:
        return new_call(SCOPE, request, patience_s=30).to(Target(provider="p", model=self.model, card=CARD))

    async def hear(self, provider: ScriptedProvider, call: Call) -> list[Event]:
        async with aclosing(self.handler(provider)(replace(call))) as events:
            return [event async for event in events]
