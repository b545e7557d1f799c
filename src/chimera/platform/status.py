"""`/api/v1/status`: how much is offered to the caller's organisation now, and why."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chimera.gateway.resilience.levels import Level, Levels
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.tenancy.permissions import MODELS_READ
from chimera.web.caller import needs
from chimera.web.routers import LateRouter


class StatusRead(BaseModel):
    """The level that holds."""

    level: Level = Field(
        description="`degraded`: cheaper models and shorter answers; `minimal`: only what is cached; `offline`: a "
        "fixed answer",
        examples=["full"],
    )
    since: datetime = Field(description="When the replica that answers first saw it hold")
    why: str = Field(description="For a person; empty while all is well", examples=[""])
    by_hand: bool = Field(description="Whether somebody chose it, not the health of the providers or a budget")


def router(levels: Levels, policy: Callable[[Scope], Awaitable[Policy]]) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["models"])

    @api.get("/status")
    async def show_status(caller: Annotated[Scope, needs(MODELS_READ)]) -> StatusRead:
        """How much is offered to the caller's organisation now, and why. Asks nobody."""
        chosen = (await policy(caller)).resilience.level
        standing = levels.of(caller.tenant_id, chosen)
        return StatusRead(level=standing.level, since=standing.since, why=standing.why, by_hand=standing.by_hand)

    return api
