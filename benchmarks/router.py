"""How well `auto` chooses between a weak and a strong model, on RouteLLM's answers to GSM8K.

    python -m benchmarks.router [--questions FILE] [--draw]

Ten folds, twice over: the estimate is fitted to nine folds, thresholds are fixed on them too (by estimates for
parts of them that a fit to the others made), and the tenth is routed. The strong model costs 40 times the weak one.
`--draw` writes the curves into `docs/drawings/`.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from tools.train_router import Questions, fit_head, gains, lexical_inputs, read_questions, vectors_of

from benchmarks.drawing import Line, chart
from benchmarks.report import percentile
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.bootstrap.parts.routing import Vectors
from chimera.gateway.call import new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.knowledge import Facts, Knowledge, Rates, flat
from chimera.gateway.routing.candidates import Candidates
from chimera.gateway.routing.dial import tolerance
from chimera.gateway.routing.difficulty import weights
from chimera.gateway.routing.experience import Known
from chimera.gateway.routing.router import Router
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.llm import Message, ModelCard, Request, Text

QUESTIONS = Path(__file__).parents[2] / "shared/data/routing/gsm8k_responses.csv"
DRAWINGS = Path(__file__).parents[1] / "docs/drawings"
DEARER = 40
FOLDS = 10
SHARES = (0.95, 0.98)
DIALS = tuple(step / 20 for step in range(21))

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a threshold gave on questions that it was not fixed on.

    Attributes:
        accuracy: As a share of the strong model's.
        saved: Of the cost of always asking the strong model.
    """

    accuracy: float
    saved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Figures of one way to estimate.

    Attributes:
        apgr: Average share of the gap between the models that is recovered, over all shares of calls to the strong one.
        at: What thresholds for a share of the strong model's accuracy gave, by that share.
        dials: What each place of the dial gave; it is calibrated without labels.
    """

    apgr: float
    at: dict[float, Kept]
    dials: dict[float, Kept]


@dataclass(frozen=True, slots=True)
class Bench:
    questions: Questions
    inputs: Numbers
    blocks: Sequence[int]

    def fitted(self, learn: Places, ask: Places) -> Numbers:
        """Expected gains of some questions, by a fit to others."""
        weak, strong = self.questions.weak[learn], self.questions.strong[learn]
        head = fit_head(self.inputs[learn], self.blocks, weak, strong)
        return gains(head, self.inputs[ask], (float(weak.mean()), float(strong.mean())))

    def measure(self, *, rounds: int = 2) -> Result:
        """Route everything `rounds` times, each with other folds."""
        curves: list[float] = []
        routed: dict[float, list[Kept]] = {share: [] for share in SHARES}
        dialled: dict[float, list[Kept]] = {dial: [] for dial in DIALS}
        for seed in range(rounds):
            gained = np.zeros(len(self.inputs))
            strongly = {share: np.zeros(len(self.inputs), dtype=bool) for share in SHARES}
            by_dial = {dial: np.zeros(len(self.inputs), dtype=bool) for dial in DIALS}
            for learn, ask in folds(len(self.inputs), seed):
                gained[ask] = self.fitted(learn, ask)
                inner = self.inner(learn, seed)
                for share in SHARES:
                    strongly[share][ask] = gained[ask] > self.threshold(learn, inner, share)
                for dial in DIALS:
                    by_dial[dial][ask] = gained[ask] > tolerance(np.maximum(inner, 0.0).tolist(), dial)
            curves.append(apgr(gained, self.questions))
            for share, chosen in strongly.items():
                routed[share].append(kept(chosen, self.questions))
            for dial, chosen in by_dial.items():
                dialled[dial].append(kept(chosen, self.questions))
        return Result(
            apgr=mean(curves),
            at={share: _mean(each) for share, each in routed.items()},
            dials={dial: _mean(each) for dial, each in dialled.items()},
        )

    def inner(self, learn: Places, seed: int) -> Numbers:
        """Gains within a training fold, each estimated by a fit to the rest of it."""
        gained = np.zeros(len(learn))
        for inner_learn, inner_ask in folds(len(learn), seed + 1000, parts=5):
            gained[inner_ask] = self.fitted(learn[inner_learn], learn[inner_ask])
        return gained

    def threshold(self, learn: Places, gained: Numbers, share: float) -> float:
        """The highest one with which the training fold keeps that share of the strong model's accuracy."""
        weak, strong = self.questions.weak[learn], self.questions.strong[learn]
        order = np.argsort(-gained, kind="stable")
        right = weak.sum() + np.concatenate([[0.0], np.cumsum((strong - weak)[order])])
        # The curve is made of single answers; what is smoothed over a few dozen of them holds elsewhere too.
        width = max(1, len(learn) // 40)
        padded = np.concatenate([np.full(width, right[0]), right, np.full(width, right[-1])])
        smooth = np.convolve(padded, np.ones(2 * width + 1) / (2 * width + 1), mode="valid")
        enough = np.nonzero(smooth >= share * strong.sum())[0]
        asked = int(enough[0]) if len(enough) else len(learn)
        return -np.inf if asked >= len(learn) else float(gained[order[asked]])


def folds(count: int, seed: int, *, parts: int = FOLDS) -> Iterator[tuple[Places, Places]]:
    """(to learn from, to ask about), each question being asked about once."""
    order = np.random.default_rng(seed).permutation(count)
    for part in range(parts):
        ask = order[part::parts]
        yield np.setdiff1d(order, ask), ask


def kept(strongly: NDArray[np.bool_], questions: Questions) -> Kept:
    right = np.where(strongly, questions.strong, questions.weak).sum()
    asked = strongly.mean()
    return Kept(
        accuracy=float(right / questions.strong.sum()), saved=float(1 - (asked * DEARER + (1 - asked)) / DEARER)
    )


def curve(gained: Numbers, questions: Questions) -> Numbers:
    """Share of good answers by the number of questions that go to the strong model, those of highest gain first."""
    order = np.argsort(-gained, kind="stable")
    right: Numbers = questions.weak.sum() + np.concatenate([[0], np.cumsum((questions.strong - questions.weak)[order])])
    return right / len(order)


def apgr(gained: Numbers, questions: Questions) -> float:
    """RouteLLM's average performance gap recovered (arXiv 2406.18665): 0.5 by chance, 1 at best."""
    weak, strong = questions.weak.mean(), questions.strong.mean()
    return float(((curve(gained, questions) - weak) / (strong - weak)).mean())


def shifted(bench: Bench, dial: float) -> tuple[float, float]:
    """What a dial recovers of the gap when suddenly only the longer half of the questions comes.

    With the threshold that held before, and with the one that the new questions' own expectations set.
    """
    recovered = np.zeros((2, 2))
    lengths = np.array([len(text) for text in bench.questions.texts])
    for learn, ask in folds(len(bench.inputs), 0):
        longer = ask[lengths[ask] > np.median(lengths)]
        gained = np.maximum(bench.fitted(learn, longer), 0.0)
        gap = bench.questions.strong[longer] - bench.questions.weak[longer]
        before = tolerance(np.maximum(bench.inner(learn, 0), 0.0).tolist(), dial)
        for row, threshold in enumerate((before, tolerance(gained.tolist(), dial))):
            recovered[row] += (gap[gained > threshold].sum(), gap.sum())
    return float(recovered[0, 0] / recovered[0, 1]), float(recovered[1, 0] / recovered[1, 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """95th percentiles of a whole decision between twelve models, in milliseconds.

    Attributes:
        cpu: Processor time of all threads: what it takes on a machine that has nothing else to do.
        wall: What it took here.
    """

    cpu: float
    wall: float


async def decisions_ms(texts: Sequence[str]) -> tuple[Deciding, Deciding]:
    """With the embedder's vector, and by words alone."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(_router(with_vectors=with_vectors)) for with_vectors in (True, False)]
        return await _p95_ms(opened[0], texts), await _p95_ms(opened[1], texts)


@asynccontextmanager
async def _router(*, with_vectors: bool) -> AsyncGenerator[Router]:
    cards = tuple(ModelCard(name=f"model-{size}b") for size in (1, 2, 3, 4, 7, 8, 14, 27, 32, 70, 120, 405))
    rates = [Rates(input=number * 10**8, output=number * 4 * 10**8) for number in range(1, 13)]
    priced = {
        f"p/{card.name}": Knowledge(facts=Facts(price=flat(rate))) for card, rate in zip(cards, rates, strict=True)
    }
    catalogue = Catalogue({"p": cards}, priced)
    open_embedder, known = embedder_of("wordpieces"), Known()
    if with_vectors:
        await open_embedder()
    async with asyncio.TaskGroup() as tasks:
        vectors = Vectors(open_embedder, tasks.create_task)

        async def none(_embedder: str, _text: str) -> None:
            return None

        yield Router(
            candidates=Candidates(catalogue=lambda _: catalogue, clock=utc_now),
            policy=Backing().policy,
            known=lambda _scope: asyncio.sleep(0, known),
            weights=weights,
            vector=vectors.of if with_vectors else none,
        )


async def _p95_ms(router: Router, texts: Sequence[str]) -> Deciding:
    scope = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
    cpu, wall = list[float](), list[float]()
    for text in texts:
        asked = Request(model="auto", messages=(Message(role="user", parts=(Text(text=text),)),))
        call = new_call(scope, asked, patience_s=9)
        begun, worked = time.perf_counter(), time.process_time()
        await router.decide(call, asked)
        cpu.append((time.process_time() - worked) * 1000)
        wall.append((time.perf_counter() - begun) * 1000)
    return Deciding(cpu=percentile(cpu[10:], 95), wall=percentile(wall[10:], 95))


def _mean(each: Sequence[Kept]) -> Kept:
    return Kept(accuracy=mean(one.accuracy for one in each), saved=mean(one.saved for one in each))


def report(name: str, result: Result) -> None:
    print(f"{name:<22} APGR {result.apgr:.3f}", end="")
    for share, one in result.at.items():
        print(f"   at {share:.0%}: {one.saved:.1%} saved, {one.accuracy:.1%} of its accuracy kept", end="")
    print()


def draw(full: Result, lexical: Result) -> None:
    def line(name: str, result: Result) -> Line:
        points = sorted((one.saved * 100, one.accuracy * 100) for one in result.dials.values())
        return Line(name=name, points=points)

    ends = [full.dials[1.0], full.dials[0.0]]
    chance = Line(name="by chance", points=[(one.saved * 100, one.accuracy * 100) for one in ends], dashed=True)
    drawn = chart(
        title="What auto keeps of the strong model's accuracy, and what it saves",
        axes=("cost saved (%)", "accuracy kept (%)"),
        lines=[line("with vectors", full), line("words only", lexical), chance],
    )
    DRAWINGS.mkdir(exist_ok=True)
    (DRAWINGS / "router-quality-cost.svg").write_text(drawn, encoding="utf-8")
    dial = chart(
        title="What the dial promises, and what was kept",
        axes=("dial", "share of the gap recovered"),
        lines=[
            Line(name="kept", points=[(place, _recovered(one, full)) for place, one in full.dials.items()]),
            Line(name="promised", points=[(0.0, 0.0), (1.0, 1.0)], dashed=True),
        ],
    )
    (DRAWINGS / "router-dial.svg").write_text(dial, encoding="utf-8")


def _recovered(one: Kept, result: Result) -> float:
    least, most = result.dials[0.0].accuracy, result.dials[1.0].accuracy
    return (one.accuracy - least) / (most - least)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--draw", action="store_true")
    asked = parser.parse_args()
    if not asked.questions.exists():
        raise SystemExit(f"{asked.questions} is not there: name the file of answers with --questions.")
    questions = read_questions(asked.questions)
    lexical = lexical_inputs(questions.texts)
    _, vectors = asyncio.run(vectors_of(questions.texts))
    blocks = (lexical.shape[1], vectors.shape[1])
    bench = Bench(questions, np.hstack([lexical, vectors]), blocks)
    full = bench.measure()
    words = Bench(questions, lexical, blocks[:1]).measure()
    report("features and vectors", full)
    report("features alone", words)
    for dial in (0.5, 0.8, 0.9):
        one = full.dials[dial]
        print(f"dial {dial}: {one.saved:.1%} saved, {_recovered(one, full):.1%} of the gap kept")
    untrained = apgr(np.array([float(len(text)) for text in questions.texts]), questions)
    print(f"without training, the longer question taken for the harder one: APGR {untrained:.3f}")
    fixed, moving = shifted(bench, 0.8)
    print(f"dial 0.8 on the longer half only: {fixed:.1%} of the gap with the old threshold, {moving:.1%} with its own")
    seen, words_only = asyncio.run(decisions_ms(questions.texts))
    for name, took in (("by words and meaning", seen), ("by words alone", words_only)):
        print(f"a decision {name}: p95 {took.cpu:.2f} ms of processor time, {took.wall:.2f} ms by the clock here")
    if asked.draw:
        draw(full, words)


if __name__ == "__main__":
    main()
