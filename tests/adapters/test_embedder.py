"""The local embedders, as they are built: what their vectors are worth, and how they behave under many at once."""

import asyncio
import sys
import time

import numpy as np
import pytest

from chimera.adapters.embedders import wordpieces
from chimera.adapters.embedders.minilm import MiniLM, connect
from chimera.bootstrap.cli.doctor.findings import Level
from chimera.bootstrap.cli.doctor.house import check_embedder
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.kit.errors import AppError


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return connect()


async def test_vectors_are_those_of_the_published_model(minilm: MiniLM) -> None:
    # Published on the model's page: the first sentence's vector begins so.
    (vector,) = await minilm.embed(["This is an example sentence"])
    assert np.allclose(vector[:4], [0.0677, 0.0635, 0.0487, 0.0793], atol=0.004)


async def test_who_leaves_early_does_not_disturb_the_others(minilm: MiniLM) -> None:
    asked = [asyncio.ensure_future(minilm.embed([f"question {number}"])) for number in range(30)]
    await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    expected = await minilm.embed([f"question {number}" for number in range(1, 30, 2)])
    heard = [answer[0] for answer in answers[1::2] if isinstance(answer, np.ndarray)]
    assert np.allclose((np.stack(heard) * expected).sum(axis=1), 1, atol=1e-4)


async def test_a_short_question_costs_few_milliseconds(minilm: MiniLM) -> None:
    await minilm.embed(["warm"])
    started = time.process_time()
    for number in range(40):
        await minilm.embed([f"how long does my transfer number {number} take to arrive"])
    assert (time.process_time() - started) / 40 < 0.010  # 2.5 ms on the reference machine


async def test_words_have_a_vector_before_the_loop_turns() -> None:
    words, turned = wordpieces.connect(), list[bool]()
    asyncio.get_running_loop().call_soon(turned.append, True)
    started = time.process_time()
    for number in range(100):
        await words.embed([f"{number} pens cost 30 dollars; how much do twelve of them cost? " * 16])
    assert (time.process_time() - started) / 100 < 0.005  # 0.4 ms on the reference machine
    assert not turned


async def test_where_its_tokenizer_is_not_installed_it_is_missing_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    monkeypatch.delitem(sys.modules, "chimera.adapters.embedders.minilm")
    with pytest.raises(AppError) as caught:
        await embedder_of()()
    assert caught.value.code == "embedder_missing"
    found = await check_embedder()
    assert (found.level, found.status) == (Level.NOTE, "not_installed")


async def test_it_is_loaded_once_for_all_who_need_it() -> None:
    open_embedder = embedder_of()
    first = asyncio.ensure_future(open_embedder())
    await asyncio.sleep(0)
    first.cancel()
    second, third = await asyncio.gather(open_embedder(), open_embedder())
    assert second is third
