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
from pathlib import Path
from statistics import mean
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from tests.gateway.caching.semantic.crowd import entry_of

from benchmarks.mutations import mutations
from benchmarks.report import percentile
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.gateway.caching.embedder import Embedder
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.semantic.guards import objection
from chimera.gateway.caching.semantic.library import Library
from chimera.gateway.caching.similar import Asked, Finding, SimilarAnswers
from chimera.kit.scope import Scope

DATA = Path(__file__).parent.parent.parent / "shared/data/cache"
SCOPE = Scope(tenant_id=UUID(int=1), actor_id=UUID(int=2), permissions=frozenset())
PARTITION = b"one partition"
BOUNDS = (0.01, 0.015, 0.02, 0.03)


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
    rows: list[tuple[str, str]] = []
    for file in files:
        with file.open("r", encoding="utf-8") as lines:
            rows += [(text, intent) for text, intent in list(csv.reader(lines))[1:]]
    return rows


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


async def streams(embedder: Embedder, bounds: Sequence[float], seeds: range) -> None:
    rows = banking77()
    if not rows:
        print("banking77 is not at hand (../shared/data/cache): left out.")
        return
    await embedder.embed([text for pair in rows for text in pair])
    print("| at most wrong | hits mean (worst) | wrong of hits mean (worst) | second half: hits, wrong | seconds |")
    for max_wrong in bounds:
        begun = time.process_time()
        found = [await run(embedder, rows, max_wrong=max_wrong, seed=seed) for seed in seeds]
        hits, wrong = [one.hits for one in found], [one.wrong for one in found]
        print(
            f"| {max_wrong:.1%} | {mean(hits):.1%} ({min(hits):.1%}) | {mean(wrong):.2%} ({max(wrong):.2%}) | "
            f"{mean(one.later_hits for one in found):.1%}, {mean(one.later_wrong for one in found):.2%} | "
            f"{(time.process_time() - begun) / len(seeds):.0f} |",
            flush=True,
        )
        print("  ", dict(found[0].why.most_common()))


def mutated() -> None:
    found = [(kind, objection(one, other)) for kind, one, other in mutations(_questions(), seed=0, count=2000)]
    for kind in dict.fromkeys(kind for kind, _ in found):
        blocked = [reason is not None for told, reason in found if told == kind]
        print(f"| {kind} | {len(blocked)} | {mean(blocked):.2%} blocked |")


def _questions() -> list[str]:
    return [text for text, _ in banking77()] or ["Is there a limit of 5 withdrawals?", "Why is my card not working?"]


async def apart(lookups: int) -> None:
    """Random lookups in random partitions of random tenants: none may find what lies in another one."""
    chance, vectors = random.Random(0), np.random.default_rng(0).standard_normal((200, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"how {number:03d}" for number in range(len(vectors))]
    library = Library(Remembered(_Nothing(), dict(zip(texts, vectors, strict=True))), seed=0)
    places = [
        (Scope(tenant_id=UUID(int=tenant), actor_id=UUID(int=1), permissions=frozenset()), part.to_bytes(4))
        for tenant in range(20)
        for part in range(50)
    ]
    owners: dict[bytes, tuple[UUID, bytes]] = {}
    crossed = found = 0
    for number in range(lookups):
        scope, partition = chance.choice(places)
        text, key = chance.choice(texts), number.to_bytes(8)
        finding = await library.find(scope, Asked(partition=partition, key=key, text=text, max_wrong=0.2))
        keys = {*finding.near, *([finding.serve] if finding.serve else [])}
        found += len(keys)
        crossed += sum(owners[near] != (scope.tenant_id, partition) for near in keys)
        if number % 20 == 0:
            owners[key] = scope.tenant_id, partition
            await library.learn(scope, finding, entry_of(key, text), [entry_of(near, text) for near in finding.near])
    print(f"{lookups} lookups in {len(places)} partitions of 20 tenants: {found} answers seen, {crossed} of another")


class _Nothing:
    """Stands where all vectors are known before."""

    id = "nothing"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError(f"unknown: {texts}")


async def hurried(embedder: Embedder, entries: int) -> None:
    """Milliseconds of one lookup, its embedding included, beside that many questions of one partition."""
    library, generator = Library(embedder, most=entries, seed=0), np.random.default_rng(0)
    vectors = generator.standard_normal((entries, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for number, vector in enumerate(vectors):
        key = number.to_bytes(8)
        asked = Asked(partition=PARTITION, key=key, text=f"question {number} of many", max_wrong=0.01)
        finding = Finding(asked=asked, why="unlike", vector=vector.tobytes())
        await library.learn(SCOPE, finding, entry_of(key, str(number)), [])
    took, cpu = list[float](), time.process_time()
    for text in _questions()[:300]:
        begun = time.perf_counter()
        await library.find(SCOPE, Asked(partition=PARTITION, key=b"asked", text=text, max_wrong=0.01))
        took.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / len(took)
    p50, p95 = percentile(took, 50), percentile(took, 95)
    print(f"{entries} questions: p50 {p50:.1f} ms, p95 {p95:.1f} ms; {cpu:.1f} ms of CPU each")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0, help="the first of them: other orders, other audits")
    parser.add_argument("--max-wrong", type=float, nargs="+", default=BOUNDS, help="bounds to prove; 0.01 is 1 %%")
    parser.add_argument("--streams-only", action="store_true")
    parser.add_argument("--lookups", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=50_000)
    given = parser.parse_args()
    embedder = await embedder_of()()
    if not given.streams_only:
        mutated()
        await hurried(embedder, given.entries)
        await apart(given.lookups)
    await streams(Remembered(embedder), given.max_wrong, range(given.first_seed, given.first_seed + given.seeds))


if __name__ == "__main__":
    asyncio.run(main())
