"""`/api/v1/route` and `/api/v1/feedback`: what `auto` would choose and why, and what people say of its answers."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Header, Request, status
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr
from starlette.requests import ClientDisconnect

from chimera.gateway.call import Origin, Wishes, new_call
from chimera.gateway.routing.learning import RouteLearning
from chimera.gateway.routing.router import Router
from chimera.gateway.routing.samples import MOST_REPLAYED, Outlook, replay
from chimera.gateway.telling import Alternative, Decision
from chimera.kit.errors import InvalidRequestError
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.platform.limiting import LIMITED, TOO_MANY
from chimera.tenancy.permissions import CHAT, POLICIES_MANAGE
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.refusals import check_json
from chimera.web.routers import LateRouter
from chimera.wires.openai_chat import decode_request

# Nobody is asked, so it is only there for the form.
_PATIENCE_S: Final = 10.0
_NOT_KEPT: Final = refusals({404: "No such call of the organisation is kept."})
_NOBODY: Final = refusals({404: "No model that may be chosen can answer this."})
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ChatCompletionRequest"}}},
    }
}

Chatter: TypeAlias = Annotated[Scope, needs(CHAT)]


class AlternativeRead(BaseModel):
    """Another model, and why it was not chosen."""

    model: str = Field(examples=["openai/gpt-5"])
    quality: float | None = Field(description="Expected share of good answers; null where nobody looked")
    cost_usd: str | None = Field(description="Of this answer, about; null where no price is known", examples=["0.004"])
    why: str = Field(examples=["Costs 12.0 times as much for +4%."])


class DecisionRead(BaseModel):
    """What `auto` chooses, and why."""

    chosen: str = Field(examples=["openai/gpt-5-mini"])
    confidence: float = Field(description="Expected share of good answers of the chosen model, 0 to 1", examples=[0.84])
    task: str = Field(description="What kind of work it takes the question for", examples=["maths"])
    dial: float = Field(description="The one that holds: the header's, or the policy's", examples=[0.5])
    reasons: list[str] = Field(description="The weightiest first")
    alternatives: list[AlternativeRead] = Field(description="Could have answered, best first")
    rejected: list[AlternativeRead] = Field(description="Could not, or should not now")


class FeedbackCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    call_id: UUID = Field(
        description="From the answer's header `x-chimera-call-id`; in a conversation, the answer's message id",
        examples=["0199c3f4-0000-7000-8000-000000000000"],
    )
    good: StrictBool = Field(description="Whether the answer was a good one", examples=[True])


class ReplayCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dial: float = Field(strict=True, ge=0, le=1, description="0 is cheapest, 1 is best", examples=[0.8])
    candidates: list[StrictStr] = Field(
        [], max_length=200, description="Ids of models; empty for those that could be chosen at the time"
    )


class OutlookRead(BaseModel):
    """What a way to choose comes to, on average a call."""

    quality: float = Field(description="Expected share of good answers", examples=[0.83])
    cost_usd: str = Field(description="Of calls whose price is known", examples=["0.0021"])
    models: dict[str, int] = Field(description="Calls by model", examples=[{"openai/gpt-5-mini": 120}])


class ReplayRead(BaseModel):
    """Recorded calls chosen in two ways."""

    calls: int = Field(description="How many were replayed, the latest 2,000 at most", examples=[150])
    now: OutlookRead = Field(description="As they were chosen")
    then: OutlookRead = Field(description="As they would be chosen")


def router(chooser: Router, learning: RouteLearning, within: Callable[[Scope], Awaitable[Scope]]) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["routing"])

    @api.post("/route", openapi_extra=_BODY, dependencies=[LIMITED], responses=_NOBODY | TOO_MANY)
    async def try_route(
        caller: Chatter,
        request: Request,
        dial: Annotated[float | None, Header(alias="x-chimera-dial", ge=0, le=1)] = None,
    ) -> DecisionRead:
        """What `auto` would choose for a chat completion, and why. Takes its body, asks no model, leaves no trace."""
        asked = decode_request(await _body(request)).request
        bound, origin = await within(caller), Origin(feature="route")
        call = new_call(bound, asked, patience_s=_PATIENCE_S, origin=origin, wishes=Wishes(dial=dial))
        routed = await chooser.consider(call, asked)
        return _decision(routed.decision, routed.task, routed.dial)

    @api.post("/route/replay", dependencies=[LIMITED], responses=TOO_MANY)
    async def replay_routes(caller: Annotated[Scope, needs(POLICIES_MANAGE)], body: ReplayCreate) -> ReplayRead:
        """What the latest calls to `auto` would come to with another dial or other candidates.

        Expectations are those of the time; no model is asked.
        """
        found = replay(await learning.recent(caller, MOST_REPLAYED), body.dial, frozenset(body.candidates))
        return ReplayRead(calls=found.calls, now=_outlook(found.now), then=_outlook(found.then))

    @api.post("/feedback", status_code=status.HTTP_204_NO_CONTENT, responses=_NOT_KEPT)
    async def give_feedback(caller: Chatter, body: FeedbackCreate) -> None:
        """Say whether an answer was good. `auto` learns from it, for the caller's organisation alone."""
        await learning.judge(caller, body.call_id, good=body.good)

    return api


async def _body(request: Request) -> bytes:
    check_json(request)
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise InvalidRequestError("The body broke off.") from error


def _decision(decision: Decision, task: str, dial: float) -> DecisionRead:
    return DecisionRead(
        chosen=decision.chosen,
        confidence=decision.confidence,
        task=task,
        dial=dial,
        reasons=list(decision.reasons),
        alternatives=[_alternative(one, quality=one.quality) for one in decision.alternatives],
        rejected=[_alternative(one, quality=None) for one in decision.rejected],
    )


def _alternative(one: Alternative, *, quality: float | None) -> AlternativeRead:
    cost = None if one.cost_nusd is None else usd(one.cost_nusd)
    return AlternativeRead(model=one.model, quality=quality, cost_usd=cost, why=one.why)


def _outlook(outlook: Outlook) -> OutlookRead:
    return OutlookRead(quality=outlook.quality, cost_usd=usd(outlook.cost_nusd), models=outlook.models)
