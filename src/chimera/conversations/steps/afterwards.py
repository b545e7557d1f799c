"""What follows a turn that nobody waits for: a title after the first exchange, a recap now and then."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from chimera.conversations.steps.recaps import Recaps
from chimera.conversations.steps.titles import Titles
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope

log = structlog.get_logger()

# Where no title could be made of the first exchange, it is tried again after the next ones.
_FIRST_EXCHANGES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A turn that is over.

    Attributes:
        own: What the conversation says itself of its steps, as it is kept.
        exchanges: How many questions its branch has by now.
        untitled: Whether the conversation is named by its first words alone.
    """

    conversation_id: UUID
    own: str | None
    exchanges: int
    untitled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """Where the server stops meanwhile, a title is tried again after the next exchange, and a recap left out.

    Attributes:
        spawn: Runs what nobody waits for.
    """

    titles: Titles
    recaps: Recaps
    spawn: Callable[[Coroutine[None, None, None]], object]

    async def of(self, scope: Scope, ended: Ended) -> None:
        """Begin what is due."""
        switches = await self.titles.steps.switches(scope, ended.own)
        if ended.untitled and switches.titles and switches.model is not None and ended.exchanges <= _FIRST_EXCHANGES:
            self.spawn(self._title(scope, ended.conversation_id, switches.model))
        if switches.recap_every and ended.exchanges % switches.recap_every == 0:
            self.spawn(self._recap(scope, ended.conversation_id))

    async def _title(self, scope: Scope, conversation_id: UUID, model: str) -> None:
        try:
            await self.titles.after_exchange(scope, conversation_id, model)
        except AppError as error:
            log.warning("steps.not_titled", code=error.code)

    async def _recap(self, scope: Scope, conversation_id: UUID) -> None:
        try:
            await self.recaps.make(scope, conversation_id)
        except AppError as error:
            log.warning("steps.no_recap", code=error.code)
