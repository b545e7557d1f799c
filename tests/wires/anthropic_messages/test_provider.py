"""What the Anthropic provider does over HTTP beyond the contract of all providers."""

import pytest
from tests.wires.canned import Canned, provider

from chimera.kit.errors import UnsupportedParameterError
from chimera.llm import EmbeddingRequest, HealthStatus

PAGES = {
    "/v1/models?limit=1000": {"data": [{"id": "a"}], "has_more": True, "last_id": "a+1"},
    "/v1/models?limit=1000&after_id=a%2B1": {"data": [{"id": "b"}], "has_more": False, "last_id": "b"},
    "/v1/models?limit=1": {"data": [{"id": "a"}], "has_more": True},
}


@pytest.mark.parametrize("base", ["", "/v1", "/v1/"])
async def test_all_pages_of_models_are_read(base: str) -> None:
    canned = Canned(PAGES)
    async with provider("anthropic", canned, base=base) as anthropic:
        assert [card.name for card in await anthropic.models()] == ["a", "b"]
    assert {(asked.headers["x-api-key"], asked.headers["anthropic-version"]) for asked in canned.asked} == {
        ("sesame", "2023-06-01")
    }


async def test_a_list_that_never_ends_is_given_up_after_twenty_pages() -> None:
    again = {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}
    canned = Canned({"/v1/models?limit=1000": again, "/v1/models?limit=1000&after_id=a": again})
    async with provider("anthropic", canned) as anthropic:
        assert len(await anthropic.models()) == len(canned.asked) == 20


async def test_a_check_asks_for_one_model() -> None:
    canned = Canned(PAGES)
    async with provider("anthropic", canned) as anthropic:
        assert (await anthropic.check()).status is HealthStatus.OK
    assert [asked.path_qs for asked in canned.asked] == ["/v1/models?limit=1"]


async def test_embeddings_are_refused_without_asking() -> None:
    canned = Canned({})
    async with provider("anthropic", canned) as anthropic:
        with pytest.raises(UnsupportedParameterError):
            await anthropic.embed(EmbeddingRequest(model="claude-sonnet-5-5", texts=("a",)))
    assert canned.asked == []
