"""The HTTP API of the library, a router per resource."""

from fastapi import APIRouter

from chimera.prompts.endpoints import personas, prompts, versions
from chimera.prompts.service import Library, Versioning

__all__ = ["router"]


def router(library: Library, versioning: Versioning) -> APIRouter:
    """All of `/api/v1/prompts` and `/api/v1/personas`, for callers that may chat."""
    api = APIRouter(prefix="/api/v1", tags=["prompts"])
    api.include_router(prompts.router(library))
    api.include_router(versions.router(library, versioning))
    api.include_router(personas.router(library))
    return api
