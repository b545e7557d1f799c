"""Questions that mean the same: the shelves of all partitions, and what each tenant's traffic taught of likeness.

Lookups and learning run on one thread of their own, in the order they come, so that nothing here needs a lock.
"""

import asyncio
import math
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chimera.gateway.caching.embedder import Embedder
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.semantic.alike import alike, plain
from chimera.gateway.caching.semantic.certificate import Certificate
from chimera.gateway.caching.semantic.judgement import Judgement
from chimera.gateway.caching.semantic.shelf import Near, Shelf
from chimera.gateway.caching.semantic.unsuitable import unsuitable
from chimera.gateway.caching.similar import Asked, Finding
from chimera.kit.scope import Scope
from chimera.llm import TextDelta

AUDITED: Final = 0.05
MOST_QUESTIONS: Final = 50_000
_MOST_REMEMBERED: Final = 4096
_LEAST_COSINE: Final = 0.5
_REHEARSED: Final = 2
_MOST_TENANTS: Final = 1000

Result = TypeVar("Result")


class Lesson:
    """What one tenant's traffic taught."""

    def __init__(self) -> None:
        self.judgement = Judgement()
        self.certificate = Certificate()


class Library:
    """Implements `SimilarAnswers` in the memory of this process; the shelf that was used least makes room."""

    def __init__(
        self, embedder: Embedder, *, most: int = MOST_QUESTIONS, audited: float = AUDITED, seed: int | None = None
    ) -> None:
        self._embedder = embedder
        self._most = most
        self._audited = audited
        self._chance = random.Random(seed)  # noqa: S311 - chooses a sample, guards nothing
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="similar")
        self._shelves: OrderedDict[tuple[UUID, bytes], Shelf] = OrderedDict()
        self._lessons: OrderedDict[UUID, Lesson] = OrderedDict()
        self._places: dict[tuple[UUID, bytes], bytes] = {}
        self._given: OrderedDict[tuple[UUID, bytes], Finding] = OrderedDict()

    async def find(self, scope: Scope, asked: Asked) -> Finding:
        reason = unsuitable(asked.text)
        if reason is not None:
            return Finding(asked=asked, why=reason)
        (vector,) = await self._embedder.embed([asked.text])
        return await self._off_the_loop(partial(self._find, scope.tenant_id, asked, vector))

    async def learn(self, scope: Scope, finding: Finding, entry: Entry, known: Sequence[Entry]) -> None:
        if not finding.vector:
            return
        same = await self._same(entry, known)
        await self._off_the_loop(partial(self._learn, scope.tenant_id, finding, entry.key, same))

    async def forget(self, scope: Scope, key: bytes) -> None:
        await self._off_the_loop(partial(self._forget, scope.tenant_id, key))

    async def wrong(self, scope: Scope, key: bytes) -> None:
        await self._off_the_loop(partial(self._wrong, scope.tenant_id, key))

    async def clear(self, scope: Scope) -> None:
        await self._off_the_loop(partial(self._clear, scope.tenant_id))

    def _find(self, tenant_id: UUID, asked: Asked, vector: NDArray[np.float32]) -> Finding:
        shelf = self._shelves.get((tenant_id, asked.partition))
        near = shelf.near(asked.text, vector) if shelf else None
        finding = partial(Finding, asked=asked, vector=vector.tobytes(), near=near.rivals if near else ())
        if near is None or near.features[1] < _LEAST_COSINE:
            return finding(why="unlike")
        self._shelves.move_to_end((tenant_id, asked.partition))
        if near.key is None:
            return finding(why=near.objects or "unlike")
        return self._judged(tenant_id, asked, near, finding)

    def _judged(self, tenant_id: UUID, asked: Asked, near: Near, finding: Callable[..., Finding]) -> Finding:
        lesson = self._lesson(tenant_id)
        logit = lesson.judgement.logit(near.features)
        lesson.certificate.see(logit)
        finding = partial(finding, features=near.features, confidence=1 / (1 + math.exp(-min(30.0, max(-30.0, logit)))))
        if not lesson.certificate.grants(logit, asked.max_wrong):
            return finding(why="uncertified")
        if self._chance.random() < self._audited:
            return finding(why="audit")
        assert near.key is not None
        given = finding(why="certified", serve=near.key)
        self._given[tenant_id, near.key] = given
        if len(self._given) > _MOST_REMEMBERED:
            self._given.popitem(last=False)
        return given

    def _learn(self, tenant_id: UUID, finding: Finding, key: bytes, same: Sequence[bytes]) -> None:
        place = (tenant_id, finding.asked.partition)
        shelf = self._shelves.setdefault(place, Shelf(self._most))
        self._shelves.move_to_end(place)
        if finding.features is not None and finding.near:
            self._label(tenant_id, key, finding.features, right=finding.near[0] in same)
        answers = [answer for near in same if (answer := shelf.answer_of(near)) is not None]
        answer = answers[0] if answers else key
        if len(set(answers)) > 1:
            shelf.join(answer, answers)
        gone = shelf.add(key, finding.asked.text, np.frombuffer(finding.vector, np.float32), answer)
        self._places[tenant_id, key] = finding.asked.partition
        if gone is not None:
            self._places.pop((tenant_id, gone), None)
        self._rehearse(self._lesson(tenant_id), shelf)
        self._make_room()

    def _rehearse(self, lesson: Lesson, shelf: Shelf) -> None:
        """Judge questions of earlier days by what is known today: what is certified is how it would go now."""
        for _ in range(_REHEARSED):
            again = shelf.rehearse(lesson.certificate.records)
            if again is not None:
                if again.near.key is None:
                    lesson.certificate.unlabel(again.key)
                else:
                    logit = lesson.judgement.logit(again.near.features)
                    lesson.certificate.relabel(again.key, logit, not again.right)

    def _label(self, tenant_id: UUID, key: bytes, features: Sequence[float], *, right: bool) -> None:
        lesson = self._lesson(tenant_id)
        lesson.certificate.label(key, lesson.judgement.logit(features), not right)
        lesson.judgement.learn(features, right)

    def _lesson(self, tenant_id: UUID) -> Lesson:
        lesson = self._lessons.setdefault(tenant_id, Lesson())
        self._lessons.move_to_end(tenant_id)
        if len(self._lessons) > _MOST_TENANTS:
            self._lessons.popitem(last=False)
        return lesson

    def _make_room(self) -> None:
        while len(self._places) > self._most and len(self._shelves) > 1:
            (tenant_id, _), shelf = self._shelves.popitem(last=False)
            for key in shelf.keys:
                self._places.pop((tenant_id, key), None)

    def _forget(self, tenant_id: UUID, key: bytes) -> None:
        partition = self._places.pop((tenant_id, key), None)
        if partition is not None:
            self._shelves[tenant_id, partition].drop(key)

    def _wrong(self, tenant_id: UUID, key: bytes) -> None:
        given = self._given.pop((tenant_id, key), None)
        if given is not None and given.features is not None:
            self._label(tenant_id, given.asked.key, given.features, right=False)
        self._forget(tenant_id, key)

    def _clear(self, tenant_id: UUID) -> None:
        for place in [place for place in self._shelves if place[0] == tenant_id]:
            for key in self._shelves.pop(place).keys:
                self._places.pop((tenant_id, key), None)

    async def _same(self, entry: Entry, known: Sequence[Entry]) -> list[bytes]:
        """Keys of those answers that say the same as the new one."""
        mine, texts = _text(entry), [_text(one) for one in known]
        if not texts:
            return []
        if all(plain(mine) == plain(text) for text in texts):
            return [one.key for one in known]
        vectors = await self._embedder.embed([mine, *texts])
        cosines = (vectors[1:] @ vectors[0]).tolist()
        return [one.key for one, text, cosine in zip(known, texts, cosines, strict=True) if alike(mine, text, cosine)]

    async def _off_the_loop(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _text(entry: Entry) -> str:
    return "".join(event.text for event in entry.events if isinstance(event, TextDelta))
