"""What of a long conversation reaches a model: `python -m benchmarks.context [--data FILE] [--follow-ups]`.

LoCoMo: people who talk over months, and questions whose evidence is known by the message. Each question is asked at the
end of its conversation, of a model with a small window, through the engine that turns use. Counted is which messages
that hold the evidence are in the request, word by word; a picture's message holds its caption, as in LoCoMo's own runs.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import UUID

from benchmarks.follow_ups import Asked, what, who
from benchmarks.report import percentile
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context import Aim, Budget, Context, Said, compose, measure_for
from chimera.conversations.context.looking import found_in
from chimera.conversations.context.meaning import Meaning
from chimera.conversations.steps.reading.references import resolved
from chimera.llm import Request, Text

DATA = Path(__file__).parents[2] / "shared/data/memory/locomo_0_4.json"
SYSTEM = "You answer questions about what was said in this conversation. Say so where you do not know."
ADVERSARIAL = 5
BUDGETS = (1_000, 2_000, 4_000, 8_000)
MODELS = ("openai/gpt-4o", "anthropic/claude-sonnet-4-5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Of a conversation, with the places of the messages that hold its answer."""

    text: str
    evidence: frozenset[int]
    adversarial: bool
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation with its questions."""

    path: Sequence[Said]
    questions: Sequence[Question]


@dataclass(slots=True)
class Tally:
    """What was counted over many questions."""

    shares: list[float] = field(default_factory=list)
    survived: int = 0
    evidence: int = 0
    overflows: int = 0
    pins_lost: int = 0
    disordered: int = 0
    tokens: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name in ("survived", "evidence", "overflows", "pins_lost", "disordered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shares += other.shares
        self.tokens += other.tokens
        self.seconds += other.seconds


def talks(file: Path = DATA) -> Iterator[Talk]:
    """The conversations of a file; none where it is not at hand."""
    if file.is_file():
        yield from (_talk(number, told) for number, told in enumerate(json.loads(file.read_text("utf-8"))))


def _talk(number: int, told: Any) -> Talk:
    conversation, places, path = told["conversation"], dict[str, int](), list[Said]()
    sittings = (n for n in range(1, 100) if isinstance(conversation.get(f"session_{n}"), list))
    for sitting in sittings:
        at = _moment(conversation[f"session_{sitting}_date_time"])
        for turn in conversation[f"session_{sitting}"]:
            places[turn["dia_id"]] = len(path)
            caption = f" [picture: {turn['blip_caption']}]" if turn.get("blip_caption") else ""
            path.append(
                Said(
                    role="user" if turn["speaker"] == conversation["speaker_a"] else "assistant",
                    parts=(Text(text=turn["text"] + caption),),
                    id=UUID(int=(number << 32) + len(path) + 1),
                    at=at,
                    speaker=turn["speaker"],
                )
            )
            at += timedelta(seconds=30)
    asked = (
        Question(
            text=one["question"],
            evidence=frozenset(places[name] for name in one["evidence"] if name in places),
            adversarial=one["category"] == ADVERSARIAL,
            answer=str(one.get("answer", "")),
        )
        for one in told["qa"]
    )
    return Talk(path=path, questions=[one for one in asked if one.evidence])


def _moment(told: str) -> datetime:
    return datetime.strptime(told, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)


async def meant(talk: Talk, meaning: Meaning) -> tuple[Talk, dict[str, bytes]]:
    """The conversation with the vectors of its messages, and those of its questions."""
    vectors = [await meaning.of_message(said) for said in talk.path]
    path = [replace(said, vectors=vector) for said, vector in zip(talk.path, vectors, strict=True)]
    asked = {one.text: await meaning.of_question(one.text) for one in talk.questions}
    return Talk(path=path, questions=talk.questions), asked


def words_in(request: Request) -> str:
    return "\n".join(part.text for message in request.messages for part in message.parts if isinstance(part, Text))


def asked_of(talk: Talk, question: Question, aim: Aim, budget: int) -> tuple[Context, Tally]:
    """One question within a budget of tokens, with pins."""
    pins = {len(talk.path) // 7, len(talk.path) // 2}
    path = [replace(said, pinned=True) if place in pins else said for place, said in enumerate(talk.path)]
    begun = time.thread_time()
    context = compose([*path, Said(role="user", parts=(Text(text=question.text),))], aim)
    took = time.thread_time() - begun
    words, roles = words_in(context.request), [message.role for message in context.request.messages]
    alternates = roles == [("user", "assistant")[n % 2] for n in range(len(roles))] and roles[-1] == "user"
    total = aim.measure(context.request)
    survived = sum(talk.path[place].text.strip() in words for place in question.evidence)
    return context, Tally(
        shares=[survived / len(question.evidence)],
        survived=survived,
        evidence=len(question.evidence),
        overflows=total > budget,
        pins_lost=sum(path[place].text.strip() not in words for place in pins) + (question.text not in words),
        disordered=not alternates,
        tokens=[total],
        seconds=[took],
    )


def recall(talk: Talk, asked: dict[str, bytes], most: int) -> list[float]:
    """Of each question, the share of its evidence among the first messages that are found."""
    places = {said.id: place for place, said in enumerate(talk.path)}
    shares: list[float] = []
    for question in talk.questions:
        found = found_in(talk.path, question.text, "", asked[question.text])
        first = {places[said] for said in list(dict.fromkeys(one.said.id for one in found))[:most]}
        shares.append(len(question.evidence & first) / len(question.evidence))
    return shares


async def following(known: Sequence[Talk], meaning: Meaning) -> None:
    """Tell how much of the evidence of questions that stand on the one before is found, and by which words."""
    print("| follow-ups | questions | looked for as they are | with what they stand on | as they were before, whole |")
    for kind in (who, what):
        shares: dict[str, list[float]] = {"bare": [], "resolved": [], "whole": []}
        took: list[float] = []
        for talk in known:
            places = {said.id: place for place, said in enumerate(talk.path)}
            speakers = sorted({said.speaker for said in talk.path})
            plain = [one for one in talk.questions if not one.adversarial]
            for one in kind([Asked(text=q.text, answer=q.answer, evidence=q.evidence) for q in plain], speakers):
                begun = time.thread_time()
                query = resolved(one.text, one.before.text, one.before.answer) or one.text
                took.append(time.thread_time() - begun)
                asked = {"bare": (one.text, one.before.answer), "resolved": (query, ""), "whole": (one.whole.text, "")}
                for way, (text, before) in asked.items():
                    found = found_in(talk.path, text, before, await meaning.of_question(text))
                    first = {places[said] for said in list(dict.fromkeys(hit.said.id for hit in found))[:10]}
                    shares[way].append(len(one.whole.evidence & first) / len(one.whole.evidence))
        told = " | ".join(f"{mean(shares[way]):.1%}" for way in ("bare", "resolved", "whole"))
        print(f"| {kind.__name__} | {len(took)} | {told} |")
        print(f"microseconds of CPU to resolve one, p95: {percentile(took, 95) * 1e6:.0f}", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--budgets", type=int, nargs="+", default=BUDGETS)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th question")
    parser.add_argument("--follow-ups", action="store_true", help="only questions that stand on the one before")
    given = parser.parse_args()
    meaning = Meaning(await embedder_of()())
    known = [await meant(talk, meaning) for talk in talks(given.data)]
    if not known:
        print(f"{given.data.name} is not at hand: left out.")
        return
    if given.follow_ups:
        await following([talk for talk, _ in known], meaning)
        return
    shares = [share for talk, asked in known for share in recall(talk, asked, 10)]
    print(f"evidence among the first 10 of {len(shares)} questions: {mean(shares):.1%}")
    print("| budget | model | evidence survives, mean of questions | of all evidence | overflows | pins lost", end=" ")
    print("| disordered | tokens p50 | ms of CPU p50, p95 |")
    for budget in given.budgets:
        for model in given.models:
            tally = Tally()
            for talk, asked in known:
                for question in [one for one in talk.questions if not one.adversarial][:: given.every]:
                    aim = Aim(
                        asked=Request(model=model, system=(Text(text=SYSTEM),), messages=()),
                        window=4 * budget,
                        measure=measure_for(model, {}),
                        budget=Budget(most_tokens=budget),
                        vector=asked[question.text],
                    )
                    tally.add(asked_of(talk, question, aim, budget)[1])
            ms = [seconds * 1000 for seconds in tally.seconds]
            print(
                f"| {budget} | {model} | {mean(tally.shares):.1%} of {len(tally.shares)} "
                f"| {tally.survived / tally.evidence:.1%} of {tally.evidence} | {tally.overflows} "
                f"| {tally.pins_lost} | {tally.disordered} | {percentile(list(map(float, tally.tokens)), 50):.0f} "
                f"| {percentile(ms, 50):.0f}, {percentile(ms, 95):.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    asyncio.run(main())
