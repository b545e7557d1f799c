"""Train the router's estimate of difficulty from answers of a weak and a strong model to the same questions.

    python -m tools.train_router ../shared/data/routing/gsm8k_responses.csv

The data are RouteLLM's answers to GSM8K (Apache-2.0): 1,319 maths problems, and whether Mixtral 8x7B and GPT-4-1106 had
them right. Two ridge regressions, one a model, over counts of words and numbers and the local embedder's vector; only
weights leave this program, no text. `python -m benchmarks.router` measures what they are worth.
"""

import asyncio
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from chimera.gateway.routing.difficulty import WEIGHTS, Head, Weights, embedded
from chimera.gateway.routing.features import features
from chimera.kit.loading import load

Numbers = NDArray[np.float64]

# How much of the ridge's freedom the features have, and so the vectors: chosen in five folds from 0.02 to 0.3.
FREEDOM: Final = 0.05
QUANTILES: Final = 65


@dataclass(frozen=True, slots=True)
class Questions:
    """Texts, and whether the weak and the strong model answered each well (0 or 1)."""

    texts: Sequence[str]
    weak: Numbers
    strong: Numbers


def read_questions(path: Path) -> Questions:
    """Read a file of RouteLLM's: the question, then two columns of `True` and `False`."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    right = np.array([[row[1] == "True", row[2] == "True"] for row in rows], dtype=np.float64)
    return Questions([row[0] for row in rows], right[:, 0], right[:, 1])


def lexical_inputs(texts: Sequence[str]) -> Numbers:
    return np.array([features(text) for text in texts])


async def vectors_of(texts: Sequence[str]) -> tuple[str, Numbers]:
    """The local embedder's id, and a vector a text."""
    embedder = load("embedders", "wordpieces").connect()
    return embedder.id, np.array(await embedder.embed([embedded(text) for text in texts]), dtype=np.float64)


def fit_head(inputs: Numbers, blocks: Sequence[int], weak: Numbers, strong: Numbers) -> Head:
    """Fit both models' chances.

    Args:
        inputs: A row a question.
        blocks: How many columns belong together: each block has the same freedom, however many columns it has.
        weak: Whether the weak model was right.
        strong: Whether the strong one was.
    """
    means, scales = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    freedom = np.concatenate([np.full(size, np.sqrt(FREEDOM / size)) for size in blocks])
    standard = np.clip((inputs - means) / scales, -4, 4) * freedom
    right = np.stack([weak - weak.mean(), strong - strong.mean()], axis=1)
    solved = np.linalg.solve(standard.T @ standard + np.eye(len(freedom)), standard.T @ right) * freedom[:, None]
    return Head(means=_short(means), scales=_short(scales), weak=_short(solved[:, 0]), strong=_short(solved[:, 1]))


def gains(head: Head, inputs: Numbers, weights: tuple[float, float]) -> Numbers:
    """How much the strong model is expected to add to each answer; `weights` are both models' averages."""
    standard = np.clip((inputs - np.array(head.means)) / np.array(head.scales), -4, 4)
    gained: Numbers = weights[1] - weights[0] + standard @ (np.array(head.strong) - np.array(head.weak))
    return gained


def fit(questions: Questions, lexical: Numbers, vectors: Numbers, *, source: str, embedder: str) -> Weights:
    """Fit everything that is shipped."""
    weak, strong = questions.weak, questions.strong
    inputs = np.hstack([lexical, vectors])
    averages = float(weak.mean()), float(strong.mean())
    full = fit_head(inputs, (lexical.shape[1], vectors.shape[1]), weak, strong)
    gained = gains(full, inputs, averages) / (averages[1] - averages[0])
    return Weights(
        source=source,
        task="maths",
        weak=averages[0],
        strong=averages[1],
        embedder=embedder,
        lexical=fit_head(lexical, (lexical.shape[1],), weak, strong),
        full=full,
        gaps=_short(np.quantile(gained, np.linspace(0, 1, QUANTILES))),
    )


def _short(numbers: Numbers) -> list[float]:
    return [float(f"{number:.4g}") for number in numbers]


def main(path: Path) -> None:
    questions = read_questions(path)
    embedder, vectors = asyncio.run(vectors_of(questions.texts))
    source = f"RouteLLM's answers to GSM8K: {len(questions.texts)} problems, Mixtral 8x7B and GPT-4-1106"
    learned = fit(questions, lexical_inputs(questions.texts), vectors, source=source, embedder=embedder)
    WEIGHTS.write_bytes(msgspec.json.encode(learned) + b"\n")
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size:,} bytes from {len(questions.texts):,} questions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
