"""`/api/v1/prompts/{prompt_id}/results`: its versions side by side."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chimera.conversations.prompt_results.repository import VersionResult
from chimera.conversations.prompt_results.service import PromptResults
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import CHAT
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

Chatter: TypeAlias = Annotated[Scope, needs(CHAT)]


class ResultRead(BaseModel):
    """What answers with one version came to, as far as they are kept."""

    version: int
    conversations: int = Field(description="In how many it answered")
    answers: int
    failed: int = Field(description="Answers that came to no end")
    cost_usd: str = Field(description="Of those whose cost is known", examples=["0.00528"])
    unpriced: int = Field(description="Answers whose cost nobody knows")
    input_tokens: int
    output_tokens: int


class ResultList(BaseModel):
    """Versions that somebody was answered with."""

    data: list[ResultRead]


def router(results: PromptResults) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["prompts"])

    @api.get("/prompts/{prompt_id}/results")
    async def read_results(caller: Chatter, prompt_id: UUID) -> ResultList:
        """What answers came to by version, in everybody's conversations. For whoever may change the prompt."""
        return ResultList(data=[_read(one) for one in await results.of(caller, prompt_id)])

    return api


def _read(result: VersionResult) -> ResultRead:
    return ResultRead(
        version=result.version,
        conversations=result.conversations,
        answers=result.answers,
        failed=result.failed,
        cost_usd=usd(result.cost_nusd),
        unpriced=result.unpriced,
        input_tokens=result.input_tokens,
        output_tokens=result.output_tokens,
    )
