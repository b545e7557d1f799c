"""What a model is shown of a conversation. Pure and deterministic: the same path gives the same context.

The whole path while it fits. Beyond that, in the order in which providers' prompt caches profit: the system prompt,
pins and summary, the latest rounds from a place that moves seldom, and with the question what is found for it and what
is remembered of who asks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from msgspec.structs import replace

from chimera.conversations.context.budget import Budget, Measure, tokens_of, tokens_of_line, tokens_of_text
from chimera.conversations.context.compressing import compressed
from chimera.conversations.context.looking import Found, found_in
from chimera.conversations.context.remembered import Remembered, told
from chimera.conversations.context.report import ContextReport, TokensByPart
from chimera.conversations.context.said import Said
from chimera.conversations.context.transcript import alternating, rounds_of, sendable
from chimera.conversations.context.wording import EXCERPTS, PINNED, SUMMARY, dated, line, quoted, shown
from chimera.llm import Message, Request, Text

# The latest rounds begin at multiples of this part of what they may take.
_STEP: Final = 0.5
_FRAME_TOKENS: Final = 60
# What is looked for ends where so many in a row had no room: what is left is about something else.
_MISSES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """For whom a context is made.

    Attributes:
        asked: Everything of the question but its messages.
        window: The model's, in tokens.
        target: The model's id, where that is known; answers of others are shown without what those signed.
        query: What earlier messages are looked through for, where that is not the question itself.
        looks: Whether they are looked through at all.
        vector: Of the question's meaning, comparable with those of passages; empty where there is none.
        memories: What is remembered of who asks, and matters to the question.
    """

    asked: Request
    window: int
    measure: Measure
    budget: Budget
    query: str = ""
    looks: bool = True
    vector: bytes = b""
    memories: tuple[Remembered, ...] = ()
    target: str = ""

    @property
    def limit(self) -> int:
        return self.budget.limit(self.window, self.asked.sampling.max_output_tokens)

    def request(self, messages: tuple[Message, ...] = ()) -> Request:
        return replace(self.asked, messages=messages)


@dataclass(frozen=True, slots=True)
class Context:
    """The question to the model, how it was made, for whom (see `Aim.target`), and what was looked for."""

    request: Request
    report: ContextReport
    target: str = ""
    searched: str = ""


def whole(path: Sequence[Said], aim: Aim) -> Context:
    """The whole path, root first, whose last message is the question; the report says whether that is too long."""
    said = sendable(path, aim.target)
    rounds = rounds_of(said)
    asked = len(said) - len(rounds[-1]) if rounds else len(said)
    request = aim.request(alternating([*said[:asked], *_remembered(aim.memories), *said[asked:]]))
    return Context(request, _report_of(said, rounds, aim, aim.measure(request)), aim.target)


def packed(path: Sequence[Said], aim: Aim) -> Context:
    """As much of the path as may be sent. What must be sent is sent even if that alone is too long."""
    said = sendable(path, aim.target)
    rounds = rounds_of(said)
    return _Packing(said, rounds, aim).packed() if rounds else whole(path, aim)


def compose(path: Sequence[Said], aim: Aim) -> Context:
    """The whole path if it fits, else as much of it as may be sent."""
    context = whole(path, aim)
    return packed(path, aim) if context.report.too_long else context


def _remembered(facts: Sequence[Remembered]) -> list[Said]:
    return [Said(role="user", parts=(Text(text=told(facts)),))] if facts else []


def _report_of(said: Sequence[Said], rounds: Sequence[Sequence[Said]], aim: Aim, total: int) -> ContextReport:
    system = aim.measure(aim.request())
    # The parts are the whole: estimates are rounded.
    question = min(_cost(rounds[-1], aim.measure) if rounds else 0, total - system)
    memories = min(_cost(_remembered(aim.memories), aim.measure), total - system - question)
    history = total - system - question - memories
    tokens = TokensByPart(system=system, question=question, memories=memories, history=history, total=total)
    first = rounds[0][0].id if rounds else None
    return ContextReport(
        model=aim.asked.model,
        window_tokens=aim.window,
        limit_tokens=aim.limit,
        tokens=tokens,
        history_from=first,
        history=len(said),
        memories=tuple(one.id for one in aim.memories),
        too_long=total > aim.limit,
    )


def _cost(said: Sequence[Said], measure: Measure) -> int:
    return sum(tokens_of(Message(role=one.role, parts=one.parts), measure) for one in said)


@dataclass(slots=True, kw_only=True)
class _Pieces:
    """What was chosen of a path that does not fit."""

    question: Sequence[Said]
    pinned: Sequence[Said] = ()
    summary: str = ""
    summarised: Said | None = None
    history: Sequence[Said] = ()
    excerpts: Sequence[Found] = ()
    memories: Sequence[Remembered] = ()
    shortened: Sequence[Said] = ()

    def messages(self) -> tuple[Message, ...]:
        pins = shown(PINNED, [(one, one.text) for one in self.pinned])
        summary = quoted(SUMMARY, self.summary) if self.summary else ""
        before = [Said(role="user", parts=(Text(text=text),)) for text in (pins, summary) if text]
        quotes = dated((one.said, one.text) for one in sorted(self.excerpts, key=lambda one: one.order))
        found = [Said(role="user", parts=(Text(text=quoted(EXCERPTS, quotes)),))] if quotes else []
        return alternating([*before, *self.history, *_remembered(self.memories), *found, *self.question])


@dataclass(frozen=True, slots=True)
class _Packing:
    said: Sequence[Said]
    rounds: Sequence[Sequence[Said]]
    aim: Aim

    def packed(self) -> Context:
        aim, measure = self.aim, self.aim.measure
        system = measure(aim.request())
        question, shortened = self._question(aim.limit - system)
        pieces = _Pieces(question=question, shortened=shortened, memories=aim.memories)
        earlier = [one for turn in self.rounds[:-1] for one in turn]
        pieces.pinned = [one for one in earlier if one.pinned]
        rest = aim.limit - system - _cost([*question, *_remembered(aim.memories)], measure) - self._told(pieces.pinned)
        self._summarise(pieces, earlier, rest)
        rest -= tokens_of_text(pieces.summary, measure) if pieces.summary else 0
        self._latest(pieces, int(rest * aim.budget.history_share))
        self._look(pieces, rest - _cost(pieces.history, measure) - _FRAME_TOKENS)
        return self._fitted(pieces)

    def _question(self, room: int) -> tuple[Sequence[Said], Sequence[Said]]:
        """The last round; results of its tools, but not what the person said, are made short where they must be."""
        question = self.rounds[-1]
        if _cost(question, self.aim.measure) <= room:
            return question, ()
        asked = [one if one.role == "user" else compressed(one) for one in question]
        return asked, [one for one, before in zip(asked, question, strict=True) if one != before]

    def _told(self, said: Sequence[Said]) -> int:
        text = shown(PINNED, [(one, one.text) for one in said])
        return tokens_of_text(text, self.aim.measure) if text else 0

    def _summarise(self, pieces: _Pieces, earlier: Sequence[Said], rest: int) -> None:
        for said in reversed(earlier):
            if said.summary:
                if tokens_of_text(said.summary, self.aim.measure) <= rest * self.aim.budget.summary_share:
                    pieces.summary, pieces.summarised = said.summary, said
                return

    def _latest(self, pieces: _Pieces, room: int) -> None:
        """The latest rounds that fit. They begin where they began the last time, until half of the room is used up."""
        shortened: list[Said] = []
        rounds: list[Sequence[Said]] = []
        costs: list[int] = []
        for turn in self.rounds[:-1]:
            short, cost = turn, _cost(turn, self.aim.measure)
            if cost > room * _STEP:
                short = [compressed(one) for one in turn]
                cost = _cost(short, self.aim.measure)
                shortened += [one for one, before in zip(short, turn, strict=True) if one != before]
            rounds.append(short)
            costs.append(cost)
        ends = list(accumulate(costs, initial=0))
        step = max(1, int(room * _STEP))
        begin = math.ceil(max(0, ends[-1] - room) / step) * step
        kept = [turn for turn, start in zip(rounds, ends, strict=False) if start >= begin]
        if not kept and rounds and ends[-1] - ends[-2] <= room:
            kept = rounds[-1:]
        pieces.history = [one for turn in kept for one in turn]
        ids = {one.id for one in pieces.history}
        pieces.shortened = [*pieces.shortened, *(one for one in shortened if one.id in ids)]

    def _look(self, pieces: _Pieces, room: int) -> None:
        shown_already = len(pieces.history) + len(self.rounds[-1])
        earlier = [one for one in self.said[: len(self.said) - shown_already] if not one.pinned]
        question, before = self._looked_for()
        chosen: dict[str, Found] = {}  # what was said twice is told once
        misses = 0
        for found in found_in(earlier, question, before, self.aim.vector) if room > 0 and self.aim.looks else ():
            cost = tokens_of_line(line(found.said, found.text), self.aim.measure)
            if cost > room:
                misses += 1
                if misses == _MISSES:
                    break
            elif found.text not in chosen:
                chosen[found.text] = found
                room -= cost
                misses = 0
        pieces.excerpts = list(chosen.values())

    def _looked_for(self) -> tuple[str, str]:
        """What is looked for, and what was said right before it."""
        if self.aim.query:
            return self.aim.query, ""
        asked = max(place for place, one in enumerate(self.said) if one.role == "user")
        return self.said[asked].text, self.said[asked - 1].text if asked else ""

    def _fitted(self, pieces: _Pieces) -> Context:
        """Counted as a whole: joined, pieces may have other sizes than apart."""
        while True:
            request = self.aim.request(pieces.messages())
            total = self.aim.measure(request)
            if total <= self.aim.limit or not self._lighter(pieces, total - self.aim.limit):
                return Context(request, self._report(pieces, total), self.aim.target)

    def _lighter(self, pieces: _Pieces, excess: int) -> bool:
        """Leave out what matters least, at least so many tokens of it."""
        while excess > 0 and pieces.excerpts:
            excess -= tokens_of_line(pieces.excerpts[-1].text, self.aim.measure)
            pieces.excerpts = pieces.excerpts[:-1]
        if excess <= 0:
            return True
        if pieces.history:
            first = next((n for n, one in enumerate(pieces.history[1:], 1) if one.role == "user"), len(pieces.history))
            pieces.history = pieces.history[first:]
        elif pieces.summary:
            pieces.summary, pieces.summarised = "", None
        elif pieces.memories:
            pieces.memories = ()
        else:
            return False
        return True

    def _report(self, pieces: _Pieces, total: int) -> ContextReport:
        measure, sent = self.aim.measure, [*pieces.history, *pieces.question]
        retrieved = tuple(dict.fromkeys(one.said.id for one in pieces.excerpts if one.said.id))
        system, question = measure(self.aim.request()), _cost(pieces.question, measure)
        pinned, history = self._told(pieces.pinned), _cost(pieces.history, measure)
        summary = tokens_of_text(pieces.summary, measure) if pieces.summary else 0
        memories = _cost(_remembered(pieces.memories), measure)
        rest = total - system - question - pinned - history - summary - memories
        known = {one.id for one in (*sent, *pieces.pinned)} | set(retrieved)
        return ContextReport(
            model=self.aim.asked.model,
            window_tokens=self.aim.window,
            limit_tokens=self.aim.limit,
            tokens=TokensByPart(
                system=system,
                pinned=pinned,
                summary=summary,
                history=history,
                memories=memories,
                retrieved=max(0, rest),
                question=question,
                total=total,
            ),
            whole=False,
            history_from=sent[0].id,
            history=len(sent),
            pinned=tuple(one.id for one in pieces.pinned if one.id),
            retrieved=retrieved,
            compressed=tuple(one.id for one in pieces.shortened if one.id),
            summarised_to=pieces.summarised.id if pieces.summarised else None,
            memories=tuple(one.id for one in pieces.memories),
            left_out=sum(one.id not in known for one in self.said),
            meaning=bool(self.aim.vector),
            too_long=total > self.aim.limit,
        )
