"""Endpoints that ask no model and make work all the same: each call is one request of the caller's rate limits."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from fastapi import Depends, Request, Response

from chimera.gateway.limits.errors import RateLimitExceededError
from chimera.gateway.limits.wording import as_openai
from chimera.gateway.telling import Allowance
from chimera.kit.scope import Scope
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.problems import told_with

AdmitRequest: TypeAlias = Callable[[Scope], Awaitable[tuple[Allowance, ...]]]
"""Takes one request, or raises `RateLimitExceededError`. The application has it as `state.admit_request`."""


async def _admitted(request: Request, response: Response, caller: Caller) -> None:
    admit: AdmitRequest = request.app.state.admit_request
    try:
        left = dict(as_openai(await admit(caller)))
    except RateLimitExceededError as error:
        told_with(request, dict(as_openai(error.allowances)) | {"x-chimera-limited": error.limit})
        raise
    response.headers.update(left)
    told_with(request, left)


LIMITED: Final = Depends(_admitted)
"""For `dependencies` of an endpoint, with `TOO_MANY` in its `responses`."""
TOO_MANY: Final[dict[int | str, dict[str, Any]]] = refusals({429: "A rate limit of the caller's is used up."})
