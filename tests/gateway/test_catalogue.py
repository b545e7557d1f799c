"""Which models there are, and how a name becomes a target."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from tests.gateway.scripted import ScriptedProvider

from chimera.gateway.call import Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import UnknownModelError
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.routes import Routes
from chimera.kit.scope import Scope
from chimera.llm import (
    Health,
    HealthStatus,
    ModelCard,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    Request,
)

CATALOGUE = Catalogue(
    {
        "first": (ModelCard(name="shared"), ModelCard(name="alpha")),
        "second": (ModelCard(name="shared"), ModelCard(name="first/alpha")),
    }
)


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("first/alpha", "first/alpha"),
        ("alpha", "first/alpha"),
        ("shared", "first/shared"),
        ("second/shared", "second/shared"),
        ("second/first/alpha", "second/first/alpha"),
        ("second/unlisted", "second/unlisted"),
        ("first/ALPHA", "first/alpha"),
        ("first/alpha ", "first/alpha"),
        ("second/First/Alpha", "second/first/alpha"),
    ],
)
def test_a_name_is_an_id_or_the_first_providers_model_of_that_name(named: str, meant: str) -> None:
    target = CATALOGUE.resolve(named)
    assert target is not None
    assert target.id == meant


def test_models_that_differ_in_their_letters_alone_are_two() -> None:
    catalogue = Catalogue({"p": (ModelCard(name="Tiny"), ModelCard(name="tiny"))})
    found = [catalogue.resolve(name) for name in ("p/Tiny", "p/tiny", "p/TINY")]
    assert [target and target.id for target in found] == ["p/Tiny", "p/tiny", "p/TINY"]


@pytest.mark.parametrize("named", ["unknown", "nobody/alpha", "first/", "/alpha", ""])
def test_other_names_mean_nothing(named: str) -> None:
    assert CATALOGUE.resolve(named) is None


def routed(model: str, *, fallbacks: tuple[str, ...] = (), configured: dict[str, list[str]] | None = None) -> list[str]:
    scope = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
    call = new_call(scope, Request(model=model, messages=()), patience_s=1, fallbacks=fallbacks)
    routes = Routes(catalogue=lambda _scope: CATALOGUE, fallbacks=configured or {})
    return [target.id for target in routes.targets(call)]


async def test_fallbacks_of_the_request_come_before_the_configured_ones_and_none_twice() -> None:
    configured = {"alpha": ["second/shared", "nobody/x", "first/alpha"]}
    assert routed("first/alpha", fallbacks=("shared",), configured=configured) == [
        "first/alpha",
        "first/shared",
        "second/shared",
    ]


async def test_an_unknown_model_is_refused_though_fallbacks_are_known() -> None:
    with pytest.raises(UnknownModelError):
        routed("unknown", fallbacks=("shared",))


@dataclass
class Failing(ScriptedProvider):
    error: Exception | None = None

    async def models(self) -> Sequence[ModelCard]:
        if self.error:
            raise self.error
        await asyncio.Event().wait()
        return ()


KNOWN = ModelCard(name="known", context_tokens=1000)
REFUSED = ProviderConnectionError("refused", provider="p")


async def test_what_cannot_be_discovered_has_its_static_list() -> None:
    providers = {
        "well": ScriptedProvider("well", [], cards=(ModelCard(name="known"), ModelCard(name="new"))),
        "refusing": Failing("refusing", [], error=ProviderAuthenticationError("wrong key", provider="refusing")),
        "dead": Failing("dead", [], error=REFUSED),
        "silent": Failing("silent", []),
        "odd": Failing("odd", [], error=ValueError("a number of 5,000 digits")),
    }
    keeper = CatalogueKeeper(providers=providers, static=dict.fromkeys(providers, (KNOWN,)), patience_s=0.01)
    assert [target.id for target in keeper.current.targets()] == [f"{name}/known" for name in providers]
    await keeper.refresh()
    listed = [target.id for target in keeper.current.targets()]
    assert listed == ["well/known", "well/new", "refusing/known", "dead/known", "silent/known", "odd/known"]
    assert keeper.current.resolve("known") == Target(provider="well", model="known", card=KNOWN)
    health = {status.name: status.health.status for status in keeper.statuses() if status.health}
    assert health == {
        "well": HealthStatus.OK,
        "refusing": HealthStatus.UNAUTHENTICATED,
        "dead": HealthStatus.UNREACHABLE,
        "silent": HealthStatus.UNREACHABLE,
        "odd": HealthStatus.MISADDRESSED,
    }


@dataclass
class Wavering(ScriptedProvider):
    """Fails to list its models so often as it has errors left."""

    errors: list[ProviderError] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def models(self) -> Sequence[ModelCard]:
        if self.errors:
            raise self.errors.pop()
        self.answered.set()
        return self.cards


async def test_a_provider_that_fails_for_a_moment_keeps_its_models_and_one_that_stays_away_loses_them() -> None:
    provider = Wavering("p", [], cards=(ModelCard(name="found"),))
    keeper = CatalogueKeeper(providers={"p": provider}, static={})
    seen = []
    for failing in (False, True, True, True, False):
        provider.errors = [REFUSED] if failing else []
        await keeper.refresh()
        seen.append(len(keeper.current.targets()))
    assert seen == [1, 1, 1, 0, 1]


async def test_a_provider_that_failed_is_asked_again_soon_and_found_when_it_comes() -> None:
    provider = Wavering("p", [], cards=(ModelCard(name="found"),), errors=[REFUSED] * 5)
    keeper = CatalogueKeeper(providers={"p": provider}, static={}, every_s=3600, retry_s=0)
    watching = asyncio.ensure_future(keeper.run())
    async with asyncio.timeout(15):
        await provider.answered.wait()
    await asyncio.sleep(0)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert keeper.health("p") == Health(status=HealthStatus.OK)
