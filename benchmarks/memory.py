"""What of what is remembered reaches a model: `python -m benchmarks.memory [--data FILE]`.

LoCoMo holds, for each conversation, facts about the two people with the messages that say so. These are remembered,
alone and with those of all conversations, and each question is asked anew, with nothing of the conversation. Counted is
how much of a question's evidence the found facts come from, as far as any does, and what tokens they take. Then facts
that change are told in a random order, and it is counted which holds; and questions are asked of many memories.
"""

import argparse
import asyncio
import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from benchmarks.context import ADVERSARIAL, DATA, Question
from benchmarks.report import percentile
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context import Budget, Remembered, fitting, measure_for
from chimera.conversations.context.budget import tokens_of_text
from chimera.conversations.context.meaning import Meaning
from chimera.conversations.context.remembered import told
from chimera.conversations.memory.explicit import explicitly
from chimera.conversations.memory.fact import About, EntityKind, Fact, FactKind
from chimera.conversations.memory.merging import merged
from chimera.conversations.memory.recall import Recollection
from chimera.conversations.memory.vectors import Stack

MODEL = "openai/gpt-4o"
AT = (1, 5, 10)
MANY = 10_000
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"D\d+:\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is remembered of two people, and questions about them.

    Attributes:
        said_in: Of each fact, the messages that say so, as numbers of their own.
    """

    facts: Sequence[Fact]
    said_in: dict[UUID, frozenset[int]]
    questions: Sequence[Question]


def lives(file: Path = DATA) -> list[Life]:
    """Those of a file; none where it is not at hand."""
    if not file.is_file():
        return []
    return [_life(number, one) for number, one in enumerate(json.loads(file.read_text("utf-8")))]


def _life(number: int, told_of: Any) -> Life:
    facts, said_in, places = list[Fact](), dict[UUID, frozenset[int]](), dict[str, int]()

    def place(name: str) -> int:
        return places.setdefault(name, len(places))

    for sitting, people in told_of["observation"].items():
        day = int(re.findall(r"\d+", sitting)[0])
        for person, said in people.items():
            for statement, evidence in said:
                fact = fact_of(statement, number=(number << 20) + len(facts) + 1, at=BEGUN + timedelta(days=day))
                about = About(subject=person, subject_kind=EntityKind.PERSON)
                facts.append(replace(fact, about=about))
                said_in[fact.id] = frozenset(place(name) for name in _PLACE.findall(json.dumps(evidence)))
    questions = [
        Question(text=one["question"], evidence=frozenset(map(place, one["evidence"])), adversarial=False)
        for one in told_of["qa"]
        if one["category"] != ADVERSARIAL and one["evidence"]
    ]
    known = frozenset(place for said in said_in.values() for place in said)
    return Life(facts=facts, said_in=said_in, questions=[one for one in questions if one.evidence & known])


def fact_of(statement: str, *, number: int, at: datetime = BEGUN) -> Fact:
    return Fact(
        id=UUID(int=number),
        statement=statement,
        about=About(),
        kind=FactKind.OTHER,
        source="said",
        confidence=1.0,
        said_at=at,
        valid_from=at,
    )


def found(known: Recollection, question: str, vector: bytes) -> list[Fact]:
    now = BEGUN + timedelta(days=365)
    return known.matching(question, vector, now=now, stacked=Stack)


def recall(life: Life, question: Question, shown: Sequence[Fact], most: int) -> float:
    """The share of a question's evidence, as far as anything is remembered of it, that these facts come from."""
    known = frozenset(place for said in life.said_in.values() for place in said) & question.evidence
    seen = frozenset(place for fact in shown[:most] for place in life.said_in.get(fact.id, frozenset()))
    return len(known & seen) / len(known)


