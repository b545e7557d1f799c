"""What the semantic cache saves, and how often it is wrong: `python -m benchmarks.semantic_cache`.

banking77 as a stream in seeded random order, the intent as the answer, an empty cache at the start. Whether a known
answer would have been right is learned as in service: from questions that were asked anew, 5 % of what could have been
answered among them. An audited question counts as a miss.
"""

import argparse
import asyncio
import csv
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from statistics import mean
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chimera.bootstrap.parts.embedder import embedder_of
from chimera.gateway.caching.embedder import Embedder
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.semantic.library import Library
from chimera.gateway.caching.similar import Asked, SimilarAnswers
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason, TextDelta, Usage

DATA = Path(__file__).parent.parent.parent / "shared/data/cache"
SCOPE = Scope(tenant_id=UUID(int=1), actor_id=UUID(int=2), permissions=frozenset())
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTITION = b"one partition"


@dataclass(slots=True)
class Remembered:
    """An embedder whose vectors were computed before, so that many runs cost one embedding."""

    embedder: Embedder
    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.embedder.id

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = sorted({text for text in texts if text not in self.vectors}, key=len)
        if new:
            self.vectors.update(zip(new, await self.embedder.embed(new), strict=True))
        return np.stack([self.vectors[text] for text in texts])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One stream: shares of all questions that were answered, and of these, that were wrong."""

    hits: float
    wrong: float
    later_hits: float
    later_wrong: float
    why: Counter[str]


def banking77(folder: Path = DATA) -> list[tuple[str, str]]:
    """Questions with their intents; empty where the data set is not at hand."""
    files = [folder / "banking77_train.csv", folder / "banking77_test.csv"]
    if not all(file.is_file() for file in files):
        return []
    return [(text, intent) for file in files for text, intent in list(csv.reader(file.open("r", encoding="utf-8")))[1:]]


def entry_of(key: bytes, answer: str) -> Entry:
    return Entry(
        id=UUID(bytes=blake2b(key, digest_size=16).digest()),
        tenant_id=SCOPE.tenant_id,
        owner_id=None,
        partition=PARTITION,
        key=key,
        provider="fake",
        model="fake",
        named="fake",
        lost=(),
        events=(TextDelta(text=answer), Finished(reason=FinishReason.STOP)),
        usage=Usage(),
        cost_nusd=0,
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


async def stream(rows: Iterable[tuple[str, str]], similar: SimilarAnswers, max_wrong: float) -> Outcome:
    """Ask one question after the other, as the cache stage does."""
    entries: dict[bytes, Entry] = {}
    answers: dict[bytes, str] = {}
    hits, wrong, why = list[bool](), list[bool](), Counter[str]()
    for number, (text, answer) in enumerate(rows):
        key = number.to_bytes(8)
        finding = await similar.find(SCOPE, Asked(partition=PARTITION, key=key, text=text, max_wrong=max_wrong))
        why[finding.why] += 1
        hits.append(finding.serve is not None)
        wrong.append(finding.serve is not None and answers[finding.serve] != answer)
        if finding.serve is None:
            entries[key], answers[key] = entry_of(key, answer), answer
            await similar.learn(SCOPE, finding, entries[key], [entries[near] for near in finding.near])
    half = len(hits) // 2
    return Outcome(
        hits=mean(hits),
        wrong=sum(wrong) / max(1, sum(hits)),
        later_hits=mean(hits[half:]),
        later_wrong=sum(wrong[half:]) / max(1, sum(hits[half:])),
        why=why,
    )


async def run(embedder: Embedder, rows: Sequence[tuple[str, str]], *, max_wrong: float, seed: int) -> Outcome:
    order = list(rows)
    random.Random(seed).shuffle(order)
    return await stream(order, Library(embedder, seed=seed), max_wrong)


async def streams(embedder: Embedder, seeds: int) -> None:
    rows = banking77()
    if not rows:
        print("banking77 is not at hand (../shared/data/cache): left out.")
        return
    await embedder.embed([text for pair in rows for text in pair])
    print("| at most wrong | hits mean (worst) | wrong of hits mean (worst) | second half: hits, wrong | seconds |")
    for max_wrong in (0.01, 0.02, 0.05):
        begun = time.process_time()
        found = [await run(embedder, rows, max_wrong=max_wrong, seed=seed) for seed in range(seeds)]
        hits, wrong = [one.hits for one in found], [one.wrong for one in found]
        print(
            f"| {max_wrong:.0%} | {mean(hits):.1%} ({min(hits):.1%}) | {mean(wrong):.2%} ({max(wrong):.2%}) | "
            f"{mean(one.later_hits for one in found):.1%}, {mean(one.later_wrong for one in found):.2%} | "
            f"{(time.process_time() - begun) / seeds:.0f} |",
            flush=True,
        )
        print("  ", dict(found[0].why.most_common()))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    embedder = Remembered(await embedder_of()())
    await streams(embedder, given.seeds)


if __name__ == "__main__":
    asyncio.run(main())
