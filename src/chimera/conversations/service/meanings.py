"""What messages mean, as vectors that are made once, beside the turns, and kept sealed with the messages."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.context import Said
from chimera.conversations.context.meaning import Meaning, likeness
from chimera.conversations.repository import KeptMessages
from chimera.gateway.caching.embedder import OpenEmbedder
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.store import Database

log = structlog.get_logger()

# Conversations that are shorter fit into any window; of others vectors are made before they are needed.
_LONG_TOKENS: Final = 3_000
_LOT: Final = 16


@dataclass(slots=True, kw_only=True)
class Meanings:
    """Nobody waits for the model to be loaded, nor for vectors of what was said: until they are there, words decide.

    Attributes:
        open: Gives the embedding model; asked once, when the first long conversation comes.
        spawn: Runs what nobody waits for.
        patience_s: How long a turn waits for what its question means.
    """

    database: Database
    open: OpenEmbedder
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]
    patience_s: float = 0.15
    _meaning: Meaning | None = None
    _loading: "asyncio.Task[None] | None" = None
    _learning: dict[UUID, "asyncio.Task[None]"] = field(default_factory=dict[UUID, "asyncio.Task[None]"])

    async def of_question(self, text: str) -> bytes:
        """The vector of what is asked; empty where nobody can tell in time."""
        if self._meaning is None:
            return b""
        try:
            async with asyncio.timeout(self.patience_s):
                return await self._meaning.of_question(text)
        except TimeoutError:
            return b""

    async def alike(self, one: str, other: str) -> float | None:
        """How alike two texts are in meaning, -1 to 1; `None` where nobody can tell in time."""
        first, second = await self.of_question(one), await self.of_question(other)
        return likeness(first, second) if first and second else None

    async def of_facts(self, texts: Sequence[str]) -> list[bytes] | None:
        """The vector of each, however long the model takes to be loaded; `None` where there is none."""
        meaning = await self._loaded()
        return None if meaning is None else [await meaning.of_question(text) for text in texts]

    def foresee(self, scope: Scope, conversation_id: UUID, said: Sequence[Said], tokens: int) -> None:
        """Begin to make what is missing of a long conversation's vectors."""
        if tokens < _LONG_TOKENS or conversation_id in self._learning:
            return
        task = self.spawn(self._learn(scope, conversation_id, said))
        self._learning[conversation_id] = task
        task.add_done_callback(lambda _: self._learning.pop(conversation_id, None))

    async def settled(self) -> None:
        """Wait until all is made that was begun."""
        if self._learning:
            await asyncio.wait(tuple(self._learning.values()))

    async def _learn(self, scope: Scope, conversation_id: UUID, said: Sequence[Said]) -> None:
        try:
            meaning = await self._loaded()
            if meaning is None:
                return
            async with self.database.reading(scope) as tx:
                known = await KeptMessages(tx, scope).with_vectors(conversation_id)
            missing = [one for one in said if one.id is not None and one.id not in known]
            for begin in range(0, len(missing), _LOT):
                lot = missing[begin : begin + _LOT]
                made = {one.id: await meaning.of_message(one) for one in lot if one.id is not None}
                async with self.database.transaction(scope) as tx:
                    await KeptMessages(tx, scope).keep_vectors(made)
        except AppError as error:
            log.warning("context.vectors_not_kept", code=error.code)

    async def _loaded(self) -> Meaning | None:
        self._loading = self._loading or self.spawn(self._load())
        await asyncio.wait([self._loading])
        return self._meaning

    async def _load(self) -> None:
        try:
            self._meaning = Meaning(await self.open())
        except AppError as error:
            log.warning("context.words_only", code=error.code)
