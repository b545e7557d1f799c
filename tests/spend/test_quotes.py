"""Prices for advice."""

from tests.gateway.metering.price_lists import flat

from chimera.bootstrap.parts.reporting.money import CatalogueQuotes
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.knowledge import Facts, Knowledge
from chimera.llm import ModelCard, Usage


def test_a_demonstration_is_never_quoted_as_a_cheaper_model() -> None:
    keeper = CatalogueKeeper(providers={}, static={})
    free = Knowledge(facts=Facts(price=flat(input="0", output="0")))
    cards = (ModelCard(name="tiny", demonstration=True), ModelCard(name="mine"))
    keeper.current = Catalogue({"local": cards}, {"local/tiny": free, "local/mine": free})
    quotes = CatalogueQuotes(keeper=keeper)
    told = [quotes.cost_nusd(model, Usage(input_tokens=9), input_tokens=9) for model in ("local/tiny", "local/mine")]
    assert told == [None, 0]
