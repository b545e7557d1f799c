"""Lists of models against what can be asked, and the pipeline that obeys them. Whole surfaces: tests/surfaces."""

from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from tests.gateway.scripted import ScriptedProvider, saying

from chimera.gateway.access.admission import Lists, described, may_ask, visible
from chimera.gateway.access.stage import Allow
from chimera.gateway.call import Call, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.circuit import Breakers, CircuitRules
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.errors import ModelNotAllowedError, UnknownModelError
from chimera.gateway.lanes import Lanes
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.names import Names, Share
from chimera.gateway.pipeline import PipelineParts, pipeline
from chimera.gateway.routes import Routes
from chimera.gateway.stages.retry import Backoff, RetryBudgets
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import Message, ModelCard, ProviderOverloadError, Request, Stream, Text, fold

NAMES = Names(
    aliases={"quick": "first/mini", "pair-too": "pair"},
    deployments={"pair": (Share(model="first/mini"), Share(model="second/large"))},
)
CATALOGUE = Catalogue(
    {
        "first": (ModelCard(name="mini"), ModelCard(name="large"), ModelCard(name="second/large")),
        "second": (ModelCard(name="large"),),
    },
    names=NAMES,
)
FIRST = (("first/mini",),)


@pytest.mark.parametrize(
    ("patterns", "asked", "may"),
    [
        (["first/*"], "first/mini", True),
        (["first/*"], "first/unlisted", True),
        (["first/*"], "second/large", False),
        (["second/*"], "first/second/large", False),
        (["first/m*"], "first/large", False),
        (["*"], "second/large", True),
        (["first/mini"], "first/mini", True),
        (["first/mini"], "mini", True),
        (["first/mini"], "first/MINI", True),
        (["first/mini"], "first/mini-2", False),
        (["mini"], "first/mini", True),
        (["quick"], "first/mini", True),
        (["quick"], "quick", True),
        (["quick"], "first/large", False),
        (["first/mini"], "quick", True),
        (["first/large"], "quick", False),
        (["pair"], "second/large", True),
        (["pair"], "pair-too", True),
        (["first/mini"], "pair", True),
        (["first/large"], "pair", False),
        (["auto"], "first/mini", False),
        (["auto"], "auto", False),
        (["first/mini"], "auto", True),
        ([], "first/mini", False),
        (["first/mini"], "nobody/knows", False),
    ],
    ids=str,
)
def test_a_list_admits_ids_their_beginnings_and_what_names_stand_for(
    patterns: list[str], asked: str, *, may: bool
) -> None:
    assert may_ask(CATALOGUE, (tuple(patterns),), asked) is may


def test_each_of_several_lists_must_admit_a_model() -> None:
    lists: Lists = (("first/*",), ("second/*", "quick"))
    asked = ("first/mini", "first/large", "second/large")
    assert [may_ask(CATALOGUE, lists, model) for model in asked] == [True, False, False]


def test_what_may_not_be_asked_is_not_listed_nor_described() -> None:
    assert [entry.id for entry in visible(CATALOGUE, FIRST)] == ["first/mini", "auto", "quick", "pair-too", "pair"]
    assert [entry.id for entry in visible(CATALOGUE, (("second/*",),))] == ["second/large", "auto", "pair-too", "pair"]
    assert visible(CATALOGUE, ((),)) == ()
    assert described(CATALOGUE, FIRST, "second/large") is None
    assert described(CATALOGUE, (), "second/large") is not None


class House:
    """The pipeline over two providers; the second one answers."""

    def __init__(self, *first: object) -> None:
        self.first = ScriptedProvider("first", [first or saying("first")])  # type: ignore[list-item]  # a script
        self.second = ScriptedProvider("second", [saying("second")])
        self.routes = Routes(catalogue=lambda _scope: CATALOGUE, fallbacks={"first/mini": ["second/large"]})
        lanes = Lanes(limit=10, queue=0, patience_s=1)
        self.gateway = pipeline(
            PipelineParts(
                metrics=GatewayMetrics(CollectorRegistry()),
                routes=self.routes,
                tenant_lanes=lanes,
                provider_lanes=lanes,
                breakers=Breakers(CircuitRules(), clock=lambda: 0.0),
                backoff=Backoff(first_token_s=1, whole_s=1),
                retry_budgets=RetryBudgets(),
                wires={},
            ),
            terminal=Dispatch({"first": self.first, "second": self.second}),
        )

    async def ask(self, model: str, lists: Lists, *fallbacks: str) -> str:
        return (await fold_all(self.gateway(asking(model, lists, *fallbacks)))).text


async def fold_all(stream: Stream):
    return fold([event async for event in stream])


def asking(model: str, lists: Lists, *fallbacks: str) -> Call:
    scope = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset(), models=lists)
    request = Request(model=model, messages=(Message(role="user", parts=(Text(text="Hi"),)),))
    return new_call(scope, request, patience_s=5, fallbacks=fallbacks)


async def test_a_model_that_may_not_be_asked_is_refused_before_anybody_is_asked() -> None:
    house = House()
    for model in ("second/large", "large", "first/large"):
        with pytest.raises(ModelNotAllowedError):
            await house.ask(model, FIRST)
    assert not house.first.requests + house.second.requests
    assert await house.ask("mini", FIRST) == "first"


async def test_a_deployment_is_answered_by_those_of_it_that_may_be_asked() -> None:
    house = House()
    for _ in range(20):
        assert await house.ask("pair", (("second/*",),)) == "second"
    assert not house.first.requests


async def test_no_fallback_reaches_a_model_that_may_not_be_asked() -> None:
    overloaded = ProviderOverloadError("busy", provider="first")
    house = House(overloaded)
    assert await house.ask("first/mini", ()) == "second"
    assert await house.ask("first/mini", (("*",),)) == "second"
    asked = len(house.second.requests)
    for fallbacks in ((), ("second/large",), ("pair-too",)):
        with pytest.raises(AppError):
            await house.ask("first/mini", FIRST, *fallbacks)
    assert len(house.second.requests) == asked


async def test_nobody_is_told_of_models_that_they_may_not_ask() -> None:
    routes = Routes(catalogue=lambda _scope: CATALOGUE)
    with pytest.raises(UnknownModelError) as told:
        routes.targets(asking("secnd-large", ()))
    assert "second/large" in str(told.value)
    with pytest.raises(UnknownModelError) as hidden:
        routes.targets(asking("secnd-large", FIRST))
    assert "second/large" not in str(hidden.value)


async def test_who_is_bound_to_nothing_pays_nothing_for_it() -> None:
    def never() -> Catalogue:
        raise AssertionError("nobody needs to be asked")

    call, streams = asking("second/large", ()), []
    assert Allow(never)(call, lambda passed: streams.append(passed) or "stream") == "stream"  # type: ignore[arg-type,func-returns-value]  # told apart by identity
    assert streams == [call]
