"""What the Gemini provider does over HTTP beyond the contract of all providers."""

import pytest
from tests.wires.canned import Canned, provider

from chimera.llm import EmbeddingRequest, ProviderAnswerError

MODEL = {"name": "models/a", "supportedGenerationMethods": ["generateContent"]}
OTHER = {"name": "models/b", "supportedGenerationMethods": ["generateContent"]}


@pytest.mark.parametrize(("base", "version"), [("", "v1beta"), ("/v1beta", "v1beta"), ("/v1", "v1")])
async def test_all_pages_of_models_are_read(base: str, version: str) -> None:
    canned = Canned(
        {
            f"/{version}/models?pageSize=1000": {"models": [MODEL], "nextPageToken": "t+2"},
            f"/{version}/models?pageSize=1000&pageToken=t%2B2": {"models": [OTHER]},
        }
    )
    async with provider("gemini", canned, base=base) as gemini:
        assert [card.name for card in await gemini.models()] == ["a", "b"]
    assert {asked.headers["x-goog-api-key"] for asked in canned.asked} == {"sesame"}


async def test_many_texts_are_embedded_in_batches_and_keep_their_order() -> None:
    canned = Canned({"/v1beta/models/e:batchEmbedContents": {"embeddings": [{"values": [1.0]}] * 100}})
    async with provider("gemini", canned) as gemini:
        answer = await gemini.embed(EmbeddingRequest(model="models/e", texts=("a",) * 200))
    assert (len(answer.vectors), len(canned.asked)) == (200, 2)


async def test_a_list_that_is_none_is_a_malformed_answer() -> None:
    async with provider("gemini", Canned({"/v1beta/models?pageSize=1000": {"models": 7}})) as gemini:
        with pytest.raises(ProviderAnswerError):
            await gemini.models()
