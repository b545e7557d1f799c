"""What the Ollama provider does over HTTP beyond the contract of all providers."""

import pytest
from tests.wires.canned import Canned, provider

from chimera.llm import HealthStatus

TAGS = {"models": [{"name": f"model-{number}"} for number in range(9)]}
SHOWN = {"capabilities": ["completion"], "model_info": {"general.architecture": "a", "a.context_length": 4096}}


@pytest.mark.parametrize("base", ["", "/api"])
async def test_every_installed_model_is_described(base: str) -> None:
    canned = Canned({"/api/tags": TAGS, "/api/show": SHOWN})
    async with provider("ollama", canned, base=base) as ollama:
        cards = await ollama.models()
    assert [card.name for card in cards] == [model["name"] for model in TAGS["models"]]
    assert {card.context_tokens for card in cards} == {4096}
    assert len(canned.asked) == 10


async def test_models_that_nobody_describes_are_listed_all_the_same() -> None:
    async with provider("ollama", Canned({"/api/tags": TAGS})) as ollama:
        cards = await ollama.models()
    assert len(cards) == 9
    assert cards[0].context_tokens is None


async def test_a_check_asks_for_the_list() -> None:
    canned = Canned({"/api/tags": TAGS})
    async with provider("ollama", canned) as ollama:
        assert (await ollama.check()).status is HealthStatus.OK
    assert [asked.headers["authorization"] for asked in canned.asked] == ["Bearer sesame"]
