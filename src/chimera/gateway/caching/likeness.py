"""Between the cache and whoever knows which questions mean the same: what is asked of it, and what it is told."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog

from chimera.gateway.caching.answers import Answers, Spawn
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.question import Question
from chimera.gateway.caching.similar import Asked, Finding, OpenSimilar, SimilarAnswers
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import Text

log = structlog.get_logger()

_MOST_LEARNING: Final = 256


@dataclass(slots=True, kw_only=True)
class Likeness:
    """Nobody waits for it to be loaded, or to learn: until it is there, nothing is alike.

    Nor does a call wait for longer than `patience_s` to be compared: a model that is asked answers in the meantime.

    Attributes:
        open: Gives what compares; asked once, when the first question comes.
        spawn: Runs what nobody waits for.
    """

    open: OpenSimilar
    answers: Answers
    spawn: Spawn
    patience_s: float = 0.5
    _similar: SimilarAnswers | None = None
    _loading: "asyncio.Task[None] | None" = None
    _learning: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    async def find(self, scope: Scope, question: Question, max_wrong: float) -> Finding | None:
        """What is known of questions like this one; `None` if it is not one to compare, or nobody can compare it."""
        text = _words(question)
        if text is None:
            return None
        asked = Asked(partition=question.partition, key=question.key, text=text, max_wrong=max_wrong)
        if self._similar is None:
            self._loading = self._loading or self.spawn(self._load())
            return None if self._loading.done() else Finding(asked=asked, why="loading")
        try:
            async with asyncio.timeout(self.patience_s):
                return await self._similar.find(scope, asked)
        except TimeoutError:
            return Finding(asked=asked, why="slow")

    async def answer(self, scope: Scope, finding: Finding) -> Entry | None:
        """The answer that was found, if it is still kept."""
        if finding.serve is None:
            return None
        entry = await self.answers.get(scope, finding.serve)
        if (entry is None or entry.partition != finding.asked.partition) and self._similar is not None:
            await self._similar.forget(scope, finding.serve)
            return None
        return entry

    def learn(self, scope: Scope, finding: Finding, entry: Entry) -> None:
        """Take in, soon, what a model answered. Under very many at once some are passed over."""
        if self._similar is not None and len(self._learning) < _MOST_LEARNING:
            task = self.spawn(self._learn(self._similar, scope, finding, entry))
            self._learning.add(task)
            task.add_done_callback(self._learning.discard)

    async def judged(self, scope: Scope, entry: Entry, good: bool) -> None:  # noqa: FBT001 - what somebody said
        """Somebody said whether an answer was right."""
        if self._similar is not None and not good:
            await self._similar.wrong(scope, entry.key)

    async def ready(self) -> None:
        """Wait until it is loaded, or could not be."""
        self._loading = self._loading or self.spawn(self._load())
        await asyncio.wait([self._loading])

    async def settled(self) -> None:
        """Wait until all that was heard is learned."""
        if self._learning:
            await asyncio.wait(tuple(self._learning))

    async def _load(self) -> None:
        try:
            self._similar = await self.open()
        except AppError as error:
            log.warning("cache.nothing_is_alike", code=error.code)

    async def _learn(self, similar: SimilarAnswers, scope: Scope, finding: Finding, entry: Entry) -> None:
        known = [await self.answers.get(scope, key) for key in finding.near]
        await similar.learn(scope, finding, entry, [one for one in known if one is not None])


def _words(question: Question) -> str | None:
    """The last user turn, where it is nothing but text."""
    parts = question.last.parts if question.last else ()
    texts = [part.text for part in parts if isinstance(part, Text)]
    return "\n".join(texts) if texts and len(texts) == len(parts) else None
