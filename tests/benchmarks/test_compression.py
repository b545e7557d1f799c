"""Compression saves tokens where something is repeated, and no word of an answer goes with them."""

from itertools import islice
from pathlib import Path

import pytest
from benchmarks.compression import DATA, Case, dialogues, measure, retrieval, tools

from chimera.llm import Message, Request, Text


@pytest.fixture
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"the evaluation data is not at {DATA}")
    return DATA


@pytest.mark.parametrize(("kind", "saved"), [(retrieval, 0.35), (tools, 0.02), (dialogues, 0.0)])
def test_what_answers_a_question_survives(data: Path, kind: object, saved: float) -> None:
    effect = measure("some", list(islice(kind(data), 3)))  # type: ignore[operator]  # one of the three
    assert effect.saved_share >= saved
    assert (effect.survived, effect.answers > 0) == (1.0, True)


def test_a_block_said_twice_is_sent_once() -> None:
    block = "The harbour master is Ms Okafor, who has held the office since the storm of the year 1987. " * 3
    said = tuple(Message(role="user", parts=(Text(text=text),)) for text in (block, f"{block}\n\nWho?", "Well?"))
    effect = measure("one", [Case(request=Request(model="openai/gpt-5", messages=said), answers=("Okafor 1987",))])
    assert effect.saved_share > 0.2
    assert effect.survived == 1.0
