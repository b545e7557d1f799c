"""What runs beside the calls: it fails alone, and ends without a trace."""

import asyncio
from contextlib import aclosing

from prometheus_client import CollectorRegistry
from tests.gateway.caching.staged import Model, call

from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.caching.opening import open_caching
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.pipeline import compose
from chimera.kit.scope import Scope
from chimera.llm import ModelCard, fold
from chimera.policies.policy import Policy
from chimera.policies.sections.cache import CachePolicy

CATALOGUE = Catalogue({"p": (ModelCard(name="m"),)})


async def joining(_scope: Scope) -> Policy:
    return Policy(cache=CachePolicy(mode="join"))


async def failing() -> None:
    raise RuntimeError("a fault of ours")


async def test_what_fails_beside_the_calls_takes_nothing_with_it() -> None:
    async with open_caching(
        Backing(policy=joining), lambda _scope: CATALOGUE, CollectorRegistry(), memory_mb=1
    ) as caching:
        await asyncio.wait({caching.answers.spawn(failing())})
        handler = compose(caching.cache, caching.join, terminal=Model())
        async with aclosing(handler(call())) as events:
            assert fold([event async for event in events]).text == "It is so."


async def test_a_call_whose_client_left_before_it_began_ends_without_a_trace() -> None:
    model, asked = Model(), call()
    async with open_caching(
        Backing(policy=joining), lambda _scope: CATALOGUE, CollectorRegistry(), memory_mb=1
    ) as caching:
        flights = caching.join.flights
        flight, listener = flights.board(asked, lambda: model(asked))
        await flights.leave(asked.likeness, flight, listener)
        assert flights.in_flight() == 0
    assert model.calls == []
