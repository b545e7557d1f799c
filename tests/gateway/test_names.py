"""Aliases and deployments: what a name means, who is drawn, and what cannot be."""

from collections import Counter
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.call import new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.names import Names, Share, drawn
from chimera.gateway.routes import Routes
from chimera.kit.scope import Scope
from chimera.llm import Capabilities, ModelCard, Request

BLIND, SEEING = Capabilities(), Capabilities(images=True)
CARDS = {
    "openai": (
        ModelCard(name="gpt-5", capabilities=SEEING, context_tokens=400_000, output_tokens=128_000),
        ModelCard(name="gpt-4", context_tokens=8_192),
    ),
    "azure": (ModelCard(name="gpt-5-eu", capabilities=BLIND, context_tokens=300_000),),
}
NAMES = Names(
    aliases={"smart": "openai/gpt-5", "best": "smart", "gpt-4": "fast", "openai/gpt-4": "openai/gpt-5"},
    deployments={
        "fast": (
            Share(model="azure/gpt-5-eu"),
            Share(model="best", weight=3),
            Share(model="azure/spare", weight=0),
        )
    },
)
CATALOGUE = Catalogue(CARDS, names=NAMES)
PROVIDERS = {"openai", "azure"}
WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=12)


def shares(weights: list[int]) -> list[Share]:
    return [Share(model=str(index), weight=weight) for index, weight in enumerate(weights)]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("smart", "openai/gpt-5"),
        ("best", "openai/gpt-5"),
        ("openai/gpt-4", "openai/gpt-5"),
        ("fast", "openai/gpt-5"),
        ("gpt-4", "openai/gpt-5"),
        ("gpt-5-eu", "azure/gpt-5-eu"),
    ],
)
def test_a_name_means_a_model_and_a_deployment_its_largest_share(asked: str, meant: str) -> None:
    target = CATALOGUE.resolve(asked)
    assert target is not None
    assert target.id == meant


def test_names_are_listed_after_the_models_and_instead_of_those_whose_id_they_take() -> None:
    entries = {entry.id: entry for entry in CATALOGUE.listed()}
    assert list(entries) == ["openai/gpt-5", "azure/gpt-5-eu", "auto", "smart", "best", "gpt-4", "openai/gpt-4", "fast"]
    assert entries["best"].card == CARDS["openai"][0]
    assert entries["openai/gpt-4"].target.id == "openai/gpt-5"
    fast = entries["fast"]
    assert [(share.model, share.weight) for share in fast.shares] == [
        ("azure/gpt-5-eu", 1),
        ("openai/gpt-5", 3),
        ("azure/spare", 0),
    ]
    assert fast.card == ModelCard(name="fast", capabilities=BLIND, context_tokens=300_000, output_tokens=128_000)


def test_names_are_listed_although_no_provider_lists_what_they_stand_for() -> None:
    unlisted = Names(
        aliases={"new": "openai/gpt-6"},
        deployments={
            "both": (Share(model="openai/gpt-6", weight=3), Share(model="azure/gpt-5-eu")),
            "neither": (Share(model="openai/gpt-6"), Share(model="azure/gpt-6")),
        },
    )
    catalogue = Catalogue(CARDS, names=unlisted)
    entries = {entry.id: entry.card for entry in catalogue.listed() if entry.id in unlisted}
    assert list(entries) == ["new", "both", "neither"]
    assert entries["new"] == ModelCard(name="gpt-6")
    assert entries["both"].context_tokens == 300_000
    assert entries["neither"] == ModelCard(name="neither")
    assert catalogue.describe("openai/gpt-6") is None
    assert catalogue.describe("nobody") is None


def test_what_is_kept_is_the_name_and_not_what_it_means_today() -> None:
    assert [CATALOGUE.named(model) for model in ("fast", "best", "gpt-5", "nobody")] == [
        "fast",
        "best",
        "openai/gpt-5",
        None,
    ]


def test_a_name_may_have_been_meant() -> None:
    assert "smart" in CATALOGUE.similar("smrat")


def routes(*, fallbacks: dict[str, list[str]] | None = None, seed: int = 0) -> Routes:
    return Routes(catalogue=lambda _scope: CATALOGUE, fallbacks=fallbacks or {}, random=Random(seed))


def asked_for(model: str, given: Routes, *more: str) -> list[str]:
    scope = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
    call = new_call(scope, Request(model=model, messages=()), patience_s=1, fallbacks=more)
    return [target.id for target in given.targets(call)]


