"""`/api/v1/estimate`: what a chat completion would cost, before it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from chimera.gateway.access.admission import may_ask
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import UnknownModelError
from chimera.gateway.metering.estimating import Estimate, estimated
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.tokens import Factors
from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.platform.limiting import LIMITED, TOO_MANY
from chimera.tenancy.permissions import MODELS_READ
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.refusals import check_json
from chimera.web.routers import LateRouter
from chimera.wires.openai_chat import decode_request

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ChatCompletionRequest"}}},
    }
}


_REFUSED: Final = refusals({404: "There is no such model."}) | TOO_MANY


class EstimateRead(BaseModel):
    """For one attempt; retries and fallbacks come on top. USD as decimal numbers in text, null where unknown."""

    model: str = Field(description="Who would be asked; of a deployment, its largest part", examples=["openai/gpt-5"])
    input_tokens: int = Field(examples=[1024])
    exact: bool = Field(description="Whether the input was counted with the model's own vocabulary")
    likely_output_tokens: int = Field(description="What answers of this model have had lately", examples=[400])
    worst_output_tokens: int = Field(description="What it may write at most", examples=[128000])
    likely_usd: str | None = Field(examples=["0.00528"])
    worst_usd: str | None = Field(description="At most so much would be charged", examples=["1.28128"])
    price: str = Field(
        description="Who says so, when it holds, and the rates in nano-USD for a million tokens; empty where unknown",
        examples=["genai-prices 0.2.3 |  | input=1250000000 output=10000000000 | "],
    )


def router(
    catalogue: Callable[[Scope], Catalogue],
    within: Callable[[Scope], Awaitable[Scope]],
    tariffs: Tariffs,
    factors: Callable[[str, str], Factors],
) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["models"])

    @api.post("/estimate", openapi_extra=_BODY, dependencies=[LIMITED], responses=_REFUSED)
    async def estimate_cost(caller: Annotated[Scope, needs(MODELS_READ)], request: Request) -> EstimateRead:
        """What a chat completion would cost. Takes its body, asks no model, holds and keeps nothing."""
        asked = decode_request(await _body(request)).request
        target = catalogue(caller).resolve(asked.model)
        lists = (await within(caller)).models
        if target is None or (lists and not may_ask(catalogue(caller), lists, asked.model)):
            raise UnknownModelError(f"There is no model {asked.model!r}. `GET /api/v1/models` lists what can be asked.")
        learned = factors(target.provider, target.model)
        told = await asyncio.to_thread(estimated, asked, target, tariffs.known(caller, target), learned, utc_now())
        return _read(target.id, told)

    return api


async def _body(request: Request) -> bytes:
    check_json(request)
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise InvalidRequestError("The body broke off.") from error


def _read(model: str, told: Estimate) -> EstimateRead:
    return EstimateRead(
        model=model,
        input_tokens=told.input_tokens,
        exact=told.is_exact,
        likely_output_tokens=told.likely_output_tokens,
        worst_output_tokens=told.worst_output_tokens,
        likely_usd=None if told.likely_nusd is None else usd(told.likely_nusd),
        worst_usd=None if told.worst_nusd is None else usd(told.worst_nusd),
        price=told.price,
    )
