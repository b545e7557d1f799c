"""Asking a cheap model beside a turn: in the name of whoever speaks, at their cost, and briefly."""

from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from chimera.gateway.call import Handler, Origin, new_call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.llm import Request, TextDelta

log = structlog.get_logger()

_MOST_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCalls:
    """Nothing that goes wrong here goes further.

    Attributes:
        gateway: The door that turns use: the same policies, budgets and books.
    """

    gateway: Handler

    async def ask(self, scope: Scope, request: Request, origin: Origin, *, patience_s: float) -> str:
        """The words of the answer; empty where there is none in time, whatever the reason."""
        call = new_call(scope, request, patience_s=patience_s, origin=origin)
        words: list[str] = []
        heard = 0
        try:
            async with armed(call), aclosing(self.gateway(call)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        words.append(event.text)
                        heard += len(event.text)
                    if heard > _MOST_CHARACTERS:
                        return ""
        except AppError as error:
            log.warning("steps.not_told", step=origin.feature, code=error.code)
            return ""
        except Exception:  # a fault below must not cost the turn that waits for this
            log.exception("steps.unforeseen_error", step=origin.feature)
            return ""
        return "".join(words).strip()


def origin_of(step: str, conversation_id: UUID) -> Origin:
    """So that the ledger tells what each step costs."""
    return Origin(feature=step, conversation_id=conversation_id)
