"""`python -m benchmarks.compression`: tokens that compression saves, and whether what answers a question survives it.

Counts words, asks no model: an answer survives when every word of it that stood in the conversation still stands there.
"""

import argparse
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from chimera.gateway.layout.compression import compressed
from chimera.gateway.tokens import count
from chimera.llm import Message, Request, Text, ToolCall, ToolResult

DATA = Path("../shared/data")
_MODEL = "openai/gpt-5"
_WORD = re.compile(r"\w+")
_PASSAGES_A_TURN = 4
_TURNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conversation, and the answers to questions that are asked of it."""

    request: Request
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What compression did to the conversations of one kind.

    Attributes:
        survived: Share of the answers' words that are still there, of those that were.
        cpu_ms_per_ktok: Its own cost for a thousand tokens.
    """

    name: str
    conversations: int
    tokens: int
    saved_share: float
    answers: int
    survived: float
    cpu_ms_per_ktok: float


def measure(name: str, cases: Sequence[Case]) -> Effect:
    before = after = words = kept = 0
    begun, spent = 0.0, 0.0
    for case in cases:
        begun = process_time()
        shorter = compressed(case.request)
        spent += process_time() - begun
        before += count(case.request, _MODEL).tokens
        after += count(shorter, _MODEL).tokens
        had, has = _words_of(case.request), _words_of(shorter)
        for answer in case.answers:
            needed = {word for word in _words(answer) if word in had}
            words += len(needed)
            kept += len(needed & has)
    return Effect(
        name=name,
        conversations=len(cases),
        tokens=before,
        saved_share=1 - after / before if before else 0.0,
        answers=sum(len(case.answers) for case in cases),
        survived=kept / words if words else 1.0,
        cpu_ms_per_ktok=spent * 1e6 / before if before else 0.0,
    )


def dialogues(folder: Path) -> Iterator[Case]:
    """LoCoMo: people talk for months, nothing is repeated."""
    for one in json.loads((folder / "memory/locomo_0_4.json").read_text()):
        talk = one["conversation"]
        sessions = [talk[f"session_{number}"] for number in range(1, 60) if talk.get(f"session_{number}")]
        turns = [f"{turn['speaker']}: {turn['text']}" for session in sessions for turn in session]
        answers = tuple(str(asked["answer"]) for asked in one["qa"] if "answer" in asked)
        yield Case(request=_request(turns), answers=answers)


def retrieval(folder: Path) -> Iterator[Case]:
    """XQuAD, English: ten questions in a row, each sent with the four passages that its words find."""
    articles = json.loads((folder / "retrieval/en.json").read_text())["data"]
    passages = [paragraph["context"] for article in articles for paragraph in article["paragraphs"]]
    index = [Counter(_words(passage)) for passage in passages]
    spread = Counter(word for words in index for word in words)
    for article in articles:
        asked = [item for paragraph in article["paragraphs"] for item in paragraph["qas"]][:_TURNS]
        turns = []
        for item in asked:
            found = _found(item["question"], index, spread)
            turns.append("\n\n".join(["Context:", *(passages[place] for place in found), item["question"]]))
        yield Case(
            request=_request([*turns, "Thank you."]), answers=tuple(item["answers"][0]["text"] for item in asked)
        )


def tools(folder: Path) -> Iterator[Case]:
    """Code chunks as an indented JSON list, as many tools answer."""
    chunks = _chunks(folder)
    for start in range(0, min(len(chunks), 200), 5):
        some = chunks[start : start + 5]
        result = json.dumps([{"score": 0.5, "content": text} for text in some], indent=2)
        call = ToolCall(id="1", name="search", arguments="{}")
        messages = (
            Message(role="user", parts=(Text(text="Search."),)),
            Message(role="assistant", parts=(call,)),
            Message(role="tool", parts=(ToolResult(call_id="1", parts=(Text(text=result),)),)),
            Message(role="user", parts=(Text(text="Explain it."),)),
        )
        yield Case(request=Request(model=_MODEL, messages=messages), answers=tuple(some))


def _chunks(folder: Path) -> list[str]:
    documents = json.loads((folder / "retrieval/code_chunks.json").read_text())
    return [chunk["content"] for document in documents for chunk in document.get("chunks", [document])]


KINDS = {"dialogues": dialogues, "retrieval": retrieval, "tool results": tools}


def _found(question: str, index: Sequence[Counter[str]], spread: Counter[str]) -> list[int]:
    words = set(_words(question))
    weight = {word: math.log(len(index) / spread[word]) for word in words if word in spread}

    def score(place: int) -> float:
        return sum(weight[word] for word in weight if word in index[place])

    return sorted(range(len(index)), key=score, reverse=True)[:_PASSAGES_A_TURN]


def _request(turns: Sequence[str]) -> Request:
    messages = [
        Message(role=("user", "assistant")[place % 2] if len(turns) > 20 else "user", parts=(Text(text=text),))
        for place, text in enumerate(turns)
    ]
    return Request(model=_MODEL, messages=tuple(messages))


def _words_of(request: Request) -> set[str]:
    texts: list[str] = []
    for message in request.messages:
        for part in message.parts:
            inner = part.parts if isinstance(part, ToolResult) else (part,)
            texts += [each.text for each in inner if isinstance(each, Text)]
    return set(_words("\n".join(texts)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with `memory` and `retrieval`")
    folder: Path = parser.parse_args().data
    if not folder.is_dir():
        print(f"There is no {folder}: name the folder of the evaluation data with --data.", file=sys.stderr)
        return 1
    print("| conversations | how many | tokens | saved | answers | words survived | CPU per 1,000 tokens |")
    print("|---|---|---|---|---|---|---|")
    for name, cases in KINDS.items():
        effect = measure(name, list(cases(folder)))
        print(
            f"| {effect.name} | {effect.conversations} | {effect.tokens:,} | {effect.saved_share:.1%} "
            f"| {effect.answers:,} | {effect.survived:.2%} | {effect.cpu_ms_per_ktok:.2f} ms |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
