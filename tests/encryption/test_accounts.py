"""Calls of an organisation go to its own accounts at providers, and nobody else's do."""

from collections.abc import AsyncGenerator

import pytest

from tests.encryption.towns import HOUSE, OURS, THEIRS, Town, chat, models, town_of


@pytest.fixture
async def town(sqlite_url: str) -> AsyncGenerator[Town]:
    async with town_of(sqlite_url, "openai") as found:
        yield found


async def test_each_organisation_s_calls_go_with_its_own_key_and_those_of_others_with_the_house_s(town: Town) -> None:
    await town.connect(town.ours, OURS)
    await town.connect(town.theirs, THEIRS)
    since = len(town.fake.requests)
    for who, key in ((town.ours, OURS), (town.theirs, THEIRS), (town.others, HOUSE), (town.ours, OURS)):
        for ask in ({}, {"stream": True}):
            answer = await chat(who, **ask)
            assert answer.status_code == 200, answer.text
            assert town.shown(since)[-1] == key
        asked = await who.post("/v1/embeddings", json={"model": "openai/text-embedding-3-small", "input": "a"})
        assert asked.status_code == 200, asked.text
        assert town.shown(since)[-1] == key


async def test_its_models_are_listed_for_it_alone(town: Town) -> None:
    before = await models(town.others)
    await town.connect(town.ours, OURS, name="vllm", kind="openai_compatible", provider="ours")
    seen = await models(town.ours)
    assert any(model.startswith("ours/") for model in seen)
    assert seen > before == await models(town.others) == await models(town.theirs)
    mine = next(model for model in seen if model.startswith("ours/"))
    assert (await chat(town.ours, mine)).status_code == 200
    refused = await chat(town.theirs, mine)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")
