"""`auto` put together: who may be chosen, what was learned, and the table of words, loaded beside the calls."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from chimera.adapters.route_memories.database import DatabaseRouteMemory
from chimera.bootstrap.parts.background import open_background
from chimera.bootstrap.parts.backing import Backing
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.caching.embedder import Embedder, OpenEmbedder
from chimera.gateway.call import Target
from chimera.gateway.circuit import Breakers, CircuitState
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.routing.candidates import Candidates
from chimera.gateway.routing.difficulty import weights
from chimera.gateway.routing.experience import Experience
from chimera.gateway.routing.learning import RouteLearning
from chimera.gateway.routing.router import Router
from chimera.gateway.routing.stage import Route
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.llm import HealthStatus

log = structlog.get_logger()

_KEPT_EVERY_S: Final = 5.0
_PARTING_S: Final = 2.0
_WELL: Final = frozenset({HealthStatus.OK, HealthStatus.RATE_LIMITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What chooses, and what it learns."""

    router: Router
    learning: RouteLearning

    def staged(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, route=Route(self.router, self.learning))


@asynccontextmanager
async def open_routing(
    backing: Backing, keeper: CatalogueKeeper, catalogues: Catalogues, breakers: Breakers, quality: Mapping[str, float]
) -> AsyncGenerator[Routing]:
    """Begin to learn. Leaving keeps what was learned last.

    Args:
        backing: What the gateway leans on.
        keeper: Knows the health of providers.
        catalogues: Know the models.
        breakers: Know who rests.
        quality: The operator's word on models, by id.
    """
    memory = DatabaseRouteMemory(database=backing.database) if backing.database else None
    learning = RouteLearning(experience=Experience(), clock=utc_now, memory=memory)
    async with open_background() as tasks:
        router = Router(
            candidates=Candidates(
                catalogue=catalogues.of,
                clock=utc_now,
                unwell=lambda: _unwell(keeper, breakers),
                quality=quality,
            ),
            policy=backing.policy,
            known=learning.known,
            weights=weights,
            vector=Vectors(backing.words, tasks.create_task).of,
        )
        if memory is not None:
            tasks.create_task(rounds(learning.keep, every_s=_KEPT_EVERY_S, named="routing"))
        try:
            yield Routing(router=router, learning=learning)
        finally:
            with suppress(TimeoutError):  # what a last moment taught is not worth holding up the end
                async with asyncio.timeout(_PARTING_S):
                    await learning.keep()


@dataclass(slots=True)
class Vectors:
    """Vectors from an embedder that gives them at once. Until it is loaded, and where it is missing, there are none."""

    open: OpenEmbedder
    spawn: Callable[[Coroutine[None, None, None]], object]
    _embedder: Embedder | None = field(default=None, init=False)
    _asked: bool = field(default=False, init=False)

    async def of(self, embedder_id: str, text: str) -> Sequence[float] | None:
        """The vector of a text by the embedding model of that id."""
        if not self._asked:
            self._asked = True
            self.spawn(self._load())
        if self._embedder is None or self._embedder.id != embedder_id:
            return None
        vectors = await self._embedder.embed([text])
        numbers: list[float] = vectors[0].tolist()
        return numbers

    async def _load(self) -> None:
        try:
            self._embedder = await self.open()
        except AppError as error:
            log.warning("routing.words_only", code=error.code)


def _unwell(keeper: CatalogueKeeper, breakers: Breakers) -> Callable[[Target], str | None]:
    """Who should be left alone at this moment."""

    def why(target: Target) -> str | None:
        if breakers.seen(target.key) is CircuitState.OPEN:
            return "It rests after failures."
        if target.account is not None:
            return None if target.account.is_well else "Your connection to it did not tell its models."
        health = keeper.health(target.provider)
        return None if health is None or health.status in _WELL else f"Its provider is {health.status.value}."

    return why
