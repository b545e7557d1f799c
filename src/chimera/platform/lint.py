"""`/api/v1/lint`: what keeps a provider's prompt cache from holding, and what that costs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from chimera.gateway.access.admission import Lists, may_ask
from chimera.gateway.call import Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.layout.linter import Code, Report, lint
from chimera.gateway.layout.meter import SavingsMeter
from chimera.kit.errors import InvalidRequestError
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.llm import Request
from chimera.platform.limiting import LIMITED, TOO_MANY
from chimera.tenancy.permissions import MODELS_READ
from chimera.web.caller import needs
from chimera.web.routers import LateRouter
from chimera.wires.openai_chat import decode_request

_EXAMPLE = {
    "model": "openai/gpt-5",
    "messages": [
        {"role": "system", "content": "It is 2026-03-01 09:30. Answer briefly."},
        {"role": "user", "content": "Hi"},
    ],
}

_Meant: TypeAlias = Callable[[str], Target | None]
Reader: TypeAlias = Annotated[Scope, needs(MODELS_READ)]


class LintAsk(BaseModel):
    """Bodies as `POST /v1/chat/completions` takes them. Nothing is sent to any model, and nothing is kept."""

    model_config = ConfigDict(extra="forbid")

    request: dict[str, Any] = Field(examples=[_EXAMPLE])
    before: dict[str, Any] | None = Field(None, description="The body before it in the same conversation")


class FaultRead(BaseModel):
    """One finding."""

    code: Code
    where: str = Field(description="Place in the body", examples=["system"])
    message: str = Field(description="What is wrong and what to do")
    tokens: int = Field(description="About how many tokens cannot be read from the prompt cache because of it")


class LintRead(BaseModel):
    """What was found."""

    model: str = Field(examples=["openai/gpt-5"])
    tokens: int = Field(description="Of the whole prompt, about")
    cacheable_tokens: int = Field(description="Of the beginning that a next call could read from the cache")
    faults: list[FaultRead]


class PromptSavingsRead(BaseModel):
    """What prompt caches were worth, as this replica saw it since its start; needs `layout.measure` in the policy."""

    calls: int
    input_tokens: int
    expected_tokens: int = Field(description="That could have been read from a prompt cache")
    cached_tokens: int = Field(description="That were")
    saved_usd: str = Field(description="What was saved, where prices are known", examples=["0.0125"])
    missed_usd: str = Field(description="What could have been saved besides", examples=["0.004"])


def router(
    meter: SavingsMeter, catalogue: Callable[[Scope], Catalogue], within: Callable[[Scope], Awaitable[Scope]]
) -> APIRouter:
    api = LateRouter(prefix="/api/v1/lint", tags=["models"])

    @api.post("", dependencies=[LIMITED], responses=TOO_MANY)
    async def lint_prompt(caller: Reader, body: LintAsk) -> LintRead:
        """Find what keeps a provider's prompt cache from holding, in one chat body or between two of a conversation."""
        lists = (await within(caller)).models
        known = catalogue(caller)
        report, model = await asyncio.to_thread(_linted, body, lambda name: _target(known, lists, name))
        faults = [
            FaultRead(code=fault.code, where=fault.where, message=fault.message, tokens=fault.tokens)
            for fault in report.faults
        ]
        return LintRead(model=model, tokens=report.tokens, cacheable_tokens=report.cacheable_tokens, faults=faults)

    @api.get("/savings")
    async def show_prompt_savings(caller: Reader) -> PromptSavingsRead:
        """What providers' prompt caches saved the caller's organisation, and what it missed."""
        sums = meter.of(caller.tenant_id)
        return PromptSavingsRead(
            calls=sums.calls,
            input_tokens=sums.input_tokens,
            expected_tokens=sums.expected_tokens,
            cached_tokens=sums.cached_tokens,
            saved_usd=usd(sums.saved_nusd),
            missed_usd=usd(sums.missed_nusd),
        )

    return api


def _target(catalogue: Catalogue, lists: Lists, model: str) -> Target | None:
    """Who is meant, as far as the caller may know of it."""
    return catalogue.resolve(model) if not lists or may_ask(catalogue, lists, model) else None


def _linted(body: LintAsk, meant: _Meant) -> tuple[Report, str]:
    request = _decoded(body.request, "request", meant)
    before = _decoded(body.before, "before", meant) if body.before is not None else None
    return lint(request, before), request.model


def _decoded(body: dict[str, Any], field: str, meant: _Meant) -> Request:
    try:
        asked = decode_request(json.dumps(body).encode()).request
    except InvalidRequestError as error:
        raise InvalidRequestError(error.message, field=f"{field}.{error.field}" if error.field else field) from error
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("This is no chat body.", field=field) from error
    target = meant(asked.model)
    # What a cache needs depends on the model that a name stands for.
    return asked if target is None else replace(asked, model=target.id)