def latest_wins(changes: int, seed: int) -> tuple[int, int]:
    """Tell facts that change, in a random order; of all topics, how many hold what was said last and nothing else."""
    rng = random.Random(seed)
    names = [
        f"{first}{second}"
        for first in ("Nor", "Sel", "Tor", "Wil", "Bra", "Kel")
        for second in ("ton", "by", "ham", "field")
    ]
    forms = ("My name is {}.", "I live in {}.", "I work at {}.", "I just moved to {}.", "I work at {} now.")
    right = total = 0
    for person in range(changes // 5):
        said = [(rng.choice(forms).format(rng.choice(names)), BEGUN + timedelta(days=day)) for day in range(20)]
        last = {learned.about.attribute: learned.about.value for text, _ in said for learned in explicitly(text)}
        known: dict[UUID, Fact] = {}
        rng.shuffle(said)
        for number, (text, at) in enumerate(said):
            for learned in explicitly(text):
                fact = fact_of(text, number=(person << 8) + number + 1, at=at)
                fact = replace(fact, about=learned.about, statement=learned.statement)
                change = merged(tuple(known.values()), learned, fact)
                for one in change.endings:
                    known[one.id] = replace(known[one.id], valid_until=one.valid_until)
                if change.same is not None:
                    known[change.same.id] = replace(change.same, said_at=max(change.same.said_at, at))
                if change.kept is not None:
                    known[change.kept.id] = change.kept
        now = BEGUN + timedelta(days=365)
        for attribute, value in last.items():
            holding = [
                one.about.value for one in known.values() if one.holds_at(now) and one.about.attribute == attribute
            ]
            right, total = right + (holding == [value]), total + 1
    return right, total


def crowd(facts: Sequence[Fact], number: int) -> Recollection:
    """So many memories of one person, made of these: the same statements with other names and numbers."""
    known = Recollection()
    known.put(
        replace(one, id=UUID(int=(1 << 64) + place), statement=f"{one.statement} ({place})")
        for place, one in ((place, facts[place % len(facts)]) for place in range(number))
    )
    return known


@dataclass(slots=True)
class Tally:
    """What was counted over many questions."""

    shares: dict[int, list[float]] = field(default_factory=lambda: {most: [] for most in AT})
    shown: list[float] = field(default_factory=list[float])
    tokens: list[float] = field(default_factory=list[float])

    def add(self, life: Life, question: Question, matching: Sequence[Fact]) -> None:
        measure = measure_for(MODEL, {})
        for most in AT:
            self.shares[most].append(recall(life, question, matching, most))
        lines = [Remembered(id=one.id, text=one.statement, at=one.said_at) for one in matching]
        kept = fitting(lines, measure, Budget().memory_tokens)
        by_id = {one.id: one for one in matching}
        self.shown.append(recall(life, question, [by_id[one.id] for one in kept], len(kept)))
        self.tokens.append(tokens_of_text(told(kept), measure) if kept else 0)


def asked_of(all_of: Sequence[Life], vectors: dict[str, bytes], *, together: bool) -> Tally:
    """Every question, of the facts of its own conversation or of all."""
    tally, everything = Tally(), Recollection()
    everything.put(fact for life in all_of for fact in life.facts)
    for life in all_of:
        known = everything
        if not together:
            known = Recollection()
            known.put(life.facts)
        for question in life.questions:
            tally.add(life, question, found(known, question.text, vectors[question.text]))
    return tally


def times_of(known: Recollection, vectors: dict[str, bytes]) -> list[float]:
    """Milliseconds of processor time that questions take; the first, which makes the index, is left out."""
    taken = list[float]()
    for text, vector in vectors.items():
        begun = time.thread_time()
        found(known, text, vector)
        taken.append((time.thread_time() - begun) * 1000)
    return taken[1:]


async def meant(life: Life, meaning: Meaning) -> Life:
    facts = [replace(one, vector=await meaning.of_question(one.statement)) for one in life.facts]
    return Life(facts=facts, said_in=life.said_in, questions=life.questions)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--many", type=int, default=MANY)
    given = parser.parse_args()
    right, total = latest_wins(200, seed=1)
    print(f"latest fact wins: {right} of {total} topics, told in a random order")
    meaning = Meaning(await embedder_of()())
    all_of = [await meant(life, meaning) for life in lives(given.data)]
    if not all_of:
        print(f"{given.data.name} is not at hand: left out.")
        return
    vectors = {one.text: await meaning.of_question(one.text) for life in all_of for one in life.questions}
    for named, together in (("of one conversation", False), ("of all conversations", True)):
        tally = asked_of(all_of, vectors, together=together)
        at = ", ".join(f"{most}: {mean(values):.1%}" for most, values in tally.shares.items())
        print(
            f"evidence of {len(tally.shown)} questions among facts {named}, at {at}; shown {mean(tally.shown):.1%}; "
            f"tokens p50 {percentile(tally.tokens, 50):.0f}, p95 {percentile(tally.tokens, 95):.0f}",
            flush=True,
        )
    known = crowd([fact for life in all_of for fact in life.facts], given.many)
    taken = times_of(known, dict(list(vectors.items())[::8]))
    print(f"{len(known.facts)} memories: ms of CPU p50 {percentile(taken, 50):.0f}, p95 {percentile(taken, 95):.0f}")


if __name__ == "__main__":
    asyncio.run(main())
