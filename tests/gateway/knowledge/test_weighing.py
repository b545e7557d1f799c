"""Who is believed, fact by fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from tests.gateway.scripted import ScriptedProvider

from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.knowledge import FREE, SELF_HOSTED, Facts, Library, Rates, flat, weigh
from chimera.gateway.knowledge.compare import disagreements
from chimera.llm import Capabilities, ModelCard, ProviderConnectionError

CHEAP, DEAR = flat(Rates(input=1, output=2)), flat(Rates(input=10, output=20))


def test_the_operator_wins_over_all_and_the_provider_over_libraries_in_windows() -> None:
    known = weigh(
        configured=Facts(output_tokens=5),
        card=("p", Facts(context_tokens=100, output_tokens=50)),
        listed=("Chimera", Facts(context_tokens=200)),
        libraries=[
            ("one", Facts(context_tokens=300, price=CHEAP)),
            ("two", Facts(price=DEAR, knowledge_cutoff="2025-08")),
        ],
    )
    assert known.facts == Facts(context_tokens=100, output_tokens=5, price=CHEAP, knowledge_cutoff="2025-08")
    assert known.sources == {
        "context_tokens": "p",
        "output_tokens": "configuration",
        "price": "one",
        "knowledge_cutoff": "two",
    }


def test_where_libraries_differ_in_a_window_the_larger_one_stands() -> None:
    libraries = [("one", Facts(context_tokens=64_000)), ("two", Facts(context_tokens=1_000_000))]
    known = weigh(configured=None, card=None, listed=None, libraries=libraries)
    assert (known.facts.context_tokens, known.sources["context_tokens"]) == (1_000_000, "two")


def test_a_fact_that_is_false_is_known() -> None:
    known = weigh(configured=None, card=("p", Facts(tools=True)), listed=None, libraries=[("one", Facts(tools=False))])
    assert known.facts.tools is False


@dataclass
class Source:
    facts: dict[tuple[str, str], Facts]
    name: str = "library 1.0"
    asked: int = 0

    def about(self, vendor: str, model: str) -> Facts | None:
        self.asked += 1
        return self.facts.get((vendor, model))


def keeper(
    source: Source,
    *cards: ModelCard,
    static: Sequence[ModelCard] = (),
    vendors: dict[str, str] | None = None,
    configured: dict[str, Facts] | None = None,
) -> CatalogueKeeper:
    return CatalogueKeeper(
        providers={"p": ScriptedProvider("p", [], cards=cards)},
        static={"p": static},
        library=Library(
            open_sources=lambda: [source],
            vendors={"p": "vendor"} if vendors is None else vendors,
            configured=configured or {},
        ),
    )


async def test_a_library_completes_what_the_provider_does_not_tell() -> None:
    source = Source({("vendor", "m"): Facts(matched="m-1", context_tokens=9_000, price=CHEAP)})
    kept = keeper(source, ModelCard(name="m"), ModelCard(name="told", context_tokens=7))
    before = kept.current.targets()
    await kept.refresh()
    listed = {entry.id: entry for entry in kept.current.listed()}
    assert before == ()
    assert listed["p/m"].card.context_tokens == 9_000
    assert listed["p/m"].knowledge is not None
    assert listed["p/m"].knowledge.facts.price == CHEAP
    assert listed["p/m"].knowledge.sources["price"] == "library 1.0 (m-1)"
    assert listed["p/told"].card.context_tokens == 7
    assert kept.current.resolve("m") == listed["p/m"].target


@pytest.mark.parametrize(("told", "known"), [(2**63, 2**31 - 1), (0, None), (-5, None), (4096, 4096)])
async def test_a_window_is_what_a_window_can_be_whatever_a_server_says(told: int, known: int | None) -> None:
    kept = keeper(Source({}), ModelCard(name="m", context_tokens=told, output_tokens=told))
    await kept.refresh()
    card = kept.current.listed()[0].card
    assert (card.context_tokens, card.output_tokens) == (known, known)


async def test_a_library_is_asked_once_a_model_and_not_at_all_for_unknown_vendors() -> None:
    source = Source({})
    kept = keeper(source, ModelCard(name="m"))
    for _ in range(3):
        await kept.refresh()
    assert source.asked == 1
    elsewhere = keeper(other := Source({}), ModelCard(name="m"), vendors={})
    await elsewhere.refresh()
    assert other.asked == 0
    entry = elsewhere.current.describe("p/m")
    assert entry is not None
    assert entry.knowledge is not None
    assert entry.knowledge.facts.price is None


async def test_what_runs_at_home_is_free_and_says_so() -> None:
    kept = keeper(Source({}), ModelCard(name="m"), vendors={"p": SELF_HOSTED})
    await kept.refresh()
    entry = kept.current.describe("p/m")
    assert entry is not None
    assert entry.knowledge is not None
    assert entry.knowledge.facts.price == FREE
    assert entry.knowledge.sources["price"] == "self-hosted"


async def test_the_operator_completes_corrects_and_adds_models() -> None:
    configured = {"p/m": Facts(context_tokens=5), "p/own": Facts(output_tokens=6), "q/m": Facts(context_tokens=1)}
    source = Source({("vendor", "m"): Facts(context_tokens=9_000)})
    kept = keeper(source, ModelCard(name="m", context_tokens=8), configured=configured)
    assert [entry.id for entry in kept.current.listed()] == ["p/m", "p/own", "auto"]
    await kept.refresh()
    sizes = {entry.id: (entry.card.context_tokens, entry.card.output_tokens) for entry in kept.current.listed()}
    assert sizes == {"p/m": (5, None), "p/own": (None, 6), "auto": (5, 6)}


async def test_a_list_of_ours_is_completed_too_where_the_provider_does_not_answer() -> None:
    class Dead(ScriptedProvider):
        async def models(self) -> Sequence[ModelCard]:
            raise ProviderConnectionError("refused", provider="p")

    source = Source({("vendor", "m"): Facts(context_tokens=9_000)})
    kept = keeper(source, static=[ModelCard(name="m")])
    kept = CatalogueKeeper(providers={"p": Dead("p", [])}, static=kept.static, library=kept.library)
    await kept.refresh()
    entry = kept.current.describe("p/m")
    assert entry is not None
    assert entry.card.context_tokens == 9_000


async def test_the_length_of_vectors_is_no_length_of_an_answer() -> None:
    embedding = ModelCard(name="m", capabilities=Capabilities(chat=False, tools=False, embeddings=True))
    kept = keeper(Source({("vendor", "m"): Facts(output_tokens=1536)}), embedding)
    await kept.refresh()
    entry = kept.current.describe("p/m")
    assert entry is not None
    assert entry.card.output_tokens is None


async def test_those_who_know_a_model_are_heard_side_by_side() -> None:
    source = Source({("vendor", "m"): Facts(context_tokens=9_000, price=CHEAP)})
    kept = keeper(source, ModelCard(name="m", context_tokens=8_000), static=[ModelCard(name="m", context_tokens=8_000)])
    await kept.refresh()
    (found,) = disagreements(kept.said("p", "m"), datetime(2026, 11, 21, tzinfo=UTC))
    assert found.fact == "context_tokens"
    assert found.said == {"p": 8_000, "Chimera": 8_000, "library 1.0": 9_000}


@pytest.mark.parametrize(
    ("mine", "yours", "facts"),
    [
        (CHEAP, CHEAP, []),
        (CHEAP, DEAR, ["price.input", "price.output"]),
        (CHEAP, flat(Rates(input=1)), []),
        (CHEAP, flat(Rates(input=1, output=3)), ["price.output"]),
    ],
)
def test_prices_are_compared_rate_by_rate_where_both_have_one(mine: object, yours: object, facts: list[str]) -> None:
    said = [("one", Facts(price=mine)), ("two", Facts(price=yours))]
    assert [one.fact for one in disagreements(said, datetime(2026, 11, 21, tzinfo=UTC))] == facts
