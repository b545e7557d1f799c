"""The HTTP API of the library, a router per resource."""

from fastapi import APIRouter

from chimera.prompts.endpoints import personas, prompts, versions
from chimera.prompts.service import Library, Versioning
from chimera.web.routers import LateRouter, join

__all__ = ["router"]


def router(library: Library, versioning: Versioning) -> APIRouter:
    """All of `/api/v1/prompts` and `/api/v1/personas`, for callers that may chat."""
    api = LateRouter()
    join(api, prompts.router(library))
    join(api, versions.router(library, versioning))
    join(api, personas.router(library))
    return api