async def test_a_deployment_stands_for_all_its_models_and_the_spare_one_comes_last() -> None:
    given = routes()
    found = Counter(tuple(asked_for("fast", given)) for _ in range(400))
    assert {targets[-1] for targets in found} == {"azure/spare"}
    assert all(len(set(targets)) == 3 for targets in found)
    assert 260 < found[("openai/gpt-5", "azure/gpt-5-eu", "azure/spare")] < 340


async def test_fallbacks_may_be_names_and_may_be_given_for_names() -> None:
    given = routes(fallbacks={"smart": ["fast"], "fast": ["openai/gpt-4o"]})
    assert sorted(asked_for("smart", given)) == ["azure/gpt-5-eu", "azure/spare", "openai/gpt-5"]
    assert asked_for("fast", given)[-1] == "openai/gpt-4o"
    assert asked_for("azure/gpt-5-eu", given, "best") == ["azure/gpt-5-eu", "openai/gpt-5"]


async def test_the_same_seed_draws_the_same() -> None:
    one, two = routes(seed=7), routes(seed=7)
    assert [asked_for("fast", one) for _ in range(20)] == [asked_for("fast", two) for _ in range(20)]


@given(WEIGHTS, st.integers())
def test_every_model_is_drawn_once_and_those_without_weight_last(weights: list[int], seed: int) -> None:
    found = drawn(shares(weights), Random(seed))
    assert sorted(found, key=int) == [str(index) for index in range(len(weights))]
    heavy = sum(weight > 0 for weight in weights)
    assert all(weights[int(model)] > 0 for model in found[:heavy])
    assert found[heavy:] == [str(index) for index, weight in enumerate(weights) if weight == 0]


@pytest.mark.parametrize("weights", [[3, 1], [1, 1, 1], [10, 5, 1, 1], [1, 99]])
def test_draws_match_their_weights(weights: list[int]) -> None:
    times, random = 20_000, Random(11)
    found = Counter(drawn(shares(weights), random)[0] for _ in range(times))
    expected = [times * weight / sum(weights) for weight in weights]
    chi_square = sum((found[str(index)] - wanted) ** 2 / wanted for index, wanted in enumerate(expected))
    # Of chi-square with 1, 2 and 3 degrees of freedom one in ten thousand is larger.
    assert chi_square < {1: 15.1, 2: 18.4, 3: 21.1}[len(weights) - 1]


def test_the_second_is_drawn_by_weight_among_those_that_are_left() -> None:
    random = Random(5)
    seconds = Counter(drawn(shares([1000, 3, 1]), random)[1] for _ in range(4_000))
    assert seconds["1"] / (seconds["1"] + seconds["2"]) == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (Names(aliases={"a": "a"}), "'a' leads back to itself"),
        (Names(aliases={"a": "b", "b": "c", "c": "a"}), "'b' leads back to itself"),
        (Names(aliases={"a": "gpt-5"}), "no model's id. Write `provider/model`; there are: azure, openai"),
        (Names(aliases={"a": "groq/llama"}), "no provider 'groq' is configured"),
        (Names(aliases={"a": "openai/"}), "no model's id"),
        (
            Names(aliases={"x": "openai/m"}, deployments={"x": (Share(model="openai/n"),)}),
            "both an alias and a deployment",
        ),
        (Names(deployments={"d": (Share(model="openai/m", weight=0),)}), "no model with a weight"),
        (Names(deployments={"d": (Share(model="openai/m"), Share(model="openai/m"))}), "names openai/m twice"),
        (Names(deployments={"d": (Share(model="e"),), "e": (Share(model="openai/m"),)}), "holds the deployment 'e'"),
        (Names(aliases={"a": "d"}, deployments={"d": (Share(model="a"),)}), "holds the deployment 'd'"),
        (Names(deployments={"d": (Share(model="groq/m"),)}), "no provider 'groq'"),
    ],
)
def test_names_that_lead_nowhere_are_told(names: Names, fault: str) -> None:
    assert any(fault in told for told in names.faults(PROVIDERS))


def test_names_that_lead_somewhere_are_not() -> None:
    assert NAMES.faults(PROVIDERS) == []


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["a", "b", "c", "d", "e", "f", "openai/m"])),
    st.dictionaries(st.sampled_from("cdxyz"), WEIGHTS.map(lambda weights: tuple(shares(weights)))),
)
def test_any_tangle_of_names_is_looked_at_without_end(
    aliases: dict[str, str], deployments: dict[str, tuple[Share, ...]]
) -> None:
    names = Names(aliases=aliases, deployments=deployments)
    faults = names.faults(PROVIDERS)
    for name in names:
        assert names.shares(name)
        if not faults:
            assert all(share.model.partition("/")[0] in PROVIDERS for share in names.shares(name))
